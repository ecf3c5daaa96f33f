import type { Brand } from './brand.ts'

/** Whose book a quantity is in: `strategy:<name>`, or one of the words below. */
export type Owner = Brand<string, 'Owner'>

export const MANUAL: Owner = 'manual' as Owner
/** Held before Tallyman first saw the account. */
export const PREEXISTING: Owner = 'preexisting' as Owner
/** Of other software, as a person has said. */
export const EXTERNAL: Owner = 'external' as Owner
/** The broker holds it, and nothing explains it yet. */
export const UNEXPLAINED: Owner = 'unexplained' as Owner
export const strategyOwner = (name: string): Owner => `strategy:${name}` as Owner
export const isAutomatic = (owner: Owner): boolean => owner.startsWith('strategy:')
/** What the desk and its people trade, as against what was there, or is somebody else's. */
export const isTraded = (owner: Owner): boolean => isAutomatic(owner) || owner === MANUAL
