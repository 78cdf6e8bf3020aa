/** Which runs an experiment makes, and in which order. */

export interface PlannedRun { readonly machine: number; readonly seed: number }

/** Every machine with every seed first..first+n-1. All machines get the first seed first, so that there is a comparison to look at as early as possible. */
export function planRuns(machines: number, seeds: number, first = 1): readonly PlannedRun[] {
  const runs: PlannedRun[] = []
  for (let seed = first; seed < first + seeds; seed++) {
    for (let machine = 0; machine < machines; machine++) runs.push({ machine, seed })
  }
  return runs
}
