/** Following a page: the run stays the same, and the life it tells is the mechanism's. Questions 5 and 6 of seed 002 are answered here on lives. */
import { expect, test } from 'vitest'
import { createSimulation } from '../../../main/engine/index'
import type { FollowSpec, PageEvent, PageEventKind, PageLife, Recording, Scenario } from '../../../main/engine/index'
import linux61 from '../../../plugins/kernels/linux-6.1'
import { MIB, fread, fwrite, map, mmapf, open, scenario, sleep, touch, unmap } from '../support/tiny'

function recorded(what: Scenario, follow?: FollowSpec): Recording {
  const sim = createSimulation({ scenario: what, kernel: linux61, policies: [], seed: 1, ...(follow ? { follow } : {}) })
  while (sim.step(10_000));
  return sim.finish()
}

function life(what: Scenario, page: FollowSpec['page'], more: Partial<FollowSpec> = {}): PageLife {
  const { pageLife } = recorded(what, { page, ...more })
  if (pageLife === undefined) throw new Error('the recording has no page life')
  return pageLife
}

const anon = (index: number, region = 'A') => ({ kind: 'anon', process: 'p0', region, index }) as const
const file = (index: number) => ({ kind: 'file', path: '/f', index }) as const
const kinds = ({ events }: PageLife): readonly PageEventKind[] => events.map((event) => event.kind)

function first({ events }: PageLife, kind: PageEventKind): PageEvent {
  const found = events.find((event) => event.kind === kind)
  if (found === undefined) throw new Error(`no ${kind} among ${events.map((event) => event.kind).join(' ')}`)
  return found
}

/** 16 MiB of memory, 24 MiB written and read again: every page goes to swap and comes back. */
const SWAPPED = scenario({ machine: { swapPages: 16_384 }, processes: [[map('A', 24 * MIB), touch('A', 'w', 24 * MIB), touch('A', 'r', 24 * MIB)]] })
/** A file read through a small memory, with a hog beside it. */
const MIXED = scenario({
  machine: { swapPages: 16_384 }, files: 4000,
  processes: [[open('f', 4000), fread(4000), fwrite(2000), fread(4000)], [map('A', 8 * MIB), touch('A', 'w', 8 * MIB), sleep(50), touch('A', 'w', 8 * MIB)], [mmapf('f', 1000), touch('f', 'r', 1000)]],
})

test.each([
  ['an anonymous page', SWAPPED, { page: anon(700) }], ['a page that is never touched', SWAPPED, { page: anon(5) }], ['a file page', MIXED, { page: file(77) }],
  ['a mapped page', MIXED, { page: { kind: 'anon', process: 'p2', region: 'f', index: 3 } }], ['the next evicted', MIXED, { page: { kind: 'next-evicted' } }],
  ['a page of a process that is not there', MIXED, { page: { kind: 'anon', process: 'nobody', region: 'A', index: 0 } }],
] as const)('following %s leaves the digest as it is', (_, what, follow) => {
  expect(recorded(what, follow).digest).toBe(recorded(what).digest)
})

test('seed 002, question 5: a new page waits in the per-cpu batch and reaches the list with 14 others', () => {
  const told = life(SWAPPED, anon(3))
  const [batch, lru] = [first(told, 'batch_add'), first(told, 'lru_add')]
  expect(first(told, 'allocated').args).toMatchObject({ for: 'anonymous', zone: 'Normal', from: 'pcp', mark: 'LOW' })
  expect(batch.args).toMatchObject({ size: 15 })
  expect(lru.args).toEqual({ list: 'inactive_anon', others: 14, full: 1 })
  expect(lru.t).toBeGreaterThan(batch.t)
  // It came in after `waiting` others; its list sees it only once the rest of the 15 have come too.
  const others = 14 - Number(batch.args.waiting)
  const last = life(SWAPPED, anon(3 + others))
  expect(first(last, 'lru_add').t).toBe(lru.t)
  expect(first(last, 'batch_add').args.waiting).toBe(14)
})

