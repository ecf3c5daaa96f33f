import { join } from 'node:path'
import type { PageView } from '../core/asking.ts'
import type { ExportAsked } from '../core/exporting.ts'
import type { DeskPort } from '../core/port.ts'
import type { PositionView } from '../core/view.ts'
import { utc } from '../core/view.ts'
import type { Clock } from '../desk/clock.ts'
import { pagesOf } from '../desk/exports.ts'
import { textOf } from '../desk/export-text.ts'
import { DeskStopped } from '../desk/told.ts'
import { SqliteJournal } from '../store/sqlite.ts'
import { ViewReader } from '../store/view-reader.ts'

type ExporterOptions = {
  /** The data folder of the desk. */
  readonly data: string
  readonly port: DeskPort
  readonly clock: Pick<Clock, 'soon'>
}

/** Reads the desk's files beside it, and lets it have its turn after every page. */
export const exporterOn = (options: ExporterOptions) =>
  async function* (asked: ExportAsked): AsyncGenerator<string, void, void> {
    const { data, port, clock } = options
    const turn = (): Promise<void> => new Promise((resolve) => clock.soon(resolve))
    if (asked.what === 'positions') {
      return yield* textOf('positions', asked.format, [await positions(port, asked.account)])
    }
    const journal = new SqliteJournal(join(data, 'journal.db'), { readOnly: true })
    try {
      const { n: upTo } = journal.head()
      await port.ask({ about: 'orders', limit: 1 }) // brings the screens up
      const screens = new ViewReader(join(data, 'views.db'))
      try {
        if ((screens.upTo() ?? 0) < upTo) throw new DeskStopped('its screens are behind')
        const pages = pagesOf(asked.what, { screens, journal, upTo }, { ...asked, show: utc })
        for (const text of textOf(asked.what, asked.format, pages)) {
          if (text !== '') yield text
          await turn()
        }
      } finally {
        screens.close()
      }
    } finally {
      journal.close()
    }
  }

const PAGE = 500

/** With prices, which only the desk has; there are never many. */
async function positions(port: DeskPort, account: string | undefined): Promise<PositionView[]> {
  const all: PositionView[] = []
  for (let before: number | null = 0; before !== null;) {
    const page: PageView<PositionView> = await port.ask({
      about: 'positions',
      account,
      limit: PAGE,
      before,
    })
    all.push(...page.items)
    before = page.next
  }
  return all
}
