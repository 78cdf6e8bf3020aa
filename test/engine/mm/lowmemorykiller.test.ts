/** Android's low-memory killer: who is killed when free memory and page cache are both small, in what order, and who is never. */
import { expect, test } from 'vitest'
import type { Phase, ProcessSpec, Recording } from '../../../main/engine/index'
import android318 from '../../../plugins/kernels/android-3.18'
import { explainEvent } from '../../../main/lab/explain/event'
import { runScenario } from '../support/run'
import { MIB, fread, map, open, scenario, sleep, touch } from '../support/tiny'

const LMK = { 'lowmemorykiller.enable_lmk': 1, 'lowmemorykiller.minfree': [512, 768, 1024, 2048], 'lowmemorykiller.adj': [0, 100, 500, 900] }

function app(name: string, oomScoreAdj: number, pages: number, then: readonly Phase[] = [sleep(3000)]): ProcessSpec {
  return { name, oomScoreAdj, phases: [map('heap', pages), touch('heap', 'w', pages), ...then] }
}

function killed(processes: readonly ProcessSpec[], sysctls: Parameters<typeof scenario>[0]['sysctls'] = LMK, swapPages = 0): Recording {
  return runScenario(scenario({ machine: { pages: 32 * MIB, swapPages }, files: 9000, sysctls, processes, durationMs: 6000 }), { kernel: android318, everyTurns: 2000 })
}

const victims = ({ summary }: Recording): readonly string[] => summary.tasks.filter((task) => task.end === 'killed').map((task) => task.name)
const order = ({ events }: Recording): readonly string[] => events.filter((event) => event.kind === 'lowmemory_kill').map((event) => String(event.args['victim']))

/** Grows step by step, so that memory runs short slowly. */
const GROWING: readonly Phase[] = Array.from({ length: 12 }, (_, i): readonly Phase[] => [map(`more${i}`, 400), touch(`more${i}`, 'w', 400), sleep(60)]).flat()
const FOREGROUND = (phases: readonly Phase[]): ProcessSpec => app('foreground', 0, 1500, phases)

test('the least important goes first, the foreground stays, long before memory is out', () => {
  const run = killed([app('cached', 900, 1200), app('service', 500, 1200), FOREGROUND(GROWING), app('other', 950, 900)])
  expect(victims(run)).toContain('other')
  expect(victims(run)).not.toContain('foreground')
  expect(run.summary.gauge.nr_free_pages.min).toBeGreaterThan(100)
  // It is not the OOM killer, and says so; what it prints goes with the event.
  expect([run.events.some(({ kind }) => kind === 'mark_victim'), run.summary.delta['oom_kill']]).toEqual([false, 0])
  const [kill] = run.events.filter(({ kind }) => kind === 'lowmemory_kill')
  expect(kill.log?.[0]).toContain("lowmemorykiller: Killing 'other'")
  expect(explainEvent(kill).en).toMatch(/^Android's low-memory killer took other \(oom_score_adj 950, \d[\d,]* pages\) while .+ reclaimed: [\d,]+ free pages and [\d,]+ of page cache are both below its limit of [\d,]+ for oom_score_adj \d+ and more\.$/)
})

test('of equals the largest goes', () => {
  const run = killed([app('small', 900, 700), app('large', 900, 1900), FOREGROUND(GROWING)])
  expect(order(run)[0]).toBe('large')
})

test('off, it kills nobody; a task below every limit\'s adj is never taken', () => {
  const tasks = [app('cached', 900, 2200), FOREGROUND(GROWING)]
  expect(victims(killed(tasks, LMK, 6000))).toEqual(['cached'])
  expect(victims(killed(tasks, { ...LMK, 'lowmemorykiller.enable_lmk': 0 }, 6000))).toEqual([])
  expect(victims(killed([app('system', -900, 2000), app('cached', 900, 1200), FOREGROUND(GROWING)]))).not.toContain('system')
})

test('page cache enough: nobody is killed however little is free', () => {
  const reader: ProcessSpec = { name: 'reader', oomScoreAdj: 900, phases: [map('heap', 500), touch('heap', 'w', 500), open('f', 9000), fread(9000), sleep(200)] }
  const run = killed([reader, app('cached', 900, 800)])
  expect(run.summary.gauge.nr_free_pages.min).toBeLessThan(2048)
  expect(victims(run)).toEqual([])
})
