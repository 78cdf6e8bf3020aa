/** Writing to a terminal, a file or a pipe whose reader may go away at any time. */
import type { WriteStream } from 'node:tty'

export interface Output {
  /** Resolves when the stream took it. */
  out(text: string): Promise<void>
  err(text: string): Promise<void>
  readonly errIsTerminal: boolean
  readonly errColumns: number
  /** Set once a reader of stdout has gone. */
  readonly closed: AbortSignal
}

type Stream = Pick<WriteStream, 'write' | 'on'> & { readonly isTTY?: boolean; readonly columns?: number }

export function createOutput(stdout: Stream = process.stdout, stderr: Stream = process.stderr): Output {
  const closed = new AbortController()
  stdout.on('error', () => { closed.abort() })
  // Without a reader of stderr there is nobody to tell; the work goes on.
  stderr.on('error', () => undefined)
  return {
    out: (text) => closed.signal.aborted ? Promise.resolve() : write(stdout, stdout.isTTY === true ? harmless(text) : text, () => { closed.abort() }),
    err: (text) => write(stderr, stderr.isTTY !== true ? text : text.startsWith(CLEAR_LINE) ? CLEAR_LINE + harmless(text.slice(CLEAR_LINE.length)) : harmless(text), () => undefined),
    errIsTerminal: stderr.isTTY === true,
    // Some terminals say 0.
    errColumns: stderr.columns || 80,
    closed: closed.signal,
  }
}

const CLEAR_LINE = '\r\u001b[K'

/** Titles, names and words of others stand in what is written, and must not steer a terminal. Files and pipes get what it is. */
function harmless(text: string): string {
  return text.replace(/\r(?!\n)|[^\P{Cc}\n\t\r]/gu, '\ufffd')
}

function write(stream: Stream, text: string, failed: () => void): Promise<void> {
  return new Promise((resolve) => {
    stream.write(text, (error) => {
      if (error) failed()
      resolve()
    })
  })
}
