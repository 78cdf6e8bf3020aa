/** Folios as policies hold them: notifications against the machine, handles that end, lists and stores against a model, whole eviction and who fills its gaps. */
import fc from 'fast-check'
import { FOLIO_FILE, REMOVED_EVICTED, SCAN_KEEP, SCAN_ROTATE, SCAN_STOP, SCAN_TAKE } from 'reclaim-lab'
import type { EvictFoliosArgs, Folio, FolioList, FolioStore, ScanVerdict } from 'reclaim-lab'
import { expect, test } from 'vitest'
import { REMOVED_FREED } from 'reclaim-lab'
import { FolioWatch } from '../../../main/engine/mm/folio-watch'
import type { Mm } from '../../../main/engine/mm/mm'
import { FolioLists } from '../../../main/engine/policy/folio-lists'
import { policy } from '../support/policies'
import type { Context, Definition } from '../support/policies'
import { delta, run, runScenario } from '../support/run'
import { MIB, fread, fwrite, map, open, scenario, sleep, touch, unmap } from '../support/tiny'
import { EVERYTHING } from './scenario'

const READS = scenario({ machine: { pages: 4 * MIB }, files: 3000, durationMs: 4000, processes: [[open('f', 3000), fread(3000), fread(3000, { pat: 'zipf', s: 0.9, count: 4000 }), fread(3000)]] })

test('watching and keeping lists changes nothing', () => {
  const watcher = policy({
    init: (_params, k) => ({ all: k.list(), seen: k.folioStore('u8', 3) }),
    hooks: {
      folioAdded(folio, _facts, _task, k) { (k.state as { all: FolioList }).all.addHead(folio) },
      folioAccessed() {}, folioActivated() {}, folioDeactivated() {}, folioRemoved() {}, folioRefaulted() {},
    },
  })
  for (const each of [EVERYTHING, READS]) expect(runScenario(each, { policies: [watcher] }).digest).toBe(runScenario(each).digest)
})

test('what is told adds up to what the kernel counts', () => {
  const told = { added: 0, evicted: 0, freed: 0, activated: 0, deactivated: 0, refaulted: 0, accesses: 0 }
  const alive = new Set<Folio>()
  const watcher = policy({ hooks: {
    folioAdded(folio, facts, task, k) {
      expect(alive.has(folio)).toBe(false)
      alive.add(folio)
      told.added++
      expect(k.folios.facts(folio) & FOLIO_FILE).toBe(facts & FOLIO_FILE)
      expect(k.taskName(task)).toBe('p0')
    },
    folioActivated: () => void told.activated++, folioDeactivated: () => void told.deactivated++, folioRefaulted: () => void told.refaulted++,
    folioAccessed: (_folio, young, accesses) => void (told.accesses += young + accesses),
    folioRemoved(folio, why, k) {
      expect(alive.delete(folio)).toBe(true)
      expect(k.folios.facts(folio)).toBeGreaterThan(0)
      told[why === REMOVED_EVICTED ? 'evicted' : 'freed']++
    },
  } })
  const { recording, mm } = run(READS, { policies: [watcher] })
  expect(recording.ejections).toEqual([])
  const d = (name: string): number => delta(recording, name)
  expect(told.evicted).toBe(d('pgsteal_file') + d('pgsteal_anon'))
  expect(told.refaulted).toBe(d('workingset_refault_file'))
  expect(told.deactivated).toBe(d('pgdeactivate'))
  expect(told.activated).toBe(d('pgactivate'))
  expect(told.accesses).toBeGreaterThan(1000)
  const lru = mm.nodes[0].stat.nr_inactive_file + mm.nodes[0].stat.nr_active_file
  expect(told.added - told.evicted - told.freed).toBe(alive.size)
  // What waits in per-cpu batches is on no list yet.
  expect(alive.size - lru).toBeGreaterThanOrEqual(0)
  expect(alive.size - lru).toBeLessThan(16)
})

