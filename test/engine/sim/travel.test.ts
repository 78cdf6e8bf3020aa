/** Travel through a run: the same instant is the same machine however one comes to it; steps go through every event, pass and direct reclaim; conditions stop where they come true. */
import fc from 'fast-check'
import type { HookName } from 'reclaim-lab'
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

function input(cpus = 1, of = pressed(cpus)): RunInput {
  return { scenario: of, kernel: linux61, policies: [], seed: 1 }
}

/** Much smaller, for many ways through it. */
function small(cpus: number): Scenario {
  const hog = [map('heap', 3 * MIB), touch('heap', 'w', 3 * MIB), sleep(2), touch('heap', 'r', 3 * MIB, { pat: 'rand', count: 300 })]
  return scenario({ machine: { cpus, pages: 3 * MIB, swapPages: 8 * MIB }, files: 2 * MIB, processes: [hog, [open(), fread(2 * MIB)]], durationMs: 4000 })
}

function bare(cpus = 1, of = pressed(cpus)): Recording {
  const sim = createSimulation(input(cpus, of))
  while (sim.step(5000));
  return sim.finish()
}

class Trip {
  readonly traveller: Traveller
  constructor(cpus = 1, most?: number, of = pressed(cpus)) {
    this.traveller = new Traveller(() => input(cpus, of), undefined, most)
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
const machine = ({ n, turn, t, state, lists, tasks, disks }: Look): unknown => ({ n, turn, t, state, lists, tasks, disks })

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
  expect(trip.traveller.remade).toBe(0)
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

/** An instant as looked for next: a moment, or between two. */
const place = ({ n, turn, what }: Look): { readonly from: number; readonly turn: number } => ({ from: ['time', 'touch', 'metric', 'end'].includes(what.kind) ? n + 0.5 : n, turn })

type Ask = (here: { readonly from: number; readonly turn: number }) => Seek

const asks: fc.Arbitrary<Ask> = fc.oneof(
  fc.integer({ min: 0, max: 90 }).map((ms): Ask => () => ({ to: 'time', t: ms * MS })),
  fc.integer({ min: 0, max: 1100 }).map((touches): Ask => () => ({ to: 'touch', task: 'p0', touch: touches })),
  fc.tuple(fc.constantFrom('event', 'kswapd', 'direct'), fc.constantFrom(1, -1)).map(([kind, by]): Ask => ({ from }) => ({ to: 'step', kind, by, from })),
  fc.tuple(fc.constantFrom(
    { kind: 'metric', left: 'zone.0.Normal.free', op: '<', right: 'zone.0.Normal.low' } as const, { kind: 'metric', left: 'nr_inactive_anon', op: '>', right: 'nr_active_anon' } as const,
    { kind: 'hook', hook: 'scanBalance', path: 'priority', op: '<', value: 12 } as const, { kind: 'event', event: 'mm_vmscan_direct_reclaim_end' } as const,
  ), fc.constantFrom(1, -1)).map(([condition, by]): Ask => (here) => ({ to: 'until', condition, by, ...here })),
)

test('however an instant is come to, it is the same: any way through a run, with makings waiting all over it or none, against one question to a run made anew', () => {
  const anew = new Map<string, Look | undefined>()
  const alone = (cpus: number, seek: Seek): Look | undefined => {
    const key = `${cpus} ${JSON.stringify(seek)}`
    if (!anew.has(key)) anew.set(key, new Trip(cpus, 1, small(cpus)).ask(seek))
    return anew.get(key)
  }
  fc.assert(fc.property(fc.constantFrom(1, 3), fc.constantFrom(2, 3, 9), fc.array(fc.tuple(asks, fc.integer({ min: 0, max: 400 })), { minLength: 6, maxLength: 12 }), (cpus, most, ways) => {
    const trip = new Trip(cpus, most, small(cpus))
    let here = { from: 0.5, turn: 0 }
    for (const [ask, idle] of ways) {
      const seek = ask(here)
      const look = trip.ask(seek)
      const other = alone(cpus, seek)
      expect(look && JSON.stringify(machine(look)), JSON.stringify(seek)).toBe(other && JSON.stringify(machine(other)))
      if (look !== undefined) here = place(look)
      // Left half-way at any place.
      trip.traveller.prepare()
      for (let i = 0; i < idle && trip.traveller.step(20); i++);
      expect(trip.traveller.makings()).toBeLessThanOrEqual(most)
    }
  }), { numRuns: 4 })
})

test('once all is ready, going anywhere takes a small part of the run, and nothing is made anew; what the run comes to is told', () => {
  const trip = new Trip(1, 18, small(1))
  const { traveller } = trip
  trip.at({ to: 'time', t: 10 * MS })
  traveller.prepare()
  while (traveller.step(1000));
  const { digest, summary } = bare(1, small(1))
  expect(traveller.digest()).toBe(digest)
  let turns = 0
  const whole = trip.at({ to: 'time', t: 1e12 }).turn
  for (const part of [0.9, 0.15, 0.6, 0.3]) {
    traveller.seek({ to: 'time', t: Math.round(summary.durationNs * part) })
    while (traveller.step(1)) turns++
    expect(turns, `to ${part}`).toBeLessThan(whole / 8)
    turns = 0
    traveller.prepare()
    while (traveller.step(1000));
  }
  expect(traveller.remade).toBe(0)
})

test('a question that is left half-way, and makings that are under way, leave nothing wrong behind', () => {
  const trip = new Trip(1, 4)
  trip.traveller.seek({ to: 'until', by: 1, from: 0, condition: { kind: 'event', event: 'panic' } })
  for (let i = 0; i < 30; i++) trip.traveller.step(10)
  expect(machine(trip.at({ to: 'step', kind: 'event', by: 1, from: 0 }))).toEqual(machine(new Trip().at({ to: 'step', kind: 'event', by: 1, from: 0 })))
})

test('a breakpoint on a hook stops at every call of it, none left out, forwards and back', () => {
  const calls: number[] = []
  const hook: HookName = 'kswapdBalanced'
  let n = 0
  const nothing = (): void => undefined
  const count = (): void => { n++ }
  const sim = createSimulation({ ...input(), watch: () => ({ called: (name) => { if (++n > 0 && name === hook) calls.push(n) }, logged: count, reclaimed: count, touching: nothing, scanCounts: nothing, isolated: nothing, evicted: nothing, refaulted: nothing, listed: nothing }) })
  while (sim.step(5000));
  expect(calls.length).toBeGreaterThan(20)
  const trip = new Trip()
  const seen: number[] = []
  const to = (from: number, by: 1 | -1): Look => trip.at({ to: 'until', by, from, condition: { kind: 'hook', hook } })
  for (let from = 0; seen.length < 20; from = seen[seen.length - 1]) seen.push(to(from, 1).n)
  expect(seen).toEqual(calls.slice(0, 20))
  const back: number[] = []
  for (let from = seen[19] ?? 0; back.length < 19; from = back[back.length - 1]) back.push(to(from, -1).n)
  expect(back).toEqual(calls.slice(0, 19).reverse())
})
