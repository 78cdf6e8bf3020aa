/** How much an engine is asked to do between looks at the cancel flag. Steps are sized to about this long, so that a cancel is heard and a heartbeat seen. */
const STEP_MS = 10
export const FIRST_BUDGET = 1_000
const MAX_BUDGET = 1_000_000

export function nextBudget(budget: number, ms: number): number {
  const wanted = ms > 0 ? budget * (STEP_MS / ms) : budget * 2
  return Math.max(1, Math.min(MAX_BUDGET, Math.floor(Math.min(wanted, budget * 2))))
}
