import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dateAt, DAY, HOUR, instant, MINUTE } from '../src/core/time.ts'
import { momentOf, zoneOf } from '../src/market/zone.ts'

/** By another part of Node's tables: `GMT-04:00`. */
function offsetOf(name: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' })
  return (at) => {
    const text = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')!.value
    const [, sign, hours = '0', minutes = '0'] = /GMT([+-])?(\d+)?:?(\d+)?/.exec(text)!
    return (sign === '-' ? -1 : 1) * (60 * Number(hours) + Number(minutes))
  }
}

test('clocks that change for the summer are followed, hour by hour', () => {
  for (const name of ['America/New_York', 'Europe/London', 'Australia/Lord_Howe']) {
    const zone = zoneOf(name)
    const offset = offsetOf(name)
    let changes = 0
    for (let day = Date.UTC(2015, 0, 1); day < Date.UTC(2036, 0, 1); day += DAY) {
      if (offset(day) === offset(day + DAY)) continue
      changes++
      for (let at = day - DAY; at < day + 2 * DAY; at += HOUR) {
        assert.equal(zone(instant(at)), offset(at), `${name} ${new Date(at).toISOString()}`)
      }
      const date = dateAt(instant(day))
      const opening = momentOf(zone, date, '09:30')
      assert.equal(opening + offset(opening) * MINUTE, Date.parse(`${date}T09:30:00Z`))
    }
    assert.equal(changes, 42, name)
  }
})
