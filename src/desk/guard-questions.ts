/** Questions about how guards stand, and what they have said. */
import type { PlainQuestion, Replies } from '../core/asking.ts'
import { guardsView } from '../core/guard-view.ts'
import type { Views } from '../store/views.ts'
import type { QuestionsOptions } from './questions.ts'

type Options = Pick<QuestionsOptions, 'desk' | 'clock' | 'guards'>
type Asked = Extract<PlainQuestion, { readonly about: 'guards' | 'guardAlerts' }>
type FromViews = <T>(read: (views: Views) => T) => Promise<T>

export function askGuards(
  { desk, clock, guards }: Options,
  question: Asked,
  fromViews: FromViews,
): Promise<Replies[Asked['about']]> {
  if (question.about === 'guardAlerts') {
    const { account, limit, before } = question
    return fromViews((views) => views.read(({ alerts }) => alerts.page(account, { limit, before })))
  }
  return desk.ask((accounts) => {
    const { account: id } = question
    const chosen = [...accounts.values()].filter((each) => id === undefined || each.id === id)
    const now = clock.now()
    return {
      items: chosen.map((each) => guardsView(each, guards?.sight(each.id), now)),
      next: null,
    }
  })
}
