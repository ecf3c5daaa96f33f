/** What a desk in this process is asked: parsed like a request, answered by the same counter. */
import type { z } from 'zod'
import { booksSchemas } from '../api/contract-books.ts'
import { chargesQuery } from '../api/charges.ts'
import { candlesQuery, quotesQuery } from '../api/contract-market.ts'
import { schemas } from '../api/contract.ts'
import { endOfDayBody, notEnded } from '../api/day.ts'
import { noHistory } from '../api/market.ts'
import { performanceQuery } from '../api/performance.ts'
import { portfolioQuery, summaryQuery, tradesQuery } from '../api/portfolio.ts'
import { mustKnow, noSymbol, notFound } from '../api/settle.ts'
import { statisticsQuery } from '../api/statistics.ts'
import type { DeskPort } from '../core/port.ts'
import { jsonText, parsed, parsedAccount, parsedOrderId, texts } from './asked.ts'
import type { Tallyman } from './tallyman.ts'

export abstract class LocalQuestions {
  protected readonly port: DeskPort

  constructor(port: DeskPort) {
    this.port = port
  }

  /** `repeatable`: it cannot be done twice. Throws the errors of this package. */
  protected abstract said<T>(repeatable: boolean, run: () => Promise<T>): Promise<T>

  protected question<T>(run: () => Promise<T>): Promise<T> {
    return this.said(true, run)
  }

  order: Tallyman['order'] = (given) =>
    this.question(async () => {
      const id = parsedOrderId(given)
      const order = await this.port.ask({ about: 'order', id })
      if (!order) throw notFound('ORDER_NOT_FOUND', 'id', id)
      return order
    })

  executionReport: Tallyman['executionReport'] = (given) =>
    this.question(async () => {
      const id = parsedOrderId(given)
      const execution = await this.port.ask({ about: 'execution', id })
      if (!execution) throw notFound('ORDER_NOT_FOUND', 'id', id)
      return execution
    })

  orders: Tallyman['orders'] = (given = {}) =>
    this.question(async () => {
      const { cursor: before, ...asked } = query(schemas.ordersQuery, given)
      await mustKnow(this.port, asked.account)
      return this.port.ask({ about: 'orders', ...asked, before })
    })

  fills: Tallyman['fills'] = (given = {}) =>
    this.question(async () => {
      const { cursor: before, ...asked } = query(schemas.fillsQuery, given)
      await mustKnow(this.port, asked.account)
      return this.port.ask({ about: 'fills', ...asked, before })
    })

  positions: Tallyman['positions'] = (given = {}) =>
    this.question(async () => {
      const { cursor: before, ...asked } = query(schemas.positionsQuery, given)
      await mustKnow(this.port, asked.account)
      return this.port.ask({ about: 'positions', ...asked, before })
    })

  audit: Tallyman['audit'] = (given = {}) =>
    this.question(async () => {
      const { cursor: before, ...asked } = query(schemas.auditQuery, given)
      return this.port.ask({ about: 'audit', ...asked, before })
    })

  statistics: Tallyman['statistics'] = (given = {}) =>
    this.question(async () => {
      const asked = query(statisticsQuery, given)
      await mustKnow(this.port, asked.account)
      return this.port.ask({ about: 'statistics', ...asked })
    })

  trades: Tallyman['trades'] = (given = {}) =>
    this.question(async () => {
      const { cursor: before, status, ...asked } = query(tradesQuery, given)
      await mustKnow(this.port, asked.account)
      const open = status && status === 'open'
      return this.port.ask({ about: 'trades', ...asked, open, before })
    })

  tradesSummary: Tallyman['tradesSummary'] = (given = {}) =>
    this.question(async () => {
      const asked = query(summaryQuery, given)
      await mustKnow(this.port, asked.account)
      return this.port.ask({ about: 'tradesSummary', ...asked })
    })

  portfolio: Tallyman['portfolio'] = (given = {}) =>
    this.question(async () => {
      const { account } = query(portfolioQuery, given)
      await mustKnow(this.port, account)
      return this.port.ask({ about: 'portfolio', account })
    })

