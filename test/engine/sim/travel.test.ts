/** Travel through a run: the same instant is the same machine however one comes to it; steps go through every event, pass and direct reclaim; conditions stop where they come true. */
import { expect, test } from 'vitest'
import { Traveller, createSimulation } from '../../../main/engine/index'
import type { Look, Recording, RunInput, Scenario, Seek } from '../../../main/engine/index'
import linux61 from '../../../plugins/kernels/linux-6.1'
import { MIB, fread, map, open, scenario, sleep, touch } from '../support/tiny'

const MS = 1e6

function pressed(cpus = 1): Scenario {
  const hog = [map('heap', 9 * MIB), touch('heap', 'w', 9 * MIB), sleep(5), touch('heap', 'r', 9 * MIB, { pat: 'rand', count: 3000 })]
  return scenario({ machine: { cpus, pages: 8 * MIB, swapPages: 32 * MIB }, files: 8 * MIB, processes: [hog, [open(), fread(8 * MIB), fread(8 * MIB)]], durationMs: 4000 })
}

function input(cpus = 1): RunInput {
  return { scenario: pressed(cpus), kernel: linux61, policies: [], seed: 1 }
}

function bare(cpus = 1): Recording {
  const sim = createSimulation(input(cpus))
  while (sim.step(5000));
  return sim.finish()
}

class Trip {
  readonly traveller: Traveller
  constructor(cpus = 1) {
    this.traveller = new Traveller(() => input(cpus))
  }

  ask(seek: Seek): Look | undefined {
    this.traveller.seek(seek)
    while (this.traveller.step(100));
    return this.traveller.answer()
  }

  at(seek: Seek): Look {
    const look = this.ask(seek)
    if (look === undefined) throw new Error(`nothing at ${JSON.stringify(seek)}`)
    return look
  }
}

/** All that follows from the machine itself. */
const machine = ({ n, t, state, lists, tasks, disks }: Look): unknown => ({ n, t, state, lists, tasks, disks })

test('stepping event by event goes through the log, forwards and back', () => {
  const { events } = bare()
  const trip = new Trip()
  let here = -1
  const seen: Look[] = []
  for (let i = 0; i < 40; i++) {
    const look = trip.at({ to: 'step', kind: 'event', by: 1, from: here })
    seen.push(look)
    here = look.n
  }
  expect(seen.map(({ what }) => (what.kind === 'event' ? what.event : undefined))).toEqual(events.slice(0, 40))
  expect(trip.traveller.remade).toBe(0)
  for (let i = 38; i >= 0; i--) {
    const look = trip.at({ to: 'step', kind: 'event', by: -1, from: here })
    expect(machine(look)).toEqual(machine(seen[i]))
    here = look.n
  }
  expect(trip.ask({ to: 'step', kind: 'event', by: -1, from: here })).toBeUndefined()
})

test('passes of kswapd and direct reclaims are stepped by, each the same when come back to from far ahead', () => {
  for (const kind of ['kswapd', 'direct'] as const) {
    const trip = new Trip()
    const first = trip.at({ to: 'step', kind, by: 1, from: -1 })
    const second = trip.at({ to: 'step', kind, by: 1, from: first.n })
    expect([first.what.kind, second.what.kind]).toEqual([kind, kind])
    expect(second.n).toBeGreaterThan(first.n)
    trip.at({ to: 'time', t: 1e12 })
    const fresh = new Trip()
    expect(machine(trip.at({ to: 'step', kind, by: -1, from: second.n }))).toEqual(machine(fresh.at({ to: 'step', kind, by: 1, from: -1 })))
  }
})

test('a time is the same machine from before and from behind, and its zones are those of a state taken in a run', () => {
  const sim = createSimulation({ ...input(), snapshotsAt: [20 * MS] })
  while (sim.step(5000));
  const [state] = sim.finish().states ?? []
  const trip = new Trip()
  const forth = trip.at({ to: 'time', t: 20 * MS })
  trip.at({ to: 'time', t: 40 * MS })
  const back = trip.at({ to: 'time', t: 20 * MS })
  expect(machine(back)).toEqual(machine(forth))
  expect(trip.traveller.remade).toBe(1)
  expect(Math.abs(forth.t - state.t)).toBeLessThanOrEqual(1 * MS)
})

test('run until: an event of a kind, a number that falls below another, a decision with a certain answer', () => {
  const { events } = bare()
  const trip = new Trip()
  const wake = trip.at({ to: 'until', by: 1, from: 0, condition: { kind: 'event', event: 'mm_vmscan_kswapd_wake' } })
  expect(wake.what).toEqual({ kind: 'event', event: events.find((event) => event.kind === 'mm_vmscan_kswapd_wake') })
  const low = trip.at({ to: 'until', by: 1, from: 0, condition: { kind: 'metric', left: 'zone.0.Normal.free', op: '<=', right: 'zone.0.Normal.low' } })
  expect(low.what).toMatchObject({ kind: 'hook', hook: 'kswapdWake' })
  expect(low.state.zones[0].free).toBeLessThanOrEqual(low.state.zones[0].low)
  const hook = trip.at({ to: 'until', by: 1, from: low.n, condition: { kind: 'hook', hook: 'scanBalance', path: 'priority', op: '<', value: 12 } })
  expect(hook.what).toMatchObject({ kind: 'hook', hook: 'scanBalance', args: [{ priority: 11 }] })
  const answered = trip.at({ to: 'until', by: 1, from: hook.n, condition: { kind: 'hook', hook: 'kswapdBalanced', path: 'answer', op: '=', value: true } })
  expect(answered.what).toMatchObject({ hook: 'kswapdBalanced', answer: true })
  // Back to the last one before.
  const before = trip.at({ to: 'until', by: -1, from: answered.n, condition: { kind: 'hook', hook: 'scanBalance', path: 'priority', op: '<', value: 12 } })
  expect(before.n).toBeGreaterThanOrEqual(hook.n)
  expect(before.n).toBeLessThan(answered.n)
})

test('what never comes ends at the end of the run, or tells that there is nothing', () => {
  const trip = new Trip()
  expect(trip.ask({ to: 'until', by: 1, from: 0, condition: { kind: 'event', event: 'panic' } })?.what.kind).toBe('end')
  expect(trip.ask({ to: 'until', by: -1, from: 100, condition: { kind: 'event', event: 'panic' } })).toBeUndefined()
})

test('a touch of a task is met exactly where it is no hit', () => {
  const trip = new Trip()
  const look = trip.at({ to: 'touch', task: 'p0', touch: 1500 })
  expect(look.what.kind).toBe('touch')
  expect(look.tasks.find(({ name }) => name === 'p0')?.touch).toBe(1500)
})

test('ages on the lists add up to their pages, and disks and tasks are told', () => {
  const look = new Trip(2).at({ to: 'until', by: 1, from: 0, condition: { kind: 'direct' } })
  expect(look.lists).toHaveLength(4)
  for (const { pages, ages = [] } of look.lists) expect(ages.reduce((sum, one) => sum + one, 0)).toBe(pages)
  expect(look.disks.map(({ name }) => name)).toEqual(['vda', 'vdb'])
  expect(look.tasks.filter(({ reclaiming }) => reclaiming).length).toBeGreaterThan(0)
  expect(look.tasks.map(({ name }) => name)).toContain('kswapd0')
})
