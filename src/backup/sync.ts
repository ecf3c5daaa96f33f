import { closeSync, fsyncSync, openSync } from 'node:fs'

/** Files that were moved into a folder, or out of it, stay so after a power cut. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
