import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { ENGINE_VERSION } from '../../../main/engine'
import { request, SCENARIO } from '../doubles'
import { ended, InstantRuns, lasting, openLab, sweepEnded, value, workspace } from './labs'

const entriesOf = async (lab: Awaited<ReturnType<typeof openLab>>['lab']): Promise<readonly string[]> => value(await lab.history({})).entries.map(({ id }) => id)

test('a comparison is there after a restart exactly as it was: status, series, events, details', async () => {
  const folder = workspace()
  const first = await openLab(folder)
  const { id } = value(await first.lab.compare(request({ seeds: 2, set: { 'vm.swappiness': 10 }, variants: [{ label: 'more', set: { 'vm.swappiness': 90 } }] })))
  const before = await ended(first.lab, id)
  expect(before.history).toMatch(/^[0-9a-z]{12}$/)
  const look = async (lab: typeof first.lab, live: string): Promise<unknown> => Promise.all(['0.1', '1.2', '2.1'].map(async (run) => [
    value(await lab.series(`${live}.${run}`, ['nr_free_pages', 'policy.mine'], 0, Infinity, 100)), value(await lab.events({ run: `${live}.${run}`, t0: 0, t1: Infinity, max: 99 })),
    { ...value(await lab.run(`${live}.${run}`)), run: '' },
  ]))
  const seen = await look(first.lab, id)
  await first.close()

  const second = await openLab(folder)
  const [entry] = value(await second.lab.history({})).entries
  expect(entry).toMatchObject({ id: before.history, kind: 'comparison', origin: 'window', state: 'done', runs: 6, ended: 6, lost: 0, recordings: 6, engine: ENGINE_VERSION, otherEngine: false })
  const opened = value(await second.lab.historyOpen(entry.id))
  const again = value(await second.lab.experiment(opened.id))
  expect(lasting(again)).toEqual(lasting(before))
  expect(await look(second.lab, opened.id)).toEqual(seen)
  // Nothing was run for it, and looking made no new entry.
  expect(second.runs.made).toEqual([])
  expect(await entriesOf(second.lab)).toEqual([entry.id])
})

test('what made the runs is kept: sysctls, policies with their source and parameters', async () => {
  const { lab, settled } = await openLab(workspace())
  const { id } = value(await lab.compare(request({ seeds: 1, set: { 'vm.swappiness': 10, 'mine.factor': 5 }, policies: [{ kind: 'source', file: 'policies/x.ts', text: 'name: mine' }] })))
  const status = await ended(lab, id)
  await settled()
  const detail = value(await lab.historyDetail(status.history ?? ''))
  expect(detail.machines).toEqual([
    { label: 'linux-6.1', kernel: 'linux-6.1', sysctls: { 'vm.swappiness': 10 }, policies: [] },
    { label: 'mine', kernel: 'linux-6.1', sysctls: { 'vm.swappiness': 10 }, policies: [{ name: 'mine', file: 'policies/x.ts', source: 'name: mine', params: { factor: 5, on: false, mode: 'a' } }] },
  ])
  expect(detail.runs.map(({ machine, seed, digest, recorded }) => [machine, seed, digest, recorded])).toEqual(status.runs.map((run) => [run.machine, run.seed, run.digest, true]))
  expect(value(await lab.history({ text: 'policies/x.ts vm.swappiness' })).total).toBe(1)
})

test('a comparison that was cut short keeps what it has, and can be completed', async () => {
  const folder = workspace()
  const runs = new InstantRuns()
  runs.hold = (job) => job.seed === 2
  const first = await openLab(folder, runs)
  const { id } = value(await first.lab.compare(request({ seeds: 2 })))
  await first.lab.cancel(id)
  const cut = await ended(first.lab, id)
  await first.close()
  const second = await openLab(folder)
  const [entry] = value(await second.lab.history({})).entries
  expect(entry).toMatchObject({ state: 'cancelled', runs: 4 })
  const looked = value(await second.lab.experiment(value(await second.lab.historyOpen(entry.id)).id))
  expect(looked).toMatchObject({ state: 'cancelled', comparison: { partial: true, seeds: cut.comparison?.seeds } })
  const resumed = value(await second.lab.historyResume(entry.id))
  const whole = await ended(second.lab, resumed.id)
  expect(whole).toMatchObject({ state: 'done', comparison: { partial: false, seeds: 2 }, history: entry.id })
  // Only what was missing was made.
  expect(second.runs.made.every((run) => cut.runs.find((one) => run.endsWith(one.run.replace(id, '')))?.state !== 'done')).toBe(true)
  await second.close()
  const third = await openLab(folder)
  expect(value(await third.lab.history({})).entries).toMatchObject([{ id: entry.id, state: 'done', ended: 4, lost: 0 }])
})

