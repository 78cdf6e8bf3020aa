/** What a terminal tells of a sweep while it runs, here or on a queue. */
import type { Sweep } from '../lab/sweep/collect'
import { throttle } from '../lab/throttle'
import type { CommandContext } from './command'
import { orInterrupted } from './interrupt'
import { countProgress } from './progress'
import { queueLine, troubleOf } from './queue-text'

const NEWS_MS = 250

/** Progress, and what is wrong with a queue: each trouble once, when it begins and when it ends. */
export function createNews({ output, args }: CommandContext): { of(sweep: Sweep): Sweep; readonly changed: () => void } {
  const progress = countProgress(output, args.flag('progress'))
  let sweep: Sweep | undefined
  let trouble: string | undefined
  const news = throttle(NEWS_MS, () => {
    if (sweep === undefined) return
    const { ended, runs, queue, recordings } = sweep.status()
    progress(ended, runs, queue === undefined ? '' : queueLine(queue))
    const now = (queue === undefined ? undefined : troubleOf(queue)) ?? (recordings?.why === undefined ? undefined : `recordings: ${recordings.why}`)
    if (now !== trouble) void output.err(`${output.errIsTerminal ? '\r\u001b[K' : ''}${now === undefined ? 'the queue is well again' : `! ${now}`}\n`)
    trouble = now
  })
  return {
    changed: () => { news.call(false) },
    of: (started) => {
      sweep = started
      void started.ended.then(() => { news.stop() })
      return started
    },
  }
}

export async function sweepToEnd(running: Sweep, { interrupt, output }: CommandContext): Promise<Sweep> {
  try {
    await orInterrupted(interrupt, running.ended)
  } catch {
    // A queued sweep goes on without this terminal.
    if (running.detach !== undefined) running.detach()
    else running.cancel()
  }
  if (output.errIsTerminal) await output.err('\r\u001b[K')
  return running
}
