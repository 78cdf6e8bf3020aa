/** `lab at` and `lab diverge` as a person types them, on a machine of 4 MiB. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { DifferenceView, DivergenceView } from '../../preload/contract'
import { MIB, map, scenario, sleep, touch } from '../engine/support/tiny'
import { text } from '../../main/cli/diverge-command'
import { lab, problemsOf } from './capture'

const folder = mkdtempSync(join(tmpdir(), 'cli-at-'))
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })
const PRESET = join(folder, 'small.json')
const hog = [map('heap', 5 * MIB), touch('heap', 'w', 5 * MIB), sleep(5), touch('heap', 'r', 5 * MIB, { pat: 'rand', count: 2000 })]
writeFileSync(PRESET, JSON.stringify(scenario({ machine: { pages: 4 * MIB, swapPages: 16 * MIB }, files: 2 * MIB, processes: [hog], durationMs: 2000 })))

test('at shows the machine where a condition comes true after a time', async () => {
  const { code, out, err } = await lab('at', PRESET, '--time', '20', '--until', 'hook scanBalance priority < 12')
  expect([code, err]).toEqual([0, ''])
  const [, , ms] = /^\S+ asked scanBalance \((.*?)\); the answer: .*\n\n([\d,.]+) ms, moment [\d,]+\n/.exec(out) ?? []
  expect(Number(ms?.replaceAll(',', ''))).toBeGreaterThan(20)
  for (const head of [/^Zone +Free +MIN +LOW +HIGH/m, /^Free blocks +order 0/m, /^List +Pages +≤ 10 ms/m, /^Task +State +Touches/m, /^Disk +Under way/m]) expect(out).toMatch(head)
})

test.each([
  [['at', PRESET, '--time', 'noon'], '--time', /must be a time in ms/],
  [['at', PRESET, '--touch', 'app'], '--touch', /must be TASK:N such as app:5000/],
  [['at', PRESET, '--touch', 'nobody:5'], '--touch', /names a task that the run doesn't have, "nobody"/],
  [['at', PRESET, '--until', 'zone.0.Nomal.free < 5'], 'until', /names a series that this machine doesn't have, "zone\.0\.Nomal\.free"\. Did you mean "zone\.0\.Normal\.free"\?/],
  [['diverge', PRESET], '--policy', /there is only one run to look at/],
  [['diverge', PRESET, '--seed-b', '2', '--a', 'mine'], '--a', /must be one of "linux-6\.1"/],
  [['diverge', PRESET, '--seed-b', '2', '--difference', '0'], '--difference', /must be/],
] as const)('%j is refused at %s', async (argv, path, message) => {
  const captured = await lab(...argv, '--json')
  expect(captured.code).not.toBe(0)
  expect(problemsOf(captured)[0]).toMatchObject({ path, message: expect.stringMatching(message) as string })
})

test('diverge names the first difference and explains it, with its progress where that is asked for', async () => {
  const { out, err } = await lab('diverge', PRESET, '--variant', 'spare: vm.swappiness=10', '--json', '--progress')
  const { divergence, difference } = JSON.parse(out) as { readonly divergence: DivergenceView; readonly difference: DifferenceView }
  expect(divergence.differences[0].hook).toBe('scanBalance')
  expect(difference.seen.find(({ name }) => name === 'swappiness')).toMatchObject({ a: '60', b: '10' })
  for (const line of err.split('\n').filter((one) => one !== '')) expect(line).toMatch(/^\d+ %  (comparing the two runs|making both again, to explain)$/)
  const list = text(divergence, undefined, true)
  expect(list).toContain(divergence.summary.en)
  expect(list.split('\n').filter((line) => /^ *\d+ /.test(line))).toHaveLength(divergence.differences.length)
})
