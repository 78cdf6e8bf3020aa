/**
 * What ends a lab from outside: SIGINT, SIGTERM, SIGHUP, or its standard input closing, which is how a program that started it says it is gone.
 *
 * Standard input counts only if it is a pipe or socket that was still open when the lab was ready. `npm start </dev/null` is a device, not a pipe; `true | npm start` or a
 * starter that closes the pipe at once had nothing to say with it. In both cases the lab must not die the moment it is up. A terminal is never read: Ctrl-C is a signal there.
 */
import { fstatSync } from 'node:fs'

export interface Endings {
  /** From now on a closed input ends the lab. */
  ready(): void
  /** Resolves with the reason, once. */
  readonly ended: Promise<string>
  stop(): void
}

export interface EndingSources {
  readonly process: Pick<NodeJS.Process, 'on' | 'off'>
  /** Absent when the input is no pipe. */
  readonly input?: Pick<NodeJS.ReadStream, 'on' | 'off' | 'resume' | 'pause'>
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export function watchEndings(sources: EndingSources = ofThisProcess()): Endings {
  let resolve: (reason: string) => void = () => undefined
  const ended = new Promise<string>((done) => { resolve = done })
  let isReady = false
  // Listeners stay until the process ends: a second Ctrl-C must not kill a lab that is saving.
  const onSignal = (signal: string): void => resolve(signal)
  const onEnd = (): void => { if (isReady) resolve('its input was closed') }
  for (const signal of SIGNALS) sources.process.on(signal, onSignal)
  sources.input?.on('end', onEnd).on('error', onEnd).resume()
  return {
    ready() { isReady = true },
    ended,
    stop() {
      for (const signal of SIGNALS) sources.process.off(signal, onSignal)
      sources.input?.off('end', onEnd).off('error', onEnd).pause()
    },
  }
}

function ofThisProcess(): EndingSources {
  return isPipe(0) ? { process, input: process.stdin } : { process }
}

function isPipe(fd: number): boolean {
  try {
    const stat = fstatSync(fd)
    return stat.isFIFO() || stat.isSocket()
  } catch {
    // No standard input at all.
    return false
  }
}
