import type { NoticesAsked, NoticesView } from '../core/notice.ts'
import type { DeskPort } from '../core/port.ts'
import { ApiError, shown } from './problem.ts'
import { notFound } from './settle.ts'

export type Patience = {
  /** Aborted, it ends the waiting with an empty page. */
  readonly left: AbortSignal
  /** Hears how far the journal was read in vain. */
  readonly onPassed?: (next: number) => void
}

/**
 * The first page in which something is told, however long that takes. Rejects when the desk has
 * stopped, and with an ApiError.
 */
export async function nextNotices(
  port: Pick<DeskPort, 'ask' | 'follow'>,
  asked: NoticesAsked,
  { left, onPassed }: Patience,
): Promise<NoticesView> {
  const bell = new Bell()
  const leave = (): void => bell.ring()
  const unfollow = port.follow(() => bell.ring())
  left.addEventListener('abort', leave)
  try {
    for (let { after } = asked; ;) {
      const page = await port.ask({ about: 'notices', ...asked, after })
      if (page === 'ahead') throw ahead(after)
      if (page === 'noAccount') throw notFound('ACCOUNT_NOT_FOUND', 'account', asked.account ?? '')
      if (page.items.length > 0 || left.aborted) return page
      after = page.next
      onPassed?.(after)
      if (!page.more) await bell.heard()
    }
  } finally {
    left.removeEventListener('abort', leave)
    unfollow()
  }
}

/** What rings while nobody listens is heard by the next who does. */
class Bell {
  #hasRung = false
  #hear: (() => void) | undefined

  ring(): void {
    this.#hasRung = true
    this.#hear?.()
  }

  async heard(): Promise<void> {
    if (!this.#hasRung) await new Promise<void>((resolve) => (this.#hear = resolve))
    this.#hasRung = false
    this.#hear = undefined
  }
}

/** A place in another journal than this one: to begin somewhere else would be to lose some. */
const ahead = (after: number | undefined): ApiError =>
  new ApiError({
    status: 400,
    code: 'SEQUENCE_AHEAD',
    detail: `after ${after}: the journal has never come as far as that.`,
    field: 'after',
    value: shown(after),
    remedy: 'It may have been restored from an older copy: look at the orders, and begin anew.',
  })