test('a handle ends with its page, and a frame used again has another', () => {
  const watch = new FolioWatch(1000, { added() {}, accessed() {}, activated() {}, deactivated() {}, removed() {}, refaulted() {}, moved() {} })
  const seen = new Set<number>()
  for (let life = 0; life < 5000; life++) {
    watch.refaulted(7, 1, 0)
    const handle = watch.handleOf(7)
    expect(seen.has(handle)).toBe(false)
    seen.add(handle)
    expect(watch.frameOf(handle)).toBe(7)
    watch.removed(7, REMOVED_FREED)
    expect(watch.frameOf(handle)).toBe(-1)
  }
  for (const no of [0, -1, 1.5, NaN, 2 ** 31, 2 ** 40, 1001]) expect(watch.frameOf(no)).toBe(-1)
})

/** Lists over 64 frames that all live. */
function lists(): { readonly all: FolioLists; readonly watch: FolioWatch; readonly handles: readonly Folio[] } {
  const watch = new FolioWatch(64, { added() {}, accessed() {}, activated() {}, deactivated() {}, removed() {}, refaulted() {}, moved() {} })
  for (let pfn = 0; pfn < 64; pfn++) watch.refaulted(pfn, 0, 0)
  const mm = { frames: { nr: 64 }, folioWatch: watch } as unknown as Mm
  const all = new FolioLists({ machine: () => mm, fail: (message) => { throw new Error(message) }, enter: () => undefined })
  return { all, watch, handles: Array.from({ length: 64 }, (_, pfn) => watch.handleOf(pfn)) }
}

function contents(list: FolioList): Folio[] {
  const found: Folio[] = []
  for (let folio = list.head(); folio !== 0; folio = list.next(folio)) found.push(folio)
  return found
}

test('two lists behave like two arrays, whatever is done to them', () => {
  const step = fc.record({ op: fc.constantFrom('head', 'tail', 'delete', 'remove', 'scan'), list: fc.integer({ min: 0, max: 1 }), pfn: fc.integer({ min: 0, max: 63 }), verdicts: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 20 }) })
  fc.assert(fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
    const { all, handles } = lists()
    const real = [all.list(), all.list()]
    const model: Folio[][] = [[], []]
    for (const { op, list, pfn, verdicts } of steps) {
      const folio = handles[pfn]
      const drop = (): void => model.forEach((one, i) => (model[i] = one.filter((other) => other !== folio)))
      if (op === 'delete') {
        expect(real[list].delete(folio)).toBe(model[list].includes(folio))
        model[list] = model[list].filter((other) => other !== folio)
      } else if (op === 'remove') {
        all.removed(pfn)
        drop()
      } else if (op === 'scan') expect(real[list].scan(Math.max(1, verdicts.length), (f) => verdict(model, list, f, verdicts))).toEqual(scanned(model, list, verdicts))
      else {
        expect(op === 'head' ? real[list].addHead(folio) : real[list].addTail(folio)).toBe(true)
        drop()
        model[list] = op === 'head' ? [folio, ...model[list]] : [...model[list], folio]
      }
      if (op === 'scan') apply(model, list)
      real.forEach((one, i) => {
        expect(contents(one)).toEqual(model[i])
        expect(one.length).toBe(model[i].length)
        expect([one.head(), one.tail()]).toEqual([model[i][0] ?? 0, model[i].at(-1) ?? 0])
      })
    }
  }), { numRuns: 150, seed: 7 })
})

let planned: { readonly taken: Folio[]; readonly rotated: Folio[] } = { taken: [], rotated: [] }

/** The n-th folio from the tail gets the n-th verdict. */
function verdict(model: readonly Folio[][], list: number, folio: Folio, verdicts: readonly number[]): ScanVerdict {
  return (verdicts[[...model[list]].reverse().indexOf(folio)] ?? SCAN_STOP) as ScanVerdict
}

function scanned(model: readonly Folio[][], list: number, verdicts: readonly number[]): Folio[] {
  planned = { taken: [], rotated: [] }
  for (const [n, folio] of [...model[list]].reverse().slice(0, Math.max(1, verdicts.length)).entries()) {
    const said = verdicts[n] ?? SCAN_STOP
    if (said === SCAN_STOP) break
    if (said === SCAN_TAKE) planned.taken.push(folio)
    else if (said === SCAN_ROTATE) planned.rotated.push(folio)
    else expect(said).toBe(SCAN_KEEP)
  }
  return planned.taken
}

