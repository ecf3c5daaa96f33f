/**
 * What is blotted out of everything that is logged: by the name a value goes under, by what it
 * looks like, and by being a secret that this process was given. Names alone would miss what a
 * broker puts into a sentence; looks alone would miss a password.
 */
const HIDDEN = '[hidden]'

/** A field with one of these words in its name: `access_token`, `kotakMpin`, `bot-token`. */
const SECRET_WORDS: ReadonlySet<string> = new Set(
  (
    'password passwd pwd passphrase passcode secret secrets token tokens totp otp mpin pin ' +
    'authorization auth cookie cookies credential credentials bearer jwt enctoken apikey'
  ).split(' '),
)
/** `key` alone names many things that are none: these come before one that is. */
const KEY_KINDS: ReadonlySet<string> = new Set(['api', 'consumer', 'private', 'access', 'signing'])

/** `kotakMpin`, `KOTAK_MPIN` and `kotak-mpin` are the same three words and two. */
const wordsOf = (name: string): string[] =>
  name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)

export function isSecretName(name: string): boolean {
  const before = KNOWN_NAMES.get(name)
  if (before !== undefined) return before
  const isSecret = wordsOf(name).some(
    (word, at, words) =>
      SECRET_WORDS.has(word) || (word === 'key' && KEY_KINDS.has(words[at - 1] ?? '')),
  )
  if (KNOWN_NAMES.size < KNOWN_NAMES_MAX) KNOWN_NAMES.set(name, isSecret)
  return isSecret
}

/** The same few names come again and again. */
const KNOWN_NAMES = new Map<string, boolean>()
const KNOWN_NAMES_MAX = 1_000

/** In a text: a name that tells a secret, then `:` or `=`, then its value, in quotes or without. */
const NAMED = new RegExp(
  String.raw`([\w-]{0,30}(?:passw(?:or)?d|passphrase|secret|token|totp|mpin|cookie|` +
    String.raw`(?<![a-z])pin(?![a-z])|(?:api|consumer|private|access|signing)[_-]?key)` +
    String.raw`[\w-]{0,12}\\?["']?\s*[:=]\s*)` +
    String.raw`(\\?"[^"\\]*\\?"|'[^']*'|[^\s,;&"'\\})\]]+)`,
  'gi',
)

/** What a secret looks like wherever it stands. */
const LOOKS: readonly (readonly [RegExp, string])[] = [
  // A scheme and the credentials, or the credentials alone.
  [/(authorization\\?["']?\s*[:=]\s*\\?["']?)(?:[a-z]+ +)?[^\s,;"'\\}]+/gi, `$1${HIDDEN}`],
  [/\b(bearer|enctoken) +[\w.~+/=-]{8,}/gi, `$1 ${HIDDEN}`],
  [/\b(basic) +(?=\S*[\d=])[\w+/=]{8,}/gi, `$1 ${HIDDEN}`],
  [/\b(token) +[\w-]{4,}:[\w-]{4,}/gi, `$1 ${HIDDEN}`],
  // Ours, a Telegram bot's, a JSON web token (Kotak), the seed of a one-time code.
  [/\btm_[0-9a-f]{6,}_[\w-]{8,}/g, HIDDEN],
  [/(?<!\d)\d{6,12}:[\w-]{30,}/g, HIDDEN],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g, HIDDEN],
  [/\botpauth:\/\/[^\s"']+/gi, HIDDEN],
]

/** What has none of these is none of the above, and most texts have none. */
const SUSPECT = /[:=]|eyJ|tm_|bearer|basic|enctoken/i

const TEXT_MAX = 8_192
const DEPTH_MAX = 8
const ITEMS_MAX = 100
/** Shorter ones are part of too much else; they are hidden by their names alone. */
const KNOWN_MIN = 6

export class Redaction {
  readonly #known: readonly string[]

  /** `known`: secrets that are to be hidden wherever they stand, whatever they look like. */
  constructor(known: Iterable<string> = []) {
    const long = [...known].filter((secret) => secret.length >= KNOWN_MIN)
    this.#known = long.sort((a, b) => b.length - a.length) // one may be the beginning of another
  }

  text(said: string): string {
    let text = said
    for (const secret of this.#known) text = text.replaceAll(secret, HIDDEN)
    if (text.length > TEXT_MAX) text = `${text.slice(0, TEXT_MAX)} … (${text.length} characters)`
    if (!SUSPECT.test(text)) return text
    for (const [look, instead] of LOOKS) text = text.replace(look, instead)
    return text.replace(NAMED, `$1${HIDDEN}`)
  }

  /** A plain copy without secrets, bounded in depth and length. Getters are not called twice. */
  clean(value: unknown): unknown {
    return this.#copy(value, [])
  }

  #copy(value: unknown, above: readonly object[]): unknown {
    if (typeof value === 'string') return this.text(value)
    if (typeof value === 'bigint') return String(value)
    if (typeof value === 'function' || typeof value === 'symbol') return undefined
    if (typeof value !== 'object' || value === null) return value
    if (above.includes(value)) return '[circular]'
    if (above.length >= DEPTH_MAX) return '[deep]'
    const within = [...above, value]
    if (value instanceof Date || value instanceof URL) return this.text(String(value))
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
    if (value instanceof Error) return this.#fields(errorFields(value), within)
    if (value instanceof Map) return this.#fields([...value], within)
    const isList = Array.isArray(value) || value instanceof Set
    if (isList) return [...value].slice(0, ITEMS_MAX).map((item) => this.#copy(item, within))
    return this.#fields(Object.entries(value), within)
  }

  #fields(fields: readonly (readonly [unknown, unknown])[], above: readonly object[]): object {
    return Object.fromEntries(
      fields.slice(0, ITEMS_MAX).map(([key, value]): [string, unknown] => {
        const name = String(key)
        const isHidden = isSecretName(name) && value !== undefined && value !== null
        return [name, isHidden ? HIDDEN : this.#copy(value, above)]
      }),
    )
  }
}

/** Its message and stack do not count as fields of it, and its cause neither. */
function errorFields(error: Error): [string, unknown][] {
  const { name: type, message, stack, cause } = error
  const said = Object.entries({ type, message, stack, ...(cause === undefined ? {} : { cause }) })
  return [...said, ...Object.entries(error)]
}

/** The secrets among the settings, for `known`. */
export const secretsAmong = (env: Readonly<Record<string, string | undefined>>): string[] =>
  Object.entries(env).flatMap(([name, value]) => (value && isSecretName(name) ? [value] : []))
