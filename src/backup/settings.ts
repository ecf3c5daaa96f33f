import { parse } from 'yaml'
import { isSecretName } from '../log/redact.ts'

/** Where a file of settings has a secret in it: `telegram.bot_token`. */
export function secretIn(text: string): string | undefined {
  try {
    return secretBelow(parse(text), '')
  } catch {
    return 'it cannot be read, so it may hold one'
  }
}

function secretBelow(value: unknown, path: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, inner] of Object.entries(value)) {
    const here = path === '' ? name : `${path}.${name}`
    const isSet = inner !== null && inner !== '' && typeof inner !== 'object'
    // The path of a file that holds one is none.
    if (isSet && isSecretName(name) && !name.endsWith('_file')) return here
    const found = secretBelow(inner, here)
    if (found !== undefined) return found
  }
  return undefined
}