function apply(model: Folio[][], list: number): void {
  const { taken, rotated } = planned
  model[list] = [...[...rotated].reverse(), ...model[list].filter((folio) => !taken.includes(folio) && !rotated.includes(folio))]
}

test('sample answers the lowest of each group from the tail and rotates all', () => {
  const { all, handles } = lists()
  const list = all.list()
  for (const folio of handles.slice(0, 10)) list.addHead(folio)
  // From the tail: 0 1 2 3 | 4 5 6 7.
  const best = list.sample(2, 4, (folio) => Math.abs(handles.indexOf(folio) - 2))
  expect(best).toEqual([handles[2], handles[4]])
  expect(contents(list)).toEqual([7, 6, 5, 4, 3, 2, 1, 0, 9, 8].map((n) => handles[n]))
})

test('stores forget with the page, wrap like their arrays, and no more of either than is allowed', () => {
  const { all, handles } = lists()
  const bytes: FolioStore = all.store('u8', 9)
  const words = all.store('i32')
  bytes.set(handles[3], 300)
  words.set(handles[3], -5)
  expect([bytes.get(handles[3]), bytes.get(handles[4]), words.get(handles[3]), words.get(handles[4])]).toEqual([44, 9, -5, 0])
  all.removed(3)
  expect([bytes.get(handles[3]), words.get(handles[3])]).toEqual([9, 0])
  for (let i = 0; i < 6; i++) all.store('u8')
  expect(() => all.store('u8')).toThrow(/at most 8/)
  for (let i = 0; i < 16; i++) all.list()
  expect(() => all.list()).toThrow(/at most 16/)
  expect(() => all.store('f64')).toThrow()
})

test('a store begins with a number that it can hold, the same before the first one is set and after', () => {
  for (const [kind, initial] of [['u8', 256], ['u8', -1], ['i32', 2 ** 31], ['i32', -(2 ** 31) - 1], ['u8', NaN], ['u8', 0.5]] as const) expect(() => lists().all.store(kind, initial)).toThrow(/folioStore/)
  const { all, handles } = lists()
  const stores = ([['u8', 255], ['i32', -(2 ** 31)], ['u8', -0]] as const).map(([kind, initial]) => all.store(kind, initial))
  const before = stores.map((store) => store.get(handles[1]))
  for (const store of stores) store.set(handles[2], 7)
  expect(stores.map((store) => store.get(handles[1]))).toEqual(before)
  expect(before).toEqual([255, -(2 ** 31), 0])
})

/** A policy with one list of all file folios, the newest at its head. */
function owner(evictFolios: (args: EvictFoliosArgs, list: FolioList, k: Context) => readonly Folio[], more: Definition['hooks'] = {}): ReturnType<typeof policy> {
  return policy({
    init: (_params, k) => k.list(),
    hooks: {
      folioAdded(folio, facts, _task, k) { if ((facts & FOLIO_FILE) !== 0) (k.state as FolioList).addHead(folio) },
      evictFolios: (args, k) => evictFolios(args, k.state as FolioList, k),
      ...more,
    },
  })
}

const oldest = ({ type, nr }: EvictFoliosArgs, list: FolioList): readonly Folio[] => (type === 'file' ? list.scan(nr, () => SCAN_TAKE) : [])

test('whole eviction: what is proposed goes, in that order, and nothing else while the list lasts', () => {
  const wanted: number[] = []
  const gone: number[] = []
  const fifo = owner((args, list) => {
    const proposed = oldest(args, list)
    wanted.push(...proposed)
    return proposed
  }, { folioRemoved(folio, why) { if (why === REMOVED_EVICTED) gone.push(folio) } })
  const { recording } = run(READS, { policies: [fifo] })
  expect(recording.ejections).toEqual([])
  expect(gone.length).toBeGreaterThan(2000)
  expect(gone.filter((folio) => !wanted.includes(folio))).toEqual([])
  expect(delta(recording, 'pgsteal_file')).toBe(gone.length)
  // All are clean and nobody holds them: whatever is proposed is freed.
  expect(gone.length).toBeGreaterThan(wanted.length * 0.97)
})