test('seed 002, question 5: a drain brings it to the list with fewer - and only of the CPU that drains', () => {
  // Three pages and nothing more: they are still in the batch when their process ends, which drains it.
  const few = life(scenario({ processes: [[map('A', 10), touch('A', 'w', 3), sleep(10), unmap('A')]] }), anon(0))
  expect(kinds(few)).toEqual(['allocated', 'batch_add', 'zapped', 'lru_add', 'freed'])
  expect(first(few, 'lru_add').args).toMatchObject({ full: 0, others: 2 })
  // Reclaim drains the CPU it runs on: the hog and kswapd share CPU 0, and what waits on CPU 1 waits on though they swap for all they can.
  const two = scenario({ machine: { cpus: 2, swapPages: 16_384 }, processes: [{ name: 'hog', phases: [map('B', 24 * MIB), touch('B', 'w', 24 * MIB)] }, { name: 'p0', phases: [map('A', 10), touch('A', 'w', 3), sleep(5000), unmap('A')] }] })
  const lone = life(two, anon(0))
  expect(recorded(two).summary.delta.pgscan_kswapd).toBeGreaterThan(1000)
  expect(first(lone, 'batch_add').args.cpu).toBe(1)
  expect(kinds(lone)).toEqual(['allocated', 'batch_add', 'zapped', 'lru_add', 'freed'])
  expect(first(lone, 'lru_add').t).toBeGreaterThan(5e9)
})

test('seed 002, question 6: swap-out gives a slot, a place in the swap cache and a PTE that is an entry; the page is written, rotated, freed; a shadow stays', () => {
  const told = life(SWAPPED, anon(700))
  const order: PageEventKind[] = ['swap_slot', 'swap_cache_add', 'unmapped', 'fate', 'write_submit', 'putback', 'write_done', 'rotate_batch', 'rotated', 'isolated', 'references', 'swap_cache_del', 'shadow', 'fate', 'freed']
  const from = kinds(told).indexOf('swap_slot')
  expect(kinds(told).slice(from, from + order.length)).toEqual(order)
  const slot = first(told, 'swap_cache_add').args.slot
  // The entry in the page table names the slot, and so does the cache: one number, no frame.
  expect(first(told, 'unmapped').args).toMatchObject({ entry: 'swap', slot })
  expect(first(told, 'swap_cache_del').args).toMatchObject({ shadow: 1, slot })
  // Back by fault: a new frame under the same slot, and the shadow tells how long it was away.
  const back = told.events.slice(from + order.length)
  expect(back[0]).toMatchObject({ kind: 'allocated', args: { for: 'swap-in' } })
  expect(back.find((event) => event.kind === 'swap_cache_add')?.args).toMatchObject({ slot, shadow: 1 })
  expect(Number(back.find((event) => event.kind === 'refault')?.args.distance)).toBeGreaterThan(0)
  expect(back.some((event) => event.kind === 'mapped')).toBe(true)
})

test('seed 002, question 6: neighbours swapped out one after the other lie side by side, and are written in one request; across a cluster they are not', () => {
  const slots = Array.from({ length: 40 }, (_, i) => first(life(SWAPPED, anon(700 + i)), 'swap_slot').args)
  const steps = slots.slice(1).map((one, i) => Number(one.offset) - Number(slots[i].offset))
  expect(steps.filter((step) => step === 1).length).toBeGreaterThan(30)
  expect(Number(first(life(SWAPPED, anon(705)), 'write_done').args.pages)).toBeGreaterThan(1)
  // 512 slots a cluster: the next cluster is 32 away on the fresh device, or the next free one.
  const clusters = new Set([0, 600, 1200].map((i) => first(life(SWAPPED, anon(700 + i)), 'swap_slot').args.cluster))
  expect(clusters.size).toBeGreaterThan(1)
})

