import { formatMoney, formatPrice, formatQuantity } from '../src/core/amount.ts'
import { totalCharges } from '../src/core/charges.ts'
import type { Event } from '../src/core/event.ts'
import { symbolOf } from '../src/core/instrument.ts'
import type { OrderId } from '../src/core/order.ts'
import { MANUAL } from '../src/core/owner.ts'

/** An event in the few words a story uses for it. */
export function tell(event: Event, names: ReadonlyMap<OrderId, string>): string {
  const named = (id: OrderId): string => names.get(id) ?? id
  switch (event.type) {
    case 'OrderPlaced':
      return `placed ${named(event.orderId)}${event.intent === 'exit' ? ' as exit' : ''}`
    case 'OrderDenied':
      return `denied ${event.code} ${event.context}`
    case 'OrderSending':
      return `sending ${ASKING[event.request]}${named(event.orderId)}`
    case 'OrderAccepted': {
      const by = event.by === 'answer' ? '' : ` by ${event.by}`
      return `accepted ${named(event.orderId)} ${event.brokerOrderId}${by}`
    }
    case 'OrderFilled':
      return `filled ${named(event.orderId)} ${formatQuantity(event.quantity)}`
    case 'FillBusted':
      return `busted ${named(event.orderId)} ${formatQuantity(event.quantity)}`
    case 'OrderExpired':
      return `expired ${named(event.orderId)} ${event.why}`
    case 'OrderNotSent':
      return `not sent ${named(event.orderId)}`
    case 'OrderNotFound':
      return `not found ${named(event.orderId)}`
    case 'ChargesBooked':
      return `charged ${formatMoney(totalCharges(event.lines))}`
    case 'AmendDenied':
      return `amend denied ${event.code} ${event.context}`.trim()
    case 'Amended':
      return `amended ${named(event.orderId)}${event.by === 'answer' ? '' : ` by ${event.by}`}`
    case 'CancelAllAsked':
      return `cancel all asked of ${event.orders}`
    case 'CancelDenied':
      return `cancel denied ${event.code}`
    case 'ManualTradeSeen':
      return `manual ${symbolOf(event.instrument)} ${formatQuantity(event.quantity)}${
        event.owner === MANUAL ? '' : ` of ${event.owner}`
      }`
    case 'HoldingsAdopted':
      return `adopted ${symbolOf(event.instrument)} ${formatQuantity(event.quantity)}`
    case 'LegMoved': {
      const { quantity, instrument, owner, toOwner } = event
      return `moved ${formatQuantity(quantity)} ${symbolOf(instrument)} ${owner} to ${toOwner}`
    }
    case 'LegAdjusted':
      return [
        'adjusted',
        symbolOf(event.instrument),
        formatQuantity(event.quantity),
        event.owner,
      ].join(' ')
    case 'SymbolTracked':
      return `tracked ${symbolOf(event.instrument)}`
    case 'SymbolReleased':
      return `released ${symbolOf(event.instrument)} ${event.why}`
    case 'BookCompared':
      return `compared ${event.matched} of ${event.total}`
    case 'SlippageSeen': {
      const { instrument, ours, theirs, within } = event
      const how = within ? 'no more' : `${formatPrice(ours)} to ${formatPrice(theirs)}`
      return `slipped ${symbolOf(instrument)} ${how}`
    }
    case 'EquityMarked': {
      const { equity, balance, marginUsed, openPositions: open, unpriced } = event
      const worth = equity === undefined ? `unknown ${unpriced}` : formatMoney(equity)
      const sums = `balance ${formatMoney(balance)} margin ${formatMoney(marginUsed)}`
      return `marked ${worth} ${sums} open ${open}`
    }
    case 'SettlingDenied':
      return `denied ${event.code} ${event.context}`
    case 'CashMoved':
      return `cash ${formatMoney(event.amount)} ${event.reason}`
    case 'BreakFound': {
      const [ours, theirs] = [formatQuantity(event.ours), formatQuantity(event.theirs)]
      return `break ${symbolOf(event.instrument)} ours ${ours} theirs ${theirs}`
    }
    case 'BreakSettled':
      return `settled ${symbolOf(event.instrument)}`
    case 'DayClosed':
      return `day closed ${event.date}`
    case 'AnomalySeen':
      return `anomaly (${event.what})`
    case 'BrokerConnected':
      return 'connected'
    case 'BrokerLost':
      return `lost (${event.reason})`
    case 'EndOfDayStepDone':
      return `step ${event.step} ${event.ok ? 'ok' : 'failed'}`
    case 'RecordImported':
      return `imported ${event.ref}`
    case 'PositionMarked':
      return `marked ${symbolOf(event.instrument)} ${formatPrice(event.price)}`
    case 'EndOfDayDone':
      return `day run ${event.stepsCompleted}/${event.stepsFailed}`
    case 'AccountOpened':
    case 'EpochStarted':
    case 'AccountFailed':
    case 'AccountReopened':
      return event.type
    default:
      return 'orderId' in event ? `${words(event.type)} ${named(event.orderId)}` : event.type
  }
}

const ASKING = { place: '', amend: 'amend ', cancel: 'cancel ' }

/** `CancelAsked` → `cancel asked`, `OrderRejected` → `rejected` */
const words = (type: string): string =>
  type
    .replace(/^Order/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
