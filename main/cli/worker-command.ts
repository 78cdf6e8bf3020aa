/** `lab worker`: makes the runs of queued sweeps on this machine, until it is told to stop. */
import { availableParallelism } from 'node:os'
import { ENGINE_VERSION } from '../engine'
import { createDefaultParts } from '../lab/default-parts'
import { throttle } from '../lab/throttle'
import { openLink, isFinal, type QueueLink } from '../queue/link'
import { NotFit, startWorker, type QueueWorker } from '../queue/worker'
import { forkChildRunner } from '../runner/fork-child'
import { toJson, type Command, type CommandContext } from './command'
import { EXIT, type ExitCode } from './exit-codes'
import { orInterrupted } from './interrupt'
import { ProblemError, refuse } from './problem-error'
import { QUEUE_OPTIONS, queueAddress, warnOfExposure } from './queue-options'

export const workerCommand: Command = {
  name: 'worker',
  about: 'take runs of queued sweeps and make them on this machine',
  details: 'Any number of workers on any number of machines may share a queue. A worker takes runs of its own engine version only; it compiles policies from source and runs them in the same sandboxed\n'
    + 'processes as at home. It listens to nobody: it connects to the queue, and waits if that is away. Ctrl-C gives back what it has begun. With --json: {made, failed, known, alarms} at the end.',
  names: [],
  options: {
    ...QUEUE_OPTIONS,
    parallel: { type: 'string', value: 'N', about: 'runs at a time (as many as there are cores)' },
    lock: { type: 'string', value: 'SECONDS', about: 'after so long without a sign of life from here, the runs go to others; 2 to 600 (15)' },
    'until-empty': { type: 'boolean', about: 'end when nothing is left to take, at once if nothing is there' },
  },
  run: work,
}

const DEFAULT_LOCK = 15
const SHOWN_MS = 500

async function work(context: CommandContext): Promise<ExitCode> {
  const { args, output, interrupt } = context
  const address = queueAddress(args)
  const parallel = args.whole('parallel', 1, 1024, availableParallelism())
  const lockMs = args.whole('lock', 2, 600, DEFAULT_LOCK) * 1_000
  await warnOfExposure(address, output)
  const link = await openLink(address)
  const parts = await createDefaultParts(forkChildRunner, { parallel })
  let worker: QueueWorker | undefined
  const news = throttle(SHOWN_MS, () => { if (worker !== undefined) void output.err(`\r\u001b[K${stateText(worker, link).slice(0, output.errColumns - 1)}`) })
  const say = (line: string): void => { void output.err(`${output.errIsTerminal ? '\r\u001b[K' : ''}${line}\n`) }
  try {
    await orInterrupted(interrupt, untilReached(link, say))
    worker = await orInterrupted(interrupt, startWorker({ link, parts, parallel, lockMs, say, changed: () => { if (output.errIsTerminal) news.call(false) } }))
    say(`${worker.name} takes runs of engine ${ENGINE_VERSION} from ${address.shown}, ${parallel} at a time`)
    const why = await untilEnd(worker, context)
    await worker.stop(true)
    news.stop()
    const { made, failed, known, alarms } = worker.counts()
    if (args.flag('until-empty') && why === undefined && interrupt.code() === undefined) say(made + known > 0 ? 'nothing is left to take' : `nothing waits for engine ${ENGINE_VERSION} on ${address.shown}`)
    say(`${made} runs made${failed > 0 ? `, ${failed} of them failed` : ''}${alarms > 0 ? `; ALARM: ${alarms} had other digests than elsewhere` : ''}`)
    if (context.json) await output.out(toJson({ worker: worker.name, engine: ENGINE_VERSION, made, failed, known, alarms, ...(why === undefined ? {} : { why }) }))
    if (why !== undefined) say(`! ${why}`)
    return interrupt.code() ?? (why !== undefined || alarms > 0 ? EXIT.runFailed : EXIT.ok)
  } catch (error) {
    if (error instanceof NotFit) throw new ProblemError([{ path: 'worker', message: error.message }], EXIT.runFailed)
    throw error
  } finally {
    news.stop()
    await Promise.all([parts.runs.close(), parts.compiler.close(), link.close()])
  }
}

/** Until it is told to stop, has nothing left (where that was asked for) or can't go on: then the reason. */
async function untilEnd(worker: QueueWorker, { args, interrupt }: CommandContext): Promise<string | undefined> {
  const ends: Promise<string | undefined>[] = [worker.broken]
  if (args.flag('until-empty')) ends.push(worker.drained().then(() => undefined))
  return orInterrupted(interrupt, Promise.race(ends)).catch(() => undefined)
}

/** A worker may be there before the server is. What no waiting mends is a refusal. */
async function untilReached(link: QueueLink, say: (line: string) => void): Promise<void> {
  for (let told: string | undefined; link.redis.status !== 'ready';) {
    const { message } = link.health()
    if (message !== undefined && isFinal(message)) refuse('--queue', message)
    if (message !== undefined && message !== told) say(`${message}; waiting for it`)
    told = message
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

function stateText(worker: QueueWorker, link: QueueLink): string {
  const { running, made, held } = worker.counts()
  const { connected, message } = link.health()
  if (!connected) return `no connection${message === undefined ? '' : ` (${message})`}; ${running} running, ${held} held, ${made} made`
  return `${worker.state()}: ${running} running, ${made} made${held > 0 ? `, ${held} held` : ''}`
}
