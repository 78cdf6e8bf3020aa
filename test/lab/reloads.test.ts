/** Edits from outside: loaded, damped when they come in a flood, and the last good text that stands in for what can't run. No real waiting: the clock is the test's. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { Clock } from '../../main/lab/clock'
import type { Experiment } from '../../main/lab/experiment'
import { createReloads, MOST_CHANGES, noteEjections, WINDOW_MS } from '../../main/lab/reloads'
import { request, testLab, type TestLab } from './doubles'

class TestClock implements Clock {
  #now = 1_000_000
  readonly #timers = new Map<() => void, number>()
  nowMs(): number {
    return this.#now
  }

  after(ms: number, work: () => void): () => void {
    this.#timers.set(work, this.#now + ms)
    return () => { this.#timers.delete(work) }
  }

  pass(ms: number): void {
    this.#now += ms
    for (const [work, at] of [...this.#timers]) if (at <= this.#now) { this.#timers.delete(work); work() }
  }

  get waiting(): number {
    return this.#timers.size
  }
}

const FILE = 'policies/a.ts'

function reloads(): { readonly clock: TestClock; readonly released: string[]; readonly reloads: ReturnType<typeof createReloads> } {
  const clock = new TestClock()
  const released: string[] = []
  return { clock, released, reloads: createReloads(clock, { released: (file) => { released.push(file) }, news: () => undefined }) }
}

test('a few edits are loaded; a flood is held, counted, and released ten seconds after its end', () => {
  const { clock, released, reloads: all } = reloads()
  all.inForce(FILE, 'as loaded')
  const taken = Array.from({ length: 600 }, () => { clock.pass(100); return all.changed(FILE) })
  expect(taken.filter(Boolean)).toHaveLength(MOST_CHANGES)
  expect(all.held(FILE)).toEqual({ why: 'changes', count: 64, sinceMs: 1_000_500 })
  expect(all.inForce(FILE, 'the flood')).toBe('as loaded')
  expect(clock.waiting).toBe(1)
  clock.pass(WINDOW_MS - 1)
  expect(released).toEqual([])
  clock.pass(1)
  expect(released).toEqual([FILE])
  expect(all.held(FILE)).toBeUndefined()
  expect(all.inForce(FILE, 'what it came to')).toBe('what it came to')
  expect(all.changed('policies/b.ts')).toBe(true)
})

test('slow edits are never held, a save in the lab and a person\'s word end a hold', () => {
  const { clock, released, reloads: all } = reloads()
  for (let i = 0; i < 50; i++) { clock.pass(WINDOW_MS / MOST_CHANGES); expect(all.changed(FILE)).toBe(true) }
  clock.pass(WINDOW_MS)
  for (let i = 0; i <= MOST_CHANGES; i++) all.changed(FILE)
  expect(all.held(FILE)?.why).toBe('changes')
  all.saved(FILE)
  expect([all.held(FILE), clock.waiting]).toEqual([undefined, 0])
  for (let i = 0; i <= MOST_CHANGES; i++) all.changed(FILE)
  all.resume(FILE)
  expect([all.held(FILE), released, clock.waiting]).toEqual([undefined, [FILE], 0])
  for (let i = 0; i <= MOST_CHANGES; i++) all.changed(FILE)
  all.removed(FILE)
  expect([all.held(FILE), clock.waiting]).toEqual([undefined, 0])
})

test('three texts in a row that were ejected hold the file until it runs through or a person says so', () => {
  const { clock, reloads: all } = reloads()
  for (const text of ['one', 'two', 'two']) all.ran(FILE, text, true)
  expect(all.held(FILE)).toBeUndefined()
  all.ran(FILE, 'three', true)
  expect(all.held(FILE)).toMatchObject({ why: 'ejections', count: 3 })
  expect(all.changed(FILE)).toBe(false)
  clock.pass(10 * WINDOW_MS)
  expect(all.held(FILE)).toMatchObject({ why: 'ejections' })
  all.ran(FILE, 'four', false)
  expect(all.held(FILE)).toBeUndefined()
  for (const text of ['one', 'two', 'three']) all.ran(FILE, text, true)
  all.resume(FILE)
  expect(all.held(FILE)).toBeUndefined()
})

test('the last good text stands in for errors and ejections, but not for a text that once ran through', () => {
  const { clock, reloads: all } = reloads()
  expect(all.standIn(FILE, 'broken', true)).toBeUndefined()
  all.compiles(FILE, 'first')
  clock.pass(5)
  all.compiles(FILE, 'second')
  expect(all.standIn(FILE, 'second', false)).toBeUndefined()
  expect(all.standIn(FILE, 'broken', true)).toEqual({ why: 'errors', text: 'second', atMs: 1_000_005 })
  all.ran(FILE, 'second', true)
  expect(all.standIn(FILE, 'second', false)).toEqual({ why: 'ejected', text: 'first', atMs: 1_000_000 })
  expect(all.standIn(FILE, 'broken', true)).toMatchObject({ text: 'first' })
  all.resume(FILE)
  expect(all.standIn(FILE, 'second', false)).toBeUndefined()
  all.ran(FILE, 'second', false)
  all.ran(FILE, 'second', true)
  expect(all.standIn(FILE, 'second', false)).toBeUndefined()
})

test('an experiment tells once it has ended: ejected on some seed is ejected, cut runs tell nothing, examples are nobody\'s', () => {
  const { reloads: all } = reloads()
  const machine = (file: string, name: string): object => ({ stack: [{ compiled: { file } }], sources: [{ name, text: `text of ${name}` }] })
  const run = (at: number, state: string, policy?: string): object => ({ machine: at, state, outcome: { ejections: policy === undefined ? [] : [{ policy }] } })
  const experiment = (runs: readonly object[]): Experiment => ({ prepared: { machines: [{ stack: [], sources: [] }, machine('policies/a.ts', 'a'), machine('policies/b.ts', 'b'), machine('examples/c.ts', 'c')] }, runs }) as unknown as Experiment
  for (const [file, name] of [['policies/a.ts', 'a'], ['policies/b.ts', 'b'], ['examples/c.ts', 'c']] as const) { all.compiles(file, 'before'); all.compiles(file, `text of ${name}`) }
  const ejected = (): readonly unknown[] => [['policies/a.ts', 'a'], ['policies/b.ts', 'b'], ['examples/c.ts', 'c']].map(([file, name]) => all.standIn(file, `text of ${name}`, false)?.why)
  noteEjections(experiment([run(0, 'done'), run(1, 'running', 'a')]), all)
  expect(ejected()).toEqual([undefined, undefined, undefined])
  const ended = experiment([run(0, 'done'), run(1, 'done'), run(1, 'done', 'a'), run(2, 'cancelled', 'b'), run(3, 'done', 'c')])
  noteEjections(ended, all)
  expect(ejected()).toEqual(['ejected', undefined, undefined])
  all.resume('policies/a.ts')
  noteEjections(ended, all)
  expect(ejected()).toEqual([undefined, undefined, undefined])
})

let made: TestLab | undefined
afterEach(async () => { await made?.end() })

test('in a lab: runs of a broken file use its last good text and say so, also after a restart', async () => {
  made = await testLab()
  const { lab, runs } = made
  const first = await lab.save(FILE, 'name: mine', '')
  if (!first.ok) throw new Error('not saved')
  await lab.describe()
  await lab.save(FILE, 'no policy any more', first.value.version)
  const info = (await lab.describe()).policies.find(({ file }) => file === FILE)
  expect(info).toMatchObject({ name: 'mine', problems: [{ message: 'no name' }], standIn: { why: 'errors', text: 'name: mine' } })
  const compared = await lab.compare(request({ policies: [{ kind: 'name', name: 'mine' }], seeds: 1 }))
  if (!compared.ok) throw new Error(JSON.stringify(compared))
  expect(runs.get(1, 1).job.policies[0].compiled.text).toBe('name: mine')
  const status = await lab.experiment(compared.value.id)
  expect(status.ok && status.value.machines[1].label).toMatch(/^mine, \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
  expect(status.ok && status.value.notes?.[0].en).toMatch(/^mine can't be run as it is now; this is its last good text, of /)

  const again = await testLab(made.workspace)
  expect((await again.lab.describe()).policies.find(({ file }) => file === FILE)).toMatchObject({ name: 'mine', standIn: { text: 'name: mine' } })
  await again.lab.dispose()
})

test('in a lab: an edit from outside that can\'t run keeps the text before it among the versions', async () => {
  made = await testLab()
  const { lab, workspace } = made
  await writeFile(join(workspace, FILE), 'name: theirs')
  await lab.describe()
  await writeFile(join(workspace, FILE), 'broken')
  expect((await lab.describe()).policies.find(({ file }) => file === FILE)?.standIn?.text).toBe('name: theirs')
  const versions = await lab.fileVersions(FILE)
  expect(versions.ok && versions.value.map(({ why }) => why)).toEqual(['kept'])
  await lab.describe()
  expect((await lab.fileVersions(FILE) as { readonly value: readonly unknown[] }).value).toHaveLength(1)
})
