import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { readPairs } from '../../main/cli/arguments'
import { toJson } from '../../main/cli/command'
import { comparisonText } from '../../main/cli/comparison-text'
import { createOutput } from '../../main/cli/output'
import { createProgress, progressText } from '../../main/cli/progress'
import { eventText } from '../../main/cli/run-report'
import { number, percentChange, seconds, signed, table } from '../../main/cli/table'
import { compareRuns } from '../../main/engine/experiment/compare'
import type { ExperimentStatus } from '../../preload/contract'

test('numbers for people', () => {
  expect([0, 7, 1234567, 0.1234, 12.345, 1234.5, NaN].map(number)).toEqual(['0', '7', '1,234,567', '0.123', '12.3', '1,235', '-'])
  expect([5, -5, 0].map(signed)).toEqual(['+5', '−5', '0'])
  expect([0.5, -0.0123, 8.9, 12, 724_016].map(percentChange)).toEqual(['+50 %', '−1.2 %', '+890 %', '×13', '×724,017'])
  expect([400, 65_000, 600_000].map(seconds)).toEqual(['0.4 s', '65 s', '10 min'])
})

test('columns line up, also under Chinese titles', () => {
  const text = table([{ title: '名', align: 'left' }, { title: 'n', align: 'right' }], [['abc', '1'], ['中文', '22']])
  expect(text.split('\n')).toEqual(['名     n', '----  --', 'abc    1', '中文  22', ''])
})

test('name=value pairs: the first = divides, the last of a name wins', () => {
  expect(readPairs('set', ['a=1', 'b=x=y', 'a=2'])).toEqual({ a: '2', b: 'x=y' })
  expect(() => readPairs('set', ['=1'])).toThrow(/name=value/)
})

test('JSON takes typed arrays as arrays and what it lacks as null', () => {
  expect(JSON.parse(toJson({ a: Float64Array.of(1, NaN), b: Infinity }))).toEqual({ a: [1, null], b: null })
})

const status: ExperimentStatus = {
  id: 'e1', title: { en: 't', zh: 't' }, scenario: 's', machines: [{ label: 'linux-6.1' }, { label: 'early', policy: 'early' }], state: 'running', fraction: 0.42, etaMs: 3000,
  runs: [
    { run: 'e1.0.1', machine: 0, seed: 1, state: 'done', fraction: 1, ejections: [] },
    { run: 'e1.1.1', machine: 1, seed: 1, state: 'running', fraction: 0.1, ejections: [] },
  ],
}

test('progress in one line, as lines only when asked for', () => {
  expect(progressText(status)).toBe('42 %  1 of 2 runs, about 3.0 s to go')
  const written: string[] = []
  const output = { out: async () => undefined, err: async (text: string) => { written.push(text) }, errIsTerminal: false, errColumns: 80, closed: new AbortController().signal }
  createProgress(output, false).show(status)
  expect(written).toEqual([])
  const lines = createProgress(output, true)
  lines.show(status)
  lines.show({ ...status, fraction: 0.43 })
  lines.show({ ...status, fraction: 0.5 })
  expect(written.length).toBe(2)
  createProgress({ ...output, errIsTerminal: true }, false).show(status)
  expect(written[2]).toContain('\r')
})

test('a comparison reads as a sentence and a table', () => {
  const results = [1, 2, 3].flatMap((seed) => [
    { machine: 0, seed, engine: 'e', metrics: { run_time: 1000 + seed, oom_kill: 0 } },
    { machine: 1, seed, engine: 'e', metrics: { run_time: 500 + 2 * seed, oom_kill: 0 } },
  ])
  const text = comparisonText(status, compareRuns(2, 3, results), false)
  expect(text).toContain('early: Run time −50 % (1,002 to 504 ms, better).')
  expect(text).toMatch(/Run time\s+ms\s+1,002\s+504\s+−498\s+−50 %\s+−500 … −496\s+better/)
  expect(text).toContain('1 metric is the same')
  expect(comparisonText(status, compareRuns(2, 3, results), true)).toMatch(/OOM kills\s+count\s+0\s+0\s+0/)
  expect(comparisonText(status, compareRuns(2, 1, results.slice(0, 2)), false)).toContain('early: too few seeds to tell. In this one: Run time −50 %')
  expect(comparisonText(status, compareRuns(2, 3, []), false)).toContain('nothing to compare')
})

test('an event tells who asked, the call path and how far each zone missed', () => {
  const text = eventText({
    t: 1_234_567, kind: 'mm_vmscan_wakeup_kswapd', duration: 0, task: 'memhog', args: { order: 0, node: 0 },
    cause: { task: 'memhog', order: 0, gfp: 'GFP_HIGHUSER_MOVABLE', path: ['handle_mm_fault', '__alloc_pages'], zones: [{ node: 0, zone: 'DMA32', free: 100, mark: 150, reserve: 20, short: 70 }] },
  })
  expect(text).toContain('1.235 ms  mm_vmscan_wakeup_kswapd  memhog  order=0 node=0')
  expect(text.replace(/\s+/g, ' ')).toContain('memhog asked for one page with GFP_HIGHUSER_MOVABLE, by way of handle_mm_fault > __alloc_pages.')
  expect(text.split('\n').every((line) => line.length <= 120)).toBe(true)
  expect(text.replace(/\s+/g, ' ')).toContain('DMA32 has 100 free, must have more than mark 150 + reserve 20 and is 70 short')
})

test('a reader that goes away is noticed and nothing is written any more', async () => {
  const stdout = new PassThrough()
  const output = createOutput(stdout as unknown as NodeJS.WriteStream, new PassThrough() as unknown as NodeJS.WriteStream)
  const closed = new Promise((resolve) => { output.closed.addEventListener('abort', resolve) })
  stdout.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
  await closed
  await output.out('more')
  expect(output.closed.aborted).toBe(true)
})

test('words of others steer no terminal; a pipe gets them as they are', async () => {
  const written = async (isTTY: boolean): Promise<readonly string[]> => {
    const streams = [new PassThrough(), new PassThrough()].map((stream) => Object.assign(stream, { isTTY }) as unknown as NodeJS.WriteStream)
    const output = createOutput(streams[0], streams[1])
    await output.out('a\u001b[2J\u009b1m\rb\r\nc\td\n')
    await output.err('\r\u001b[K! \u001b]0;mine\u0007 中')
    return streams.map((stream) => String((stream as unknown as PassThrough).read()))
  }
  expect(await written(true)).toEqual(['a\ufffd[2J\ufffd1m\ufffdb\r\nc\td\n', '\r\u001b[K! \ufffd]0;mine\ufffd 中'])
  expect(await written(false)).toEqual(['a\u001b[2J\u009b1m\rb\r\nc\td\n', '\r\u001b[K! \u001b]0;mine\u0007 中'])
})
