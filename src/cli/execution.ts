import { Command } from 'commander'
import { absolute, money, price } from '../core/amount.ts'
import type { ExecutionView, SlippageView } from '../core/execution.ts'
import { currency } from '../core/instrument.ts'
import { moneyText, priceText } from '../core/wording.ts'
import type { Client } from './client.ts'
import { jsonOption } from './order-words.ts'
import { out, outJson } from './say.ts'

export function reportCommand(client: () => Client): Command {
  return new Command('report')
    .description('how well an order was carried out: fills, charges, slippage')
    .argument('<id>', 'e.g. paper-43')
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ tallyman report paper-43')
    .action(async (id: string, options: { readonly json?: boolean }) => {
      const path = `/executions/${encodeURIComponent(id)}`
      const report = await client().call<ExecutionView>({ method: 'GET', path })
      if (options.json) outJson(report)
      else out(words(report))
    })
}

function words(report: ExecutionView): string {
  const { orderId, side, requested, symbol, type, status, filled, average, fills } = report
  const inr = currency(report.currency)
  const at = average === null ? '' : ` at ${priceText(price(average), inr)} on average`
  const charges = Object.entries(report.charges)
    .filter(([, amount]) => amount !== '0')
    .map(([name, amount]) => `${name} ${amount}`)
  const { arrival, limit, vwap } = report.slippage
  const rows: readonly (readonly [string, string])[] = [
    ['Order', `${orderId}  ${side} ${requested} ${symbol} ${type}  ${status}`],
    ['Filled', `${filled} of ${requested}${at}`],
    ['Asked', report.submittedAt],
    ['First fill', report.firstFillAt ?? '-'],
    ['Ended', report.completedAt ?? '-'],
    ['Charges', `${moneyText(money(report.totalCharges), inr)}  ${charges.join(', ')}`],
    ['Arrival', slippageText(arrival, report)],
    ['Limit', slippageText(limit, report)],
    ['Market', slippageText(vwap, report)],
    ...fills.map(({ exchangeAt, quantity, price: paid, tradeId, isBust }, index) => {
      const bust = isBust ? ' taken back' : ''
      const text = `${exchangeAt}  ${quantity} at ${paid}  ${tradeId}${bust}`
      return [index === 0 ? 'Fills' : '', text] as const
    }),
  ]
  return rows.map(([name, text]) => `${name.padEnd(11)} ${text}`.trimEnd()).join('\n')
}

/** Against a price, in words: what it cost more, or less. */
function slippageText(slippage: SlippageView | null, { currency: code }: ExecutionView): string {
  if (slippage === null) return '-'
  const { price: against, perUnit, amount } = slippage
  const cost = money(amount)
  const sum = moneyText(absolute(cost), currency(code))
  const how = cost > 0n ? `${sum} dearer` : cost < 0n ? `${sum} cheaper` : 'nothing dearer'
  return `${priceText(price(against), currency(code))}: ${how} (${perUnit} a unit)`
}
