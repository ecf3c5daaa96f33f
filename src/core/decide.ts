import type { Account } from './account.ts'
import { isOpened } from './account.ts'
import { assert, unreachable } from './brand.ts'
import type { Event } from './event.ts'
import type { Input } from './input.ts'
import { amendOrder } from './rules/amend.ts'
import { cancelAll, cancelOrder } from './rules/cancel.ts'
import { closingLooked } from './rules/closing.ts'
import { dayEnded, runDone, stepDone } from './rules/day.ts'
import { worthSeen } from './rules/guard.ts'
import * as guards from './rules/guard-asked.ts'
import { importRecords } from './rules/import.ts'
import { placeOrder } from './rules/place.ts'
import { readBook } from './rules/reconcile.ts'
import { answered, orderSeen, tradeSeen } from './rules/report.ts'
import { restored } from './rules/restored.ts'
import { releases, releaseSymbol, settleBreak, settleOrder } from './rules/settle.ts'
import { staleOrders } from './rules/stale.ts'
import { started, timePassed, turnCame, unanswered } from './rules/send.ts'

/**
 * Decides what happens next. Reads no clock, draws no lots, waits for nothing, and never throws
 * for what the outside may do: the same account and input always give the same events.
 */
// tidy-ok: one case an input
export function decide(account: Account, { body, at }: Input): Event[] {
  switch (body.type) {
    case 'OpenAccount': {
      assert(!isOpened(account) && body.number > 0, `account ${account.id} is opened once`)
      const { number, broker, mode, plan } = body
      return [{ type: 'AccountOpened', number, broker, mode, plan }]
    }
    case 'PlaceOrder':
      return placeOrder(account, body, at)
    case 'AmendOrder':
      return amendOrder(account, body, at)
    case 'CancelOrder':
      return cancelOrder(account, body)
    case 'CancelAll':
      return cancelAll(account, body)
    case 'ReopenAccount':
      return account.closed ? [{ type: 'AccountReopened', by: body.by }] : []
    case 'SettleBreak':
      return settleBreak(account, body)
    case 'ReleaseSymbol':
      return releaseSymbol(account, body)
    case 'SettleOrder':
      return settleOrder(account, body)
    case 'ImportRecords':
      return importRecords(account, body)
    case 'Answered':
      return answered(account, body, at)
    case 'OrderSeen':
      return orderSeen(account, body.row)
    case 'TradeSeen':
      return tradeSeen(account, body.trade)
    case 'BookRead':
      return readBook(account, body)
    case 'Connected':
      return account.connected ? [] : [{ type: 'BrokerConnected' }]
    case 'Lost':
      return account.connected ? [{ type: 'BrokerLost', reason: body.reason }] : []
    case 'Started':
      return started(account, body.epoch, at)
    case 'Restored':
      return restored(account, body.epoch, at)
    case 'TurnCame':
      return turnCame(account, body, at)
    case 'TimePassed':
      return [...timePassed(account, at), ...releases(account)]
    case 'DayEnded':
      return dayEnded(account, body, at)
    case 'StaleAsked':
      return staleOrders(account, body, at)
    case 'StepDone':
      return stepDone(account, body.done)
    case 'RunDone':
      return runDone(account, body)
    case 'WorthSeen':
      return worthSeen(account, body, at)
    case 'ClosingLooked':
      return closingLooked(account, body, at)
    case 'SetGuard':
      return guards.setGuard(account, body)
    case 'RemoveGuard':
      return guards.removeGuard(account, body)
    case 'ArmGuards':
      return guards.armGuards(account, body)
    case 'DisarmGuards':
      return guards.disarmGuards(account, body)
    case 'HaltTrading':
      return guards.haltTrading(account, body)
    case 'ResumeTrading':
      return guards.resumeTrading(account, body)
    case 'ClosePosition':
      return guards.closePosition(account, body)
    case 'StopClosing':
      return guards.stopClosing(account, body)
    case 'Acknowledge':
      return guards.acknowledge(account, body)
    case 'SettleCash':
      return guards.settleCash(account, body)
    case 'Failed':
      return [
        { type: 'AccountFailed', reason: body.reason, closed: body.again },
        // An answer may have been among the inputs that did not happen.
        ...unanswered(account, 'its answer may have been lost when the account failed', at),
      ]
    default:
      return unreachable(body)
  }
}
