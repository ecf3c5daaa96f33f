import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { drivers, makeDurable, openSql, transaction } from '../src/store/sql.ts'
import { tempFolder } from './temp.ts'

for (const driver of drivers()) {
  test(`${driver}: a full disk is named as the cause, and the transaction is undone`, () => {
    const sql = openSql(join(tempFolder(), 'full.db'), {}, driver)
    makeDurable(sql)
    sql.exec('CREATE TABLE kept (bytes BLOB); PRAGMA max_page_count = 20')
    const fill = sql.prepare('INSERT INTO kept VALUES (zeroblob(?))')
    assert.throws(() => transaction(sql, () => fill.run(1_000_000)), /disk is full/)
    transaction(sql, () => fill.run(10))
    assert.equal(sql.prepare('SELECT * FROM kept').all().length, 1)
    sql.close()
  })
}
