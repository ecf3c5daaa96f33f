import type { DeskPort } from '../core/port.ts'
import type { Instant } from '../core/time.ts'
import type { Calendar } from '../market/calendar.ts'
import { tradingDateOf } from '../market/exchange.ts'
import type { Health } from '../notify/heartbeat.ts'
import type { Keeper } from './keeper.ts'

type Looked = {
  readonly keeper: Pick<Keeper, 'status'> & DeskPort
  readonly disk: () => 'ample' | 'low' | 'short' | 'unwatched'
  readonly calendar: Calendar
  readonly exchanges: readonly string[]
  readonly now: () => Instant
}

/** What a person would look at before the open. */
export async function healthOf(looked: Looked): Promise<Health> {
  const { keeper, disk, calendar, exchanges, now } = looked
  if (keeper.status !== 'ok') return { isWell: false, lines: [`Desk: ${keeper.status}`] }
  const { items } = await keeper.ask({ about: 'accounts' })
  const accounts = items.map((each) => {
    const { account, mode, connected, closed, unknown, breaks } = each
    const isWell = connected && !closed && unknown === 0 && breaks === 0
    const line = closed ? 'CLOSED' : connected ? 'connected' : 'NOT CONNECTED'
    const doubts = [
      ...(unknown > 0 ? [`${unknown} orders unknown`] : []),
      ...(breaks > 0 ? [`${breaks} breaks open`] : []),
    ]
    const text = `${account} (${mode.toUpperCase()}): ${[line, ...doubts].join(', ')}`
    return { isWell, text }
  })
  const room = disk()
  const days = exchanges.map((exchange) => {
    return `${exchange}: ${dayText(calendar, exchange, now())}`
  })
  return {
    isWell: accounts.every(({ isWell }) => isWell) && room !== 'short',
    lines: [...accounts.map(({ text }) => text), `Disk: ${room}`, ...days],
  }
}

function dayText(calendar: Calendar, exchange: string, at: Instant): string {
  const [group] = calendar.groupsOf(exchange)
  if (group === undefined) return 'its days are not known'
  const { kind, what } = calendar.sessionsOn(exchange, group, tradingDateOf(exchange, at))
  if (kind === 'usual') return 'a trading day'
  return what === undefined ? `no trade today: ${kind}` : `${kind}: ${what}`
}
