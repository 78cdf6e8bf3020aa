/** Does the seed of a run change anything? Where it doesn't, one run says it all, and more seeds only repeat it. */
import type { Scenario } from '../../preload/contract'
import type { RunJob } from '../runner/protocol'

/** Random patterns that bring no seed of their own draw from the run's; so may a policy that mentions `rng`. */
export function leavesToChance(scenario: Scenario, stacks: readonly RunJob['policies'][]): boolean {
  const phases = scenario.processes.flatMap((process) => process.phases)
  const draws = phases.some((phase) => 'pat' in phase && phase.pat !== 'seq' && phase.seed === undefined)
  return draws || stacks.flat().some(({ compiled }) => /\brng\b/.test(compiled.code))
}
