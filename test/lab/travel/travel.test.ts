/** Travel as the lab answers it: sentences, the recording it must be, older engines, progress and cancel. */
import { expect, test } from 'vitest'
import type { Remaking, TravelCheck } from '../../../preload/contract'
import { ENGINE_VERSION, type Look, type Recording } from '../../../main/engine'
import type { Experiment, LabRun } from '../../../main/lab/experiment'
import type { Runs } from '../../../main/lab/parts'
import { createRemakings } from '../../../main/lab/remaking'
import { checkOf, placeOf, travelRequests, viewOf } from '../../../main/lab/travel/travel'
import type { Travelled, TravelQuestion } from '../../../main/runner/protocol'
import { sample } from '../scenario-sample'

const look = (what: Look['what'], n = 5): Look => ({ n, turn: 3, t: 1e6, what, state: {} as Look['state'], lists: [], tasks: [], disks: [] })

test('every kind of instant has a sentence in both languages', () => {
  const whats: readonly Look['what'][] = [
    { kind: 'event', event: { t: 0, kind: 'task_exit', task: 'app', duration: 0, args: {} } }, { kind: 'kswapd', task: 'kswapd0' }, { kind: 'direct', task: 'app' },
    { kind: 'hook', hook: 'kswapdBalanced', task: 'kswapd0', args: [], answer: true }, { kind: 'time' }, { kind: 'touch' }, { kind: 'metric' }, { kind: 'end' },
  ]
  const texts = whats.map((what) => viewOf({ look: look(what), remade: 0 }).text)
  expect(new Set(texts.map((text) => text?.en)).size).toBe(whats.length)
  for (const text of texts) expect(text?.zh).toMatch(/[\u4e00-\u9fff]/)
  expect(texts[1]?.en).toBe('kswapd0 has gone once over its node.')
  expect(viewOf({ remade: 2 })).toEqual({ remade: 2 })
})

test('the next question starts at the moment, or behind it where nothing happened', () => {
  expect(placeOf(look({ kind: 'kswapd', task: 'kswapd0' }))).toEqual({ from: 5, turn: 3 })
  for (const kind of ['time', 'touch', 'metric', 'end'] as const) expect(placeOf(look({ kind }))).toEqual({ from: 5.5, turn: 3 })
})

test('another digest than the recording\'s is said with both; none is said before the run was made to its end, or of a cancelled one', () => {
  expect(checkOf('e1.0.1', 'aaaa', { remade: 0, digest: 'aaaa' })).toMatchObject({ run: 'e1.0.1', same: true })
  const other = checkOf('e1.0.1', 'aaaa', { remade: 0, digest: 'bbbb' })
  expect(other?.same).toBe(false)
  for (const text of [other?.text.en, other?.text.zh]) expect(text).toMatch(/bbbb.*aaaa/)
  expect(checkOf('e1.0.1', 'aaaa', { remade: 0 })).toBeUndefined()
  expect(checkOf('e1.0.1', undefined, { remade: 0, digest: 'bbbb' })).toBeUndefined()
})

interface Stage {
  readonly travel: ReturnType<typeof travelRequests>['travel']
  readonly asked: TravelQuestion[]
  readonly told: Remaking[]
  readonly checks: TravelCheck[]
  cancel(id: string): boolean
  progress(fraction: number): void
  answer(travelled: Travelled): void
  ready(travelled: Travelled): void
}

/** A lab with one run; the test plays the runner. */
function stage(recording: Partial<Recording> = {}, state: LabRun['state'] = 'done'): Stage {
  const [asked, told, checks]: [TravelQuestion[], Remaking[], TravelCheck[]] = [[], [], []]
  const runner = { progress: (_: number): void => undefined, answer: (_: Travelled): void => undefined, ready: (_: Travelled): void => undefined }
  const runs = {
    travel: (question, onProgress, onReady) => {
      asked.push(question)
      let cancel = (): void => undefined
      const done = new Promise<Travelled>((resolve, reject) => { runner.answer = resolve; cancel = () => { reject(new Error('cancelled')) } })
      runner.progress = (fraction) => { onProgress({ now: 0, fraction, touches: 0 }) }
      runner.ready = (travelled) => onReady?.(travelled)
      return { done, cancel: () => { cancel() } }
    },
  } as Partial<Runs> as Runs
  const run: LabRun = { id: 'e1.0.1', machine: 0, seed: 1, state, fraction: 1 }
  const machine = { label: 'linux-6.1', kernel: 'linux-6.1', policies: [], scenario: sample() }
  const experiment = { prepared: { machines: [machine], kernel: { definition: { name: 'linux-6.1' } } } } as unknown as Experiment
  const remakings = createRemakings((now) => { told.push(now) })
  const { travel } = travelRequests(runs, remakings, async () => ({ ok: true, value: { experiment, run, recording: { engine: ENGINE_VERSION, digest: 'aaaa', ...recording } as Recording } }), (check) => { checks.push(check) })
  return { travel, asked, told, checks, cancel: remakings.cancel, progress: (fraction) => { runner.progress(fraction) }, answer: (travelled) => { runner.answer(travelled) }, ready: (travelled) => { runner.ready(travelled) } }
}

/** Until the lab has asked its runner. */
const settled = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve) })

test('progress is told and ends; what turns out later is told later', async () => {
  const on = stage()
  const answer = on.travel('e1.0.1', { to: 'time', t: 5 })
  await settled()
  on.progress(0.25)
  on.answer({ look: look({ kind: 'time' }), remade: 1 })
  expect(await answer).toMatchObject({ ok: true, value: { remade: 1, text: { en: 'The machine at this time.' } } })
  expect(on.told).toEqual([
    { id: 'remaking-1', kind: 'travel', runs: [on.asked[0].job.run], fraction: 0.25, over: false }, { id: 'remaking-1', kind: 'travel', runs: [on.asked[0].job.run], fraction: 1, over: true },
  ])
  on.ready({ remade: 0, digest: 'cccc' })
  expect(on.checks).toMatchObject([{ run: 'e1.0.1', same: false }])
})

test('a question that is cancelled says so; what was never slow was never told of; there is nothing to cancel afterwards', async () => {
  const on = stage()
  const answer = on.travel('e1.0.1', { to: 'until', until: 'direct', by: 1, from: 0 })
  await settled()
  expect(on.cancel('remaking-2')).toBe(false)
  expect(on.cancel('remaking-1')).toBe(true)
  expect(await answer).toEqual({ ok: false, problems: [{ path: 'cancelled', message: 'was cancelled' }] })
  expect(on.told).toEqual([])
  expect(on.cancel('remaking-1')).toBe(false)
})

test('an older engine\'s run, and slips, never reach a runner', async () => {
  const old = stage({ engine: '0.0.1' })
  expect(await old.travel('e1.0.1', { to: 'time', t: 5 })).toEqual({ ok: false, problems: [{ path: 'run', message: `was made by version 0.0.1 of the engine and can't be made again by version ${ENGINE_VERSION}` }] })
  const on = stage()
  expect(await on.travel('e1.0.1', { to: 'until', until: 'nr_drity > 1', by: 1, from: 0 })).toMatchObject({ ok: false, problems: [{ path: 'until' }] })
  expect([...old.asked, ...on.asked]).toEqual([])
})
