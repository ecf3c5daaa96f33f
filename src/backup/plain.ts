import { isFull } from '../store/sql.ts'
import { BackupFailed } from './contents.ts'

/** What the disk says, in a sentence with a remedy; anything else as it is. */
export function plain(error: unknown, path: string, ifFull: string): unknown {
  const { code, message, syscall } = error as NodeJS.ErrnoException
  if (isFull(error) || code === 'ENOSPC' || code === 'EDQUOT') {
    return new BackupFailed(`the disk of ${path} is full: ${ifFull}`)
  }
  if (syscall === undefined) return error
  return new BackupFailed(`${path} cannot be written: ${message}`)
}
