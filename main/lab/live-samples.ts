/** What a run has sampled so far, as its runner sends it. Columns are put together for whoever asks, only those that are asked for. */
import type { Recording, Samples, Series } from '../engine'

/** Of a recording, what charts are drawn from. */
export type Sampled = Pick<Recording, 'series' | 'policySeries'>

export interface LiveSamples {
  /** `from`: rows that the run has sent before; 0 when it has begun anew. */
  add(from: number, samples: Samples): void
  /** ns since the workload started, of the last row. */
  toNs(): number
  ids(): { readonly series: readonly string[]; readonly policySeries: readonly string[] }
  /** With the columns of these ids alone. */
  of(ids: Iterable<string>): Sampled
}

/** Beyond it parts are put together: a slow run comes a row at a time. */
const MOST_PARTS = 64

export function createLiveSamples(): LiveSamples {
  let parts: Sampled[] = []
  const last = (): Sampled | undefined => parts.at(-1)
  const idsNow = (): { readonly series: readonly string[]; readonly policySeries: readonly string[] } => ({ series: last()?.series.ids ?? [], policySeries: last()?.policySeries.ids ?? [] })
  const whole = (series: readonly string[], policySeries: readonly string[]): Sampled => ({ series: joined(parts.map((part) => part.series), series), policySeries: joined(parts.map((part) => part.policySeries), policySeries) })
  return {
    add: (from, samples) => {
      if (from === 0) parts = []
      parts.push(samples)
      if (parts.length > MOST_PARTS) parts = [whole(idsNow().series, idsNow().policySeries)]
    },
    toNs: () => last()?.series.times.at(-1) ?? 0,
    ids: idsNow,
    of: (ids) => {
      const wanted = new Set(ids)
      const now = idsNow()
      return whole(now.series.filter((id) => wanted.has(id)), now.policySeries.filter((id) => wanted.has(id)))
    },
  }
}

/** A column that appeared later is 0 in the rows before, as in a recording. */
function joined(parts: readonly Series[], ids: readonly string[]): Series {
  const rows = parts.reduce((sum, { times }) => sum + times.length, 0)
  const join = (pick: (part: Series) => Float64Array | undefined): Float64Array => {
    const out = new Float64Array(rows)
    let at = 0
    for (const part of parts) {
      const column = pick(part)
      if (column !== undefined) out.set(column, at)
      at += part.times.length
    }
    return out
  }
  return { times: join(({ times }) => times), ids: [...ids], columns: ids.map((id) => join(({ ids: own, columns }) => columns[own.indexOf(id)])) }
}
