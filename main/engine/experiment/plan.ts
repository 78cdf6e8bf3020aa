/** Which runs an experiment makes, and in which order. */

export interface PlannedRun { readonly machine: number; readonly seed: number }

/** Every machine with every seed 1..n. Seed 1 of all machines comes first, so that there is a comparison to look at as early as possible. */
export function planRuns(machines: number, seeds: number): readonly PlannedRun[] {
  const runs: PlannedRun[] = []
  for (let seed = 1; seed <= seeds; seed++) {
    for (let machine = 0; machine < machines; machine++) runs.push({ machine, seed })
  }
  return runs
}
