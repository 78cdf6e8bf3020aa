import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareRuns, type Difference, type RunResult } from '../../../main/engine/experiment/compare'
import { planRuns } from '../../../main/engine/experiment/plan'

/** Machines' values of one metric by seed (index 0 is seed 1). */
function runs(metric: string, machines: readonly (readonly number[])[]): RunResult[] {
  return machines.flatMap((values, machine) => values.map((value, i) => ({ machine, seed: i + 1, engine: 'e', metrics: { [metric]: value } })))
}

function only(metric: string, base: readonly number[], policy: readonly number[]): Difference {
  const comparison = compareRuns(2, base.length, runs(metric, [base, policy]))
  return comparison.rows[0].policies[0]
}

const values = fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 12 })
const pairs = values.chain((base) => fc.tuple(fc.constant(base), fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: base.length, maxLength: base.length })))

test('a machine against itself is the same in every metric', () => {
  fc.assert(fc.property(values, (base) => {
    const comparison = compareRuns(2, base.length, runs('run_time', [base, base]))
    expect(comparison.rows[0].policies[0]).toMatchObject({ mean: 0, verdict: 'same' })
    expect(comparison.findings).toEqual([{ machine: 1, kind: 'no-difference', metrics: [] }])
  }))
})

test('seen from the other side a comparison is its mirror', () => {
  const mirror = { better: 'worse', worse: 'better', same: 'same', unclear: 'unclear', different: 'different' } as const
  fc.assert(fc.property(pairs, ([a, b]) => {
    const there = only('run_time', a, b)
    const back = only('run_time', b, a)
    expect(back.verdict).toBe(mirror[there.verdict])
    expect(back.mean).toBeCloseTo(-there.mean, 6)
    expect(back.interval === undefined).toBe(there.interval === undefined)
    if (there.interval !== undefined) expect(back.interval?.[0]).toBeCloseTo(-there.interval[1], 4)
  }))
})

test('the unit does not change a verdict: everything times 1024', () => {
  fc.assert(fc.property(pairs, ([a, b]) => {
    const small = only('run_time', a, b)
    const large = only('run_time', a.map((v) => v * 1024), b.map((v) => v * 1024))
    expect(large.verdict).toBe(small.verdict)
    expect(large.mean).toBe(small.mean * 1024)
    expect(large.ratio).toBe(small.ratio)
  }))
})

test('the order in which runs come in does not change the comparison', () => {
  fc.assert(fc.property(pairs, ([a, b]) => {
    const inOrder = runs('run_time', [a, b])
    const reversed = [...inOrder].reverse()
    expect(compareRuns(2, a.length, reversed)).toEqual(compareRuns(2, a.length, inOrder))
  }))
})

test('the interval is the textbook one', () => {
  // Differences 1, 2, 3, 4, 5: mean 3, sd 1.5811, t(4) 2.7764: 3 ± 1.9632.
  const difference = only('run_time', [10, 10, 10, 10, 11], [11, 12, 13, 14, 16])
  expect(difference.mean).toBe(3)
  expect(difference.interval?.[0]).toBeCloseTo(1.036757, 5)
  expect(difference.interval?.[1]).toBeCloseTo(4.963243, 5)
  expect(difference.ratio).toBeCloseTo(3 / 10.2, 10)
  expect(difference.verdict).toBe('worse')
})

test('more of what should be more is better, of what has no side only different', () => {
  expect(only('throughput', [10, 11, 12], [20, 22, 23]).verdict).toBe('better')
  expect(only('throughput', [20, 22, 23], [10, 11, 12]).verdict).toBe('worse')
  expect(only('pgscan_kswapd', [10, 11, 12], [20, 22, 23]).verdict).toBe('different')
})

test('an interval around 0 is unclear, and the finding says more seeds are needed', () => {
  const comparison = compareRuns(2, 3, runs('run_time', [[100, 100, 101], [150, 60, 120]]))
  expect(comparison.rows[0].policies[0].verdict).toBe('unclear')
  expect(comparison.findings[0]).toEqual({ machine: 1, kind: 'too-few-seeds', metrics: ['run_time'] })
})

