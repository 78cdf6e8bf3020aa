/** What a watched run sends: at a gentle rate, in messages of a bounded size, rows of its recording, without touching it. */
import { expect, test } from 'vitest'
import linux61 from '../../plugins/kernels/linux-6.1'
import { createSimulation, type Recording, type Samples, type Scenario } from '../../main/engine'
import { createLiveSamples } from '../../main/lab/live-samples'
import { PRESETS } from '../../main/lab/presets'
import { createSampleStream } from '../../main/runner/sample-stream'

const small = PRESETS.find(({ id }) => id === 'just-fits')?.scenario as Scenario
const scenario: Scenario = { ...small, durationMs: 2_000, sampleMs: 20 }

function recorded(look: (simulation: ReturnType<typeof createSimulation>) => void = () => undefined): Recording {
  const simulation = createSimulation({ scenario, kernel: linux61, policies: [], seed: 1 })
  while (simulation.step(200)) look(simulation)
  return simulation.finish()
}

test('rows come in order, each once, as the recording has them; looking leaves the digest as it is', () => {
  const live = createLiveSamples()
  const froms: number[] = []
  let [nowMs, rows] = [0, 0]
  const stream = createSampleStream(scenario, (from, samples) => {
    froms.push(from)
    expect(from).toBe(rows)
    rows += samples.series.times.length
    live.add(from, samples)
  })
  const watched = recorded((simulation) => { stream(simulation, nowMs += 100) })
  expect(watched.digest).toBe(recorded().digest)
  expect(froms.length).toBeGreaterThan(5)
  const { series } = live.of(watched.series.ids)
  expect(rows).toBeGreaterThan(50)
  expect([series.times, ...series.columns]).toEqual([watched.series.times, ...watched.series.columns].map((column) => column.slice(0, rows)))
  expect(live.toNs()).toBe(watched.series.times[rows - 1])
})

/** So many samples as there are, of so many series. */
function sampling(rows: number, series: number): (from: number, step: number, most: number) => Samples {
  return (from, step, most) => {
    const times = Float64Array.from({ length: Math.max(0, Math.min(most, Math.ceil((rows - from) / step))) }, (_, i) => from + i * step)
    return { series: { times, ids: Array.from({ length: series }, (_, i) => `s${i}`), columns: Array.from({ length: series }, () => times) }, policySeries: { times, ids: [], columns: [] } }
  }
}

test('four messages a second at most, none without news, each of at most a mebibyte', () => {
  const sent: Samples[] = []
  const stream = createSampleStream({ durationMs: 4_000, sampleMs: 1 }, (_, samples) => { sent.push(samples) })
  for (let ms = 0; ms < 3_000; ms += 10) stream({ samples: sampling(4_000, 300) }, ms)
  expect(sent.map(({ series }) => series.times.length)).toEqual([434, 434, 434, 434, 434, 434, 434, 434, 434, 94])
  expect(Math.max(...sent.map(({ series }) => (series.columns.length + 1) * series.times.length * 8))).toBeLessThanOrEqual(2 ** 20)
})

test('a run with very many samples is thinned', () => {
  const times: number[] = []
  const stream = createSampleStream({ durationMs: 100_000, sampleMs: 1 }, (_, { series }) => { times.push(...series.times) })
  for (let ms = 0; ms < 20_000; ms += 250) stream({ samples: sampling(100_000, 100) }, ms)
  expect(times).toHaveLength(4_000)
  expect(times.slice(0, 3)).toEqual([0, 25, 50])
  expect(times.at(-1)).toBe(99_975)
})