  performance: Tallyman['performance'] = (given = {}) =>
    this.question(async () => {
      const asked = query(performanceQuery, given)
      await mustKnow(this.port, asked.account)
      return this.port.ask({ about: 'performance', ...asked })
    })

  accounts: Tallyman['accounts'] = () =>
    this.question(async () => this.port.ask({ about: 'accounts' }))

  verify: Tallyman['verify'] = (given = 'paper') =>
    this.question(async () => {
      const account = parsedAccount(given)
      const found = await this.port.ask({ about: 'verification', account })
      if (!found) throw notFound('ACCOUNT_NOT_FOUND', 'account', account)
      return found
    })

  reconcile: Tallyman['reconcile'] = (given = 'paper') =>
    this.question(async () => {
      const account = parsedAccount(given)
      const found = await this.port.ask({ about: 'run', account })
      if (!found) throw notFound('ACCOUNT_NOT_FOUND', 'account', account)
      return found
    })

  positionReport: Tallyman['positionReport'] = (given = 'paper') =>
    this.question(async () => {
      const account = parsedAccount(given)
      const found = await this.port.ask({ about: 'positionReport', account })
      if (!found) throw notFound('ACCOUNT_NOT_FOUND', 'account', account)
      return found
    })

  reconciliation: Tallyman['reconciliation'] = (given = 'paper') =>
    this.question(async () => {
      const account = parsedAccount(given)
      const found = await this.port.ask({ about: 'reconciliation', account })
      if (!found) throw notFound('ACCOUNT_NOT_FOUND', 'account', account)
      return found
    })

  runEndOfDay: Tallyman['runEndOfDay'] = (given = {}) =>
    this.question(async () => {
      const asked = parsed(endOfDayBody, JSON.parse(jsonText(given)), 'body')
      await mustKnow(this.port, asked.account)
      const found = await this.port.ask({ about: 'endOfDay', ...asked })
      if (typeof found !== 'object') throw notEnded(found, asked)
      return found
    })

  breaks: Tallyman['breaks'] = (given = {}) =>
    this.question(async () => {
      const asked = query(booksSchemas.filter, given)
      await mustKnow(this.port, asked.account)
      return this.port.ask({ about: 'breaks', ...asked })
    })

  tracking: Tallyman['tracking'] = (given = {}) =>
    this.question(async () => {
      const asked = query(booksSchemas.filter, given)
      await mustKnow(this.port, asked.account)
      return this.port.ask({ about: 'tracking', ...asked })
    })

  instruments: Tallyman['instruments'] = (given = {}) =>
    this.question(async () => {
      const { cursor: before, ...asked } = query(schemas.instrumentsQuery, given)
      return this.port.ask({ about: 'instruments', ...asked, before })
    })

  quote: Tallyman['quote'] = (symbol, exchange) =>
    this.question(async () => {
      const asked = query(quotesQuery, { symbol, exchange })
      const found = await this.port.ask({ about: 'quote', ...asked })
      if (!found) throw noSymbol(asked.symbol)
      return found
    })

  candles: Tallyman['candles'] = (given) =>
    this.question(async () => {
      const asked = query(candlesQuery, given)
      const found = await this.port.ask({ about: 'candles', ...asked })
      if (!found) throw noSymbol(asked.symbol)
      if ('failed' in found) throw noHistory(found.failed)
      return found
    })

  charges: Tallyman['charges'] = (given) =>
    this.question(async () => {
      const asked = query(chargesQuery, given)
      const found = await this.port.ask({ about: 'charges', ...asked })
      if (found === 'noAccount') throw notFound('ACCOUNT_NOT_FOUND', 'account', asked.account)
      if (found === 'noSymbol') throw noSymbol(asked.symbol)
      return found
    })
}

export const query = <S extends z.ZodType>(schema: S, given: object): z.output<S> =>
  parsed(schema, texts(given), 'querystring')
