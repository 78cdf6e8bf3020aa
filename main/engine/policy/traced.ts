/** Decisions that tell a watcher of every call and its answer. Generic over hooks; what is decided stays the same. */
import type { HookName } from 'reclaim-lab'
import { HOOKS } from 'reclaim-lab'
import type { Watch } from '../mm/watch'
import type { Decisions } from './decisions'

export function traceDecisions(decide: Decisions, watch: Pick<Watch, 'called'>): Decisions {
  const traced: Partial<Record<HookName, unknown>> = {}
  for (const hook of Object.keys(HOOKS) as HookName[]) {
    const ask = decide[hook] as (...args: readonly unknown[]) => unknown
    traced[hook] = (...args: readonly unknown[]): unknown => {
      const answer = ask(...args)
      watch.called(hook, args, answer)
      return answer
    }
  }
  return traced as Decisions
}
