/** What guards refuse, each with the sentence a person reads and what they can do about it. */
export type GuardDenialCode =
  | 'GUARD_TRIPPED'
  | 'GUARD_CLOSING'
  | 'TRADING_PAUSED'
  | 'GUARD_BLIND'
  | 'CASH_IN_DOUBT'
  | 'GUARD_NOT_FOUND'
  | 'GUARD_RULE_WRONG'
  | 'GUARD_TERMINATED'
  | 'NOT_CONFIRMED'
  | 'NOTHING_TO_CLOSE'
  | 'CLOSING_NOT_FOUND'
  | 'CLOSING_IN_PROGRESS'
  | 'CASH_NOT_ASKED'

type Denial = {
  readonly field: string | undefined
  readonly says: string
  readonly remedy: string
}

export const GUARD_DENIALS: Readonly<Record<GuardDenialCode, Denial>> = {
  GUARD_TRIPPED: {
    field: undefined,
    says: 'A guard of the account was breached: nothing is entered.',
    remedy: 'See it: tallyman guard status. Only a person arms it again: tallyman guard arm.',
  },
  GUARD_CLOSING: {
    field: undefined,
    says: 'Everything is being closed: nothing is entered meanwhile.',
    remedy: 'See how far it is: tallyman guard status.',
  },
  TRADING_PAUSED: {
    field: undefined,
    says: 'Trading was halted by hand.',
    remedy: 'Closes and cancels pass. "tallyman resume" lifts it.',
  },
  GUARD_BLIND: {
    field: undefined,
    says: 'The guards cannot see what the account is worth: nothing is entered.',
    remedy: 'See what is missing: tallyman guard status. It ends by itself when they can.',
  },
  CASH_IN_DOUBT: {
    field: undefined,
    says: 'Cash left the account without a trade, and nobody has said why.',
    remedy: 'Say it: tallyman guard cash --as withdrawal, or --as loss.',
  },
  GUARD_NOT_FOUND: {
    field: 'rule',
    says: 'The account has no guard of that name.',
    remedy: 'List them: tallyman guard status.',
  },
  GUARD_RULE_WRONG: {
    field: 'rule',
    says: 'That is no rule that can be kept.',
    remedy: 'Put right what is named; tallyman guard set --help shows examples.',
  },
  GUARD_TERMINATED: {
    field: 'rule',
    says: 'A guard that ends trading was breached; it is not armed again.',
    remedy: 'Set it anew if that is meant: tallyman guard set.',
  },
  NOT_CONFIRMED: {
    field: 'confirm',
    says: 'The name of the account was not typed as it is.',
    remedy: 'Type it again with --confirm, so that no other account is meant by mistake.',
  },
  NOTHING_TO_CLOSE: {
    field: 'positionId',
    says: 'Nothing that could be closed is held there.',
    remedy: 'See what is: tallyman positions.',
  },
  CLOSING_NOT_FOUND: {
    field: 'closing',
    says: 'Nothing of that number is being closed.',
    remedy: 'See what is: tallyman guard status.',
  },
  CLOSING_IN_PROGRESS: {
    field: undefined,
    says: 'Something is still being closed.',
    remedy: 'Wait until it is confirmed flat, or see what is left: tallyman guard status.',
  },
  CASH_NOT_ASKED: {
    field: 'currency',
    says: 'No cash of that currency is in doubt.',
    remedy: 'See what is: tallyman guard status.',
  },
}