test('a sweep is kept with its rows, opens as it was, and a cut one goes on where it stopped', async () => {
  const folder = workspace()
  const first = await openLab(folder)
  const { id } = value(await first.lab.sweep({ comparison: request({ seeds: 2 }), sweep: ['vm.swappiness=0..100:20'], metrics: ['run_time'] }))
  const before = await sweepEnded(first.lab, id)
  const csv = value(await first.lab.sweepCsv(id))
  await first.close()
  const second = await openLab(folder)
  const [entry] = value(await second.lab.history({ kind: 'sweep' })).entries
  expect(entry).toMatchObject({ state: 'done', runs: 24, ended: 24, recordings: 0 })
  const opened = value(await second.lab.historyOpen(entry.id))
  expect(opened.kind).toBe('sweep')
  expect({ ...value(await second.lab.sweepStatus(opened.id)), id: '' }).toEqual({ ...before, id: '' })
  expect(value(await second.lab.sweepCsv(opened.id))).toBe(csv)
  // A point of it is a comparison of its own, made when it is looked at.
  const point = value(await second.lab.historyCompare([`${entry.id}.0@2`, `${entry.id}.1@2`]))
  const live = value(await second.lab.experiment(point.id))
  expect(live.runs.map(({ digest }) => digest)).toHaveLength(4)
  expect(value(await second.lab.run(`${point.id}.0.1`)).digest).toBe(live.runs.find(({ run }) => run === `${point.id}.0.1`)?.digest)
  expect(second.runs.made).toEqual([`${point.id}.0.1`])
})

test('a sweep that was cut goes on without making again what it has', async () => {
  const folder = workspace()
  const runs = new InstantRuns()
  runs.hold = (job) => job.seed === 2
  const first = await openLab(folder, runs)
  const { id } = value(await first.lab.sweep({ comparison: request({ seeds: 2, policies: [] }), sweep: ['vm.swappiness=0..100:20'] }))
  await new Promise<void>((resolve) => { const stop = first.lab.on('sweep', (status) => { if (status.ended >= 5) { stop(); resolve() } }) })
  await first.lab.cancel(id)
  await first.close()
  const second = await openLab(folder)
  const [entry] = value(await second.lab.history({})).entries
  expect(entry).toMatchObject({ state: 'cancelled', runs: 12 })
  expect(entry.ended).toBeGreaterThanOrEqual(5)
  const status = await sweepEnded(second.lab, value(await second.lab.historyResume(entry.id)).id)
  expect(status).toMatchObject({ state: 'done', ended: 12, lost: 0, history: entry.id })
  expect(second.runs.made).toHaveLength(12 - entry.ended)
})

test('runs of several comparisons stand side by side, paired by seed, and that is kept too', async () => {
  const folder = workspace()
  const { lab, settled } = await openLab(folder)
  const run = async (changes: Parameters<typeof request>[0]): Promise<string> => (await ended(lab, value(await lab.compare(request(changes))).id)).history ?? ''
  const [one, two] = [await run({ seeds: 3, policies: [] }), await run({ seeds: 2, policies: [], set: { 'vm.swappiness': 160 } })]
  await lab.historyChange(two, { name: 'eager' })
  const composed = value(await lab.experiment(value(await lab.historyCompare([`${one}.0`, two])).id))
  expect(composed.machines.map(({ label }) => label)).toEqual(['linux-6.1', 'linux-6.1 · eager'])
  const row = composed.comparison?.rows.find(({ metric }) => metric === 'run_time')
  expect(row?.policies[0]).toMatchObject({ mean: 100, estimate: { values: expect.objectContaining({ length: 2 }) } })
  expect(value(await lab.run(`${composed.id}.1.2`)).digest).toBe(composed.runs.find(({ run: id }) => id === `${composed.id}.1.2`)?.digest)
  await settled()
  const kept = value(await lab.history({})).entries[0]
  expect(kept).toMatchObject({ id: composed.history, machines: composed.machines, ended: 5, recordings: 5, state: 'done' })
  // The recordings are those of the two; nothing is stored twice.
  expect(readdirSync(join(folder, 'history', 'recordings'))).toHaveLength(5)
  await lab.historyRemove(one)
  expect(value(await lab.run(`${value(await lab.historyOpen(kept.id)).id}.0.1`)).digest).toBe(composed.runs[0].digest)
})

test('what must not be mixed is refused with the reason', async () => {
  const folder = workspace()
  const { lab, runs } = await openLab(folder)
  const run = async (changes: Parameters<typeof request>[0]): Promise<string> => (await ended(lab, value(await lab.compare(request(changes))).id)).history ?? ''
  const small = await run({ seeds: 1, policies: [] })
  const other = await run({ seeds: 1, policies: [], scenario: { kind: 'inline', scenario: { ...SCENARIO, durationMs: 77 } } })
  runs.engine = '0.0.1'
  const old = await run({ seeds: 1, policies: [] })
  const why = async (...refs: readonly string[]): Promise<string> => { const answer = await lab.historyCompare(refs); return answer.ok ? 'compared' : answer.problems[0].message }
  expect(await why(small, other)).toMatch(/other workloads \(durationMs\)/)
  expect(await why(small, old)).toBe(`runs of different engine versions (${ENGINE_VERSION} and 0.0.1) are never mixed in one comparison: their numbers differ for reasons that have nothing to do with the machines`)
  expect(await why(small)).toMatch(/two machines/)
  expect(await why(small, 'nothing00')).toMatch(/no such entry/)
  expect(await why(small, `${small}.7`)).toMatch(/no runs of machine 7/)
  expect(await why('../..', small)).toMatch(/must be an entry/)
})