test('in a loop over a file larger than memory the newest is the one to give up', () => {
  // Pages read ahead are new too, but their first reading is still to come.
  const newest = owner(({ type, nr }, list, k) => {
    const proposed: Folio[] = []
    for (let folio = list.head(); type === 'file' && folio !== 0 && proposed.length < nr; folio = list.next(folio)) if (k.folios.accesses(folio) > 0) proposed.push(folio)
    for (const folio of proposed) list.delete(folio)
    return proposed
  })
  const twice = scenario({ machine: { pages: 4 * MIB }, files: 1500, durationMs: 8000, processes: [[open('f', 1500), ...Array.from({ length: 6 }, () => fread(1500))]] })
  const reads = (policies: readonly ReturnType<typeof policy>[]): number => delta(runScenario(twice, { policies }), 'pgpgin') / 4
  const [plain, mru, fifo] = [reads([]), reads([newest]), reads([owner(oldest)])]
  expect(mru).toBeLessThan(plain * 0.8)
  expect(fifo).toBeGreaterThan(plain * 0.95)
})

test('fewer proposals than asked for: the kernel serves the rest; useless ones: the kernel does it all', () => {
  const few = owner((args, list) => (args.type === 'file' ? list.scan(Math.min(args.nr, 3), () => SCAN_TAKE) : []))
  const stale: Folio[] = []
  const useless = owner(({ type, nr }) => (type === 'file' ? stale.slice(0, nr) : []), { folioRemoved(folio) { if (stale.length < 64) stale.push(folio) } })
  for (const one of [few, useless]) {
    const { recording } = run(READS, { policies: [one] })
    expect(recording.ejections).toEqual([])
    expect(recording.summary.end).toBe('done')
    expect(delta(recording, 'oom_kill')).toBe(0)
    expect(delta(recording, 'pgsteal_file')).toBeGreaterThan(2000)
  }
  const asked = runScenario(READS, { policies: [owner(() => [])] })
  expect(asked.digest).toBe(runScenario(READS).digest)
})

test('proposals of dirty, mapped, anonymous and unknown folios do no harm', () => {
  const mixed = scenario({ machine: { pages: 4 * MIB, swapPages: 800 }, files: 1500, durationMs: 4000, processes: [[open('f', 1500), fwrite(1200), map('a', 900), touch('a', 'w', 900), fread(1500), touch('a', 'r', 900), unmap('a')], [sleep(5), map('b', 300), touch('b', 'w', 300)]] })
  const wild = policy({
    init: (_params, k) => k.list(),
    hooks: {
      folioAdded(folio, _facts, _task, k) { (k.state as FolioList).addHead(folio) },
      evictFolios: ({ nr }, k) => {
        const list = k.state as FolioList
        const all = list.scan(nr, () => SCAN_ROTATE).length
        return Array.from({ length: nr }, (_, i) => (i % 3 === 0 ? list.tail() || 1 : i % 3 === 1 ? k.rng.below(2 ** 31 - 1) + 1 : list.head() || all + 1))
      },
    },
  })
  const { recording } = run(mixed, { policies: [wild], everyTurns: 200 })
  expect(recording.ejections).toEqual([])
  expect(recording.summary.end).toBe('done')
})

test('two owners of whole eviction: refused in one scope, allowed one after the other and in groups apart', () => {
  const named = (name: string, over: Parameters<typeof policy>[1] = {}): ReturnType<typeof policy> => policy({ name, hooks: { evictFolios: () => [] } }, over)
  expect(() => runScenario(READS, { policies: [named('one'), named('two')] })).toThrow(/one and two both choose every page/)
  expect(() => runScenario(READS, { policies: [named('one', { scope: { memcg: 'a' } }), named('two', { scope: { memcg: 'a/b' } })] })).toThrow(/both choose/)
  for (const over of [[{ untilNs: 1e9 }, { fromNs: 1e9 }], [{ scope: { memcg: 'a' } }, { scope: { memcg: 'b' } }], [{ scope: { node: 0 } }, { scope: { node: 1 } }]]) {
    expect(runScenario(READS, { policies: [named('one', over[0]), named('two', over[1])] }).ejections).toEqual([])
  }
})
