/**
 * What ends a lab from outside: SIGINT, SIGTERM, SIGHUP, its standard input closing, which is how a program that started it says it is gone, or the end of the `npm start`
 * it runs below. (npm passes SIGTERM to the shell between them, and a shell dies of it without telling its child.)
 *
 * Standard input counts only if it is a pipe or socket that was still open when the lab was ready. `npm start </dev/null` is a device, not a pipe; `true | npm start` or a
 * starter that closes the pipe at once had nothing to say with it. In both cases the lab must not die the moment it is up. A terminal is never read: Ctrl-C is a signal there.
 */
import { fstatSync, readFileSync } from 'node:fs'

export interface Endings {
  /** From now on a closed input ends the lab. */
  ready(): void
  /** Resolves with the reason, once. */
  readonly ended: Promise<string>
}

export interface EndingSources {
  readonly process: Pick<NodeJS.Process, 'on'>
  /** Absent when the input is no pipe. */
  readonly input?: Pick<NodeJS.ReadStream, 'on' | 'resume'>
  /** Names the processes above this one; a change means that one of them is gone. Absent when they don't matter. */
  ancestors?(): string
}

const LOOK_EVERY_MS = 500

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
  watchAncestors(sources, () => resolve('what started it has ended'))
  return {
    ready() { isReady = true },
    ended,
  }
}

function watchAncestors({ ancestors }: EndingSources, gone: () => void): void {
  if (ancestors === undefined) return
  const first = ancestors()
  setInterval(() => { if (ancestors() !== first) gone() }, LOOK_EVERY_MS).unref()
}

function ofThisProcess(): EndingSources {
  return {
    process,
    ...(isPipe(0) ? { input: process.stdin } : {}),
    ...(process.env['npm_lifecycle_event'] === 'start' ? { ancestors: shellAndNpm } : {}),
  }
}

/** The shell's number, and npm's where the system tells. */
function shellAndNpm(): string {
  try {
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8')
    return `${process.ppid} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]}`
  } catch {
    return String(process.ppid)
  }
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