test('an entry of another engine opens, with its recordings, but is not run on', async () => {
  const folder = workspace()
  const first = await openLab(folder)
  const status = await ended(first.lab, value(await first.lab.compare(request({ seeds: 1 }))).id)
  await first.close()
  const db = new DatabaseSync(join(folder, 'history', 'history.db'))
  db.exec("UPDATE entry SET engine = '0.0.1', state = 'cancelled'")
  db.close()
  const { lab } = await openLab(folder)
  expect(value(await lab.history({})).entries[0]).toMatchObject({ otherEngine: true, engine: '0.0.1' })
  expect(value(await lab.run(`${value(await lab.historyOpen(status.history ?? '')).id}.0.1`)).digest).toBe(status.runs[0].digest)
  expect(await lab.historyResume(status.history ?? '')).toMatchObject({ ok: false, problems: [{ message: expect.stringContaining('never mixed') }] })
})

test('a recording that was let go is made again when it is looked at, to the same digest; one of another engine says why not', async () => {
  const folder = workspace()
  const first = await openLab(folder)
  const status = await ended(first.lab, value(await first.lab.compare(request({ seeds: 1 }))).id)
  await first.close()
  const path = join(folder, 'history', 'recordings')
  for (const name of readdirSync(path)) writeFileSync(join(path, name), 'gone bad')
  const { lab, runs } = await openLab(folder)
  const live = value(await lab.historyOpen(status.history ?? '')).id
  expect(value(await lab.run(`${live}.0.1`)).digest).toBe(status.runs[0].digest)
  expect(runs.made).toEqual([`${live}.0.1`])
  expect((await lab.historyOverview()).reports).toMatchObject([{ kind: 'recording', why: 'does not begin like a recording', keptAs: expect.stringContaining('damaged') }])
  runs.engine = 'broken'
  expect(await lab.run(`${live}.1.1`)).toMatchObject({ ok: false, problems: [{ message: expect.stringMatching(/made again it has the digest/) }] })
})

test('names, tags, pins, removal and the limit are checked and told', async () => {
  const { lab } = await openLab(workspace())
  const { history: id = '' } = await ended(lab, value(await lab.compare(request({ seeds: 1 }))).id)
  const told = new Promise<number>((resolve) => { const stop = lab.on('history', ({ tags }) => { if (tags.length === 2) { stop(); resolve(tags.length) } }) })
  expect(value(await lab.historyChange(id, { name: ' Mine ', tags: ['a', 'b '], pinned: true, note: 'n' }))).toMatchObject({ name: 'Mine', tags: ['a', 'b'], pinned: true, note: 'n' })
  expect(await told).toBe(2)
  for (const [change, path] of [[{ tags: ['a,b'] }, 'tags[0]'], [{ tags: 'x' }, 'tags'], [{ name: 'x'.repeat(121) }, 'name'], [{ pinned: 'yes' }, 'pinned']] as const) {
    expect(await lab.historyChange(id, change as never)).toMatchObject({ ok: false, problems: [{ path }] })
  }
  expect(await lab.history({ limit: -1, kind: 'x' } as never)).toMatchObject({ ok: false, problems: [{ path: 'kind' }, { path: 'limit' }] })
  expect(await lab.historyLimit(5)).toMatchObject({ ok: false })
  expect(value(await lab.historyLimit(2 ** 30)).limitBytes).toBe(2 ** 30)
  expect(await lab.historyRemove(id)).toEqual({ ok: true, value: null })
  expect(await entriesOf(lab)).toEqual([])
  expect(await lab.historyRestore(id)).toEqual({ ok: true, value: null })
  expect(await entriesOf(lab)).toEqual([id])
  await lab.historyRemove(id)
  expect(value(await lab.historyEmpty()).recordings).toBe(0)
  for (const ask of [lab.historyOpen, lab.historyDetail, lab.historyRemove, lab.historyRestore, lab.historyResume]) expect(await ask('nothing00')).toMatchObject({ ok: false, problems: [{ path: 'entry' }] })
  expect(await lab.historyDismiss('all')).toMatchObject({ ok: false })
})

test('a history that cannot be written is told, and the lab goes on', async () => {
  const folder = workspace()
  writeFileSync(join(folder, 'history'), 'in the way')
  const { lab } = await openLab(folder)
  const status = await ended(lab, value(await lab.compare(request({ seeds: 1 }))).id)
  expect(status.state).toBe('done')
  expect(value(await lab.run(status.runs[0].run)).digest).toBe(status.runs[0].digest)
  expect((await lab.historyOverview()).unavailable).toMatch(/EEXIST|ENOTDIR|exist/)
  expect(await lab.history({})).toMatchObject({ ok: false, problems: [{ path: 'history' }] })
})
