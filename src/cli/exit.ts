/** What the command line ends with; 1 is also a check that found something wrong. */
export const EXIT = { ok: 0, refused: 1, usage: 2, tryAgain: 75, cannotStart: 78 } as const

/** Ends the command with one sentence on standard error. */
export class Exit extends Error {
  override readonly name = 'Exit'
  readonly code: number

  constructor(code: number, sentence: string) {
    super(sentence)
    this.code = code
  }
}
