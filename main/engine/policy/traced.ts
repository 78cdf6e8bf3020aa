/** Decisions that tell a watcher of every call and its answer. Generic over hooks; what is decided stays the same. */
import type { HookName, KernelDefinition } from 'reclaim-lab'
import { HOOKS } from 'reclaim-lab'
import type { Watch } from '../mm/watch'
import { sameAnswer } from './answers'
import { bindKernel, type Decisions } from './decisions'

/**
 * Hooks that the engine asks only where some policy has them (`mm.policyHooks`): a machine without such a policy takes the base's decision unasked. Told only where the answer isn't the base's,
 * or a policy that agrees would look as if it had decided something that the other machine did not.
 */
const ON_DEMAND: ReadonlySet<HookName> = new Set<HookName>(['swapDevice', 'admitFolio', 'directReclaimStart', 'evictFolios'])

export function traceDecisions(decide: Decisions, watch: Pick<Watch, 'called'>, kernel: KernelDefinition): Decisions {
  const base = bindKernel(kernel) as Record<HookName, (...args: readonly unknown[]) => unknown>
  const traced: Partial<Record<HookName, unknown>> = {}
  for (const hook of Object.keys(HOOKS) as HookName[]) {
    const ask = decide[hook] as (...args: readonly unknown[]) => unknown
    const onDemand = ON_DEMAND.has(hook)
    traced[hook] = (...args: readonly unknown[]): unknown => {
      const answer = ask(...args)
      if (!onDemand || !sameAnswer(answer, base[hook](...args))) watch.called(hook, args, answer)
      return answer
    }
  }
  return traced as Decisions
}