test('a file page: read with others in one request, marked by reading, evicted clean, back as a refault', () => {
  const told = life(scenario({ files: 8000, processes: [[open('f', 8000), fread(8000), fread(8000)]] }), file(77))
  expect(kinds(told).slice(0, 4)).toEqual(['allocated', 'cache_add', 'batch_add', 'lru_add'])
  expect(Number(first(told, 'read_done').args.pages)).toBeGreaterThan(1)
  expect(first(told, 'accessed').args).toEqual({ effect: 'referenced' })
  expect(first(told, 'fate').args).toEqual({ fate: 'free', why: 'clean' })
  expect(kinds(told)).not.toContain('write_submit')
  expect(Number(first(told, 'refault').args.distance)).toBeGreaterThan(4096)
})

test('the search finds the page that reclaim frees next, of the asked kind, and following it shows that it was freed then', () => {
  const from = first(life(SWAPPED, anon(700)), 'freed').t + 1
  const found = life(SWAPPED, { kind: 'next-evicted', of: 'anon' }, { from }).page
  if (found === undefined) throw new Error('nothing was evicted')
  expect(found).toMatchObject({ kind: 'anon', process: 'p0', region: 'A' })
  const evicted = life(SWAPPED, found).events.find((event) => event.kind === 'swap_cache_del' && event.t >= from)
  expect(evicted?.args.shadow).toBe(1)
  // Next: within the batch of 32 that reclaim was at.
  expect(Number(evicted?.t) - from).toBeLessThan(1e6)
  expect(life(MIXED, { kind: 'next-evicted', of: 'file' }).page?.kind).toBe('file')
  expect(life(MIXED, { kind: 'next-evicted' }, { from: 1e15 }).page).toBeUndefined()
})

test('a window and a bound: earlier events are left out, further ones counted', () => {
  const all = life(SWAPPED, anon(700))
  const late = life(SWAPPED, anon(700), { from: first(all, 'freed').t })
  expect(late.events).toEqual(all.events.filter((event) => event.t >= first(all, 'freed').t))
  const few = life(SWAPPED, anon(700), { max: 5 })
  expect([few.events.length, few.dropped]).toEqual([5, all.events.length - 5])
})

test('a tmpfs page mapped by two: both entries are cleared, one swap entry goes into the file, and following changes nothing', () => {
  // The second process maps it late, so that reclaim meets it after both have been quiet for long.
  const pages = 6 * MIB
  const what = scenario({
    machine: { swapPages: 16_384 }, files: [{ path: '/s', pages, tmpfs: 1 }],
    processes: [
      [mmapf('s', pages, 0, '/s'), touch('s', 'w', pages), map('A', 20 * MIB), touch('A', 'w', 20 * MIB), touch('A', 'w', 20 * MIB), touch('s', 'r', pages)],
      [mmapf('t', pages, 0, '/s'), touch('t', 'r', pages), sleep(3000)],
    ],
  })
  const place = { kind: 'file', path: '/s', index: 700 } as const
  expect(recorded(what, { page: place }).digest).toBe(recorded(what).digest)
  const told = life(what, place)
  const swapped = kinds(told).indexOf('swap_slot')
  expect(told.events.slice(0, swapped).filter((event) => event.kind === 'unmapped').map((event) => event.args.from)).toEqual(['p0', 'p1'])
  expect(kinds(told).slice(swapped, swapped + 5)).toEqual(['swap_slot', 'swap_cache_add', 'cache_del', 'fate', 'write_submit'])
  expect(first(told, 'cache_del').args).toEqual({ slot: first(told, 'swap_cache_add').args.slot, index: 700, file: '/s' })
  // By the region of either process the same page is meant, swapped or not.
  expect(kinds(life(what, { kind: 'anon', process: 'p0', region: 's', index: 700 })).filter((kind) => kind !== 'zapped')).toEqual(kinds(told))
  expect(life(what, { kind: 'next-evicted', of: 'tmpfs' }).page).toMatchObject({ kind: 'file', path: '/s' })
})