test('one seed: the numbers differ, but nothing is claimed', () => {
  const comparison = compareRuns(2, 1, runs('run_time', [[100], [50]]))
  expect(comparison.rows[0].policies[0]).toMatchObject({ verdict: 'different', mean: -50, ratio: -0.5 })
  expect(comparison.rows[0].policies[0].interval).toBeUndefined()
  expect(comparison.findings[0].kind).toBe('too-few-seeds')
})

test('one seed is enough where nothing draws from it', () => {
  const comparison = compareRuns(2, 1, runs('run_time', [[100], [50]]), false)
  expect(comparison.rows[0].policies[0].verdict).toBe('better')
  expect(comparison.findings[0]).toEqual({ machine: 1, kind: 'differs', metrics: ['run_time'] })
})

test('two equal differences are certain only where seeds change nothing', () => {
  expect(only('oom_kill', [1, 1], [0, 0])).toMatchObject({ verdict: 'better', interval: [-1, -1] })
  const chance = compareRuns(2, 2, [1, 2].flatMap((seed) => [
    { machine: 0, seed, engine: 'e', metrics: { oom_kill: 1, run_time: seed } },
    { machine: 1, seed, engine: 'e', metrics: { oom_kill: 0, run_time: seed * 3 } },
  ]))
  const oom = chance.rows.find((row) => row.metric === 'oom_kill')?.policies[0]
  expect(oom?.verdict).toBe('unclear')
  expect(oom?.interval).toBeUndefined()
})

test('a sure but tiny change makes no sentence', () => {
  const comparison = compareRuns(2, 3, runs('run_time', [[100_000, 100_001, 100_002], [100_010, 100_011, 100_013]]))
  expect(comparison.rows[0].policies[0].verdict).toBe('different')
  expect(comparison.findings[0].kind).toBe('no-difference')
})

test('the sentence names big effects first, one a group, and a tiny count never leads', () => {
  const metrics = (stalls: number, time: number, latency: number): Record<string, number> => ({
    allocstall: stalls, run_time: time, touches: time, alloc_latency_p99: latency, alloc_latency_max: latency * 2, pageoutrun: stalls * 50,
  })
  const results = [1, 2, 3].flatMap((seed) => [
    { machine: 0, seed, engine: 'e', metrics: metrics(0, 1000 + seed, 10 + seed / 10) },
    { machine: 1, seed, engine: 'e', metrics: metrics(2, 2000 + seed, 100 + seed) },
  ])
  expect(compareRuns(2, 3, results).findings[0]).toEqual({ machine: 1, kind: 'differs', metrics: ['alloc_latency_p99', 'run_time', 'allocstall', 'pageoutrun'] })
})

test('what is not in yet is left out and marked', () => {
  const results = runs('run_time', [[1, 2, 3], [4, 5]])
  const comparison = compareRuns(3, 3, results)
  expect(comparison).toMatchObject({ partial: true, seeds: 0 })
  expect(comparison.rows[0].policies[0].estimate.values).toEqual([4, 5])
  expect(comparison.rows[0].policies[0].mean).toBe(3)
  expect(comparison.findings[1]).toEqual({ machine: 2, kind: 'not-finished', metrics: [] })
})

test('a metric that one side lacks has no difference', () => {
  const comparison = compareRuns(2, 1, [
    { machine: 0, seed: 1, engine: 'e', metrics: {} },
    { machine: 1, seed: 1, engine: 'e', metrics: { direct_efficiency: 80 } },
  ])
  expect(comparison.rows[0]).toMatchObject({ base: { values: [] }, policies: [{ estimate: { values: [80] }, mean: 0, verdict: 'unclear' }] })
  expect(comparison.findings[0].kind).toBe('no-difference')
})

test('engines are never mixed', () => {
  expect(() => compareRuns(1, 2, [
    { machine: 0, seed: 1, engine: 'a', metrics: {} }, { machine: 0, seed: 2, engine: 'b', metrics: {} },
  ])).toThrow(/different engine versions/)
})

test('every machine gets seed 1 before any gets seed 2', () => {
  expect(planRuns(3, 2)).toEqual([
    { machine: 0, seed: 1 }, { machine: 1, seed: 1 }, { machine: 2, seed: 1 },
    { machine: 0, seed: 2 }, { machine: 1, seed: 2 }, { machine: 2, seed: 2 },
  ])
})
