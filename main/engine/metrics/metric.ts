/**
 * What a metric is: a name, words in two languages, a direction, and a pure derivation from what a run left.
 * `undefined` means "this run has no such number" (no disk, no allocation); it is never shown as 0.
 */
import type { RunSummary } from '../sim/recording'
import type { Text } from '../sim/scenario'

/** Metrics of one group tell about the same thing; a sentence names only the strongest of each. */
export type MetricGroup = 'time' | 'latency' | 'stall' | 'kswapd' | 'scan' | 'refault' | 'fault' | 'swap' | 'disk' | 'pressure' | 'oom' | 'free' | 'lru' | 'slab' | 'compaction'

export interface Metric {
  readonly id: string
  readonly label: Text
  readonly about: Text
  /** `ms`, `µs`, `pages`, `count`, `%`, `/s`, `MiB` */
  readonly unit: string
  readonly better: 'lower' | 'higher' | 'neutral'
  readonly group: MetricGroup
  /**
   * A change of this many units is small whatever the base is: a counter that goes from 0 to 3 has not "grown without bound". Added to the base when
   * differences are ranked; never to a number that is shown.
   */
  readonly floor: number
  of(summary: RunSummary): number | undefined
}

/** Sum of the counters that the run has; undefined when it has none of them. */
export function counters(summary: RunSummary, names: readonly string[]): number | undefined {
  let sum: number | undefined
  for (const name of names) {
    const value = summary.delta[name]
    if (value !== undefined) sum = (sum ?? 0) + value
  }
  return sum
}

/** Sum of every counter that starts with `prefix`, e.g. `allocstall_` over zones. */
export function countersFrom(summary: RunSummary, prefix: string): number | undefined {
  return counters(summary, Object.keys(summary.delta).filter((name) => name.startsWith(prefix)))
}

/** `part * 100 / whole`; undefined where nothing happened, since there is no ratio of nothing. */
export function percent(part: number | undefined, whole: number | undefined): number | undefined {
  if (part === undefined || whole === undefined || whole === 0) return undefined
  return (part * 100) / whole
}

/** Builds the common kind: one vmstat counter under its own name. */
export function counterMetric(id: string, spec: Omit<Metric, 'id' | 'of' | 'unit'> & { readonly unit?: string }): Metric {
  return { unit: 'pages', ...spec, id, of: (summary) => counters(summary, [id]) }
}
