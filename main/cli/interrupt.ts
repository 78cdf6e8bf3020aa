/** Ctrl-C, SIGTERM and a closed pipe: the first asks the command to end with what it has, a second ends at once. */
import { EXIT, type ExitCode } from './exit-codes'

export interface Interrupt {
  readonly signal: AbortSignal
  /** The exit status that goes with what happened, or undefined. */
  code(): ExitCode | undefined
}

export function watchInterrupts(pipeClosed: AbortSignal): Interrupt {
  const controller = new AbortController()
  let code: ExitCode | undefined
  const stop = (why: ExitCode): void => {
    if (controller.signal.aborted && why !== EXIT.pipeClosed) process.exit(why)
    code ??= why
    controller.abort()
  }
  process.on('SIGINT', () => { stop(EXIT.interrupted) })
  process.on('SIGTERM', () => { stop(EXIT.terminated) })
  process.on('SIGHUP', () => { stop(EXIT.terminated) })
  pipeClosed.addEventListener('abort', () => { stop(EXIT.pipeClosed) })
  return { signal: controller.signal, code: () => code }
}

/** Rejects when interrupted, for waits that have no partial result. */
export async function orInterrupted<T>(interrupt: Interrupt, work: Promise<T>): Promise<T> {
  if (interrupt.signal.aborted) throw new Interrupted()
  let stop: () => void = () => undefined
  const cut = new Promise<never>((_, reject) => {
    stop = () => { reject(new Interrupted()) }
    interrupt.signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([work, cut])
  } finally {
    interrupt.signal.removeEventListener('abort', stop)
  }
}

export class Interrupted extends Error {}
