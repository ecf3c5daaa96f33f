/** Any value as text, exactly: maps, sets, bigints and absences come back as what they were. */
export const toText = (value: unknown): string => JSON.stringify(value, tagged)

export const fromText = (text: string): unknown => untagged(JSON.parse(text))

function tagged(this: unknown, _: string, value: unknown): unknown {
  if (typeof value === 'bigint') return { $n: value.toString() }
  if (value instanceof Map) return { $map: [...(value as Map<unknown, unknown>)] }
  if (value instanceof Set) return { $set: [...(value as Set<unknown>)] }
  return value === undefined ? { $none: 1 } : value
}

function untagged(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(untagged)
  if ('$n' in value) return BigInt(value.$n as string)
  if ('$none' in value) return undefined
  if ('$map' in value) return new Map(untagged(value.$map) as [unknown, unknown][])
  if ('$set' in value) return new Set(untagged(value.$set) as unknown[])
  const plain = value as Record<string, unknown>
  for (const key in plain) plain[key] = untagged(plain[key])
  return plain
}
