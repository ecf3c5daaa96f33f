/** A reader that does not read on may leave so much waiting; what comes then is not shown. */
const WAITING_BYTES_MAX = 1024 * 1024

type Stream = Pick<NodeJS.WriteStream, 'write' | 'on' | 'removeAllListeners' | 'writableLength'>

/**
 * Says what happens, one line after the other. For a desk a terminal is a convenience: one that is
 * gone, full or asleep neither ends it nor holds it up.
 */
export function terminalOn(stream: Stream): (line: string) => void {
  let unseen = 0
  stream.removeAllListeners('error')
  stream.on('error', () => {}) // nobody reads any more
  return (line) => {
    if (stream.writableLength > WAITING_BYTES_MAX) {
      unseen++
      return
    }
    const before = unseen === 0 ? '' : `… ${unseen} lines were not shown\n`
    unseen = 0
    stream.write(`${before}${line}\n`)
  }
}
