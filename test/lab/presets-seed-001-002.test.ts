/** What articles 001 and 002 say, judged on runs of linux-6.1: each preset's text is held to its outcome. */
import { expect, test } from 'vitest'
import type { AnyPolicyDefinition } from 'reclaim-lab'
import type { FollowSpec, PageEvent, Recording } from '../../main/engine'
import { delta, snapValue } from '../engine/support/run'
import { runPreset, type PresetRun } from './preset-run'

function run(id: string, how?: PresetRun): Recording {
  const recording = runPreset(id, how)
  expect(recording.summary.end, recording.summary.diagnosis).toBe('done')
  return recording
}

/** A counter's growth between two snapshots. */
const between = (recording: Recording, from: string, to: string, name: string): number => snapValue(recording, to, name) - snapValue(recording, from, name)

function life(id: string, page: FollowSpec['page']): readonly PageEvent[] {
  return run(id, { follow: page }).pageLife?.events ?? []
}

const kinds = (events: readonly PageEvent[]): readonly string[] => events.map((event) => event.kind)
const anonPage = (process: string, region: string, index: number) => ({ kind: 'anon', process, region, index }) as const

test('claim 11, 3:7: no anon at all while streaming, then the weight is 3:7 but the pages are not, then neither', () => {
  const recording = run('anon-file-three-to-seven')
  const anonShare = (from: string, to: string): number => {
    const [anon, file] = [between(recording, from, to, 'pgscan_anon'), between(recording, from, to, 'pgscan_file')]
    expect(file).toBeGreaterThan(10_000)
    return anon / (anon + file)
  }
  expect(anonShare('filled', 'streamed')).toBe(0)
  const wanted = anonShare('streamed', 'file wanted')
  expect(wanted).toBeGreaterThan(0.33)
  expect(wanted).toBeLessThan(0.45)
  expect(anonShare('file wanted', 'swapping')).toBeGreaterThan(0.5)
})

test('claim 11, 3:7: the kernel answers 60:140 exactly when both costs are equal, and only in SCAN_FRACT', () => {
  const weights = { equal: new Set<number>(), other: new Set<number>() }
  let notFract = 0
  const watch: AnyPolicyDefinition = {
    api: 1, name: 'watch', hooks: {
      scanBalance(args, k) {
        const answer = k.base.scanBalance(args)
        if (answer.mode !== 'fract') notFract++
        else weights[args.anonCost === args.fileCost ? 'equal' : 'other'].add(Math.round((answer.anon / (answer.anon + answer.file)) * 100))
        return undefined
      },
    },
  }
  run('anon-file-three-to-seven', { policy: watch })
  expect([...weights.equal]).toEqual([30])
  expect(Math.min(...weights.other)).toBeLessThan(25)
  expect(Math.max(...weights.other)).toBeGreaterThan(35)
  expect(notFract).toBeGreaterThan(1000)
})

test('hot pages under pressure: with room each page is read once, without it again and again, always as a refault', () => {
  const recording = run('hot-pages-reread')
  const [roomy, tight] = recording.summary.tasks[0].phases.filter((phase) => phase.op === 'fread')
  expect(tight.touches).toBeLessThan(0.85 * roomy.touches)
  const pgpgin = between(recording, 'roomy', 'tight', 'pgpgin') / 4
  expect(pgpgin).toBeGreaterThan(2 * 8000)
  expect(between(recording, 'roomy', 'tight', 'workingset_refault_file')).toBeGreaterThan(0.95 * pgpgin)
  expect(between(recording, 'start', 'roomy', 'workingset_refault_file')).toBe(0)
  expect(between(recording, 'start', 'roomy', 'pgpgin') / 4).toBeLessThanOrEqual(8000)
  expect(recording.summary.delta.pgscan_anon).toBe(0)
})

test('a hot page, followed: reclaimed and read again several times over', () => {
  const times = [100, 3000, 7000].map((index) => kinds(life('hot-pages-reread', { kind: 'file', path: '/srv/hot.dat', index })).filter((kind) => kind === 'refault').length)
  expect(Math.max(...times)).toBeGreaterThanOrEqual(2)
})

test('clean pages are freed at once and cost no IO', () => {
  const recording = run('clean-dirty-swap')
  expect(between(recording, 'clean cached', 'clean gone', 'pgsteal_file')).toBeGreaterThan(15_000)
  for (const name of ['nr_written', 'pswpout', 'pgrotated', 'nr_vmscan_immediate_reclaim']) expect(between(recording, 'clean cached', 'clean gone', name), name).toBe(0)
})

test('claim 10: dirty pages are marked, written by the flusher, rotated and then freed; reclaim writes few', () => {
  const recording = run('clean-dirty-swap')
  const grown = (name: string): number => between(recording, 'dirty cached', 'dirty gone', name)
  expect(grown('nr_vmscan_immediate_reclaim')).toBeGreaterThan(10_000)
  expect(grown('nr_vmscan_write') - grown('pswpout')).toBeLessThan(1000)
  expect(recording.summary.io.vda.writePages).toBe(10_000)
  const page = life('clean-dirty-swap', { kind: 'file', path: '/mnt/wr.dat', index: 15_000 })
  expect(page.find((event) => event.kind === 'fate')?.args).toEqual({ fate: 'activate', why: 'dirty-file' })
  expect(page.find((event) => event.kind === 'write_submit')?.task).toBe('kworker/flush')
  const order = kinds(page)
  expect(order.slice(order.indexOf('write_submit'))).toEqual(['write_submit', 'write_done', 'rotate_batch', 'rotated', 'isolated', 'references', 'shadow', 'cache_del', 'fate', 'freed'])
  expect(page.at(-2)?.args).toEqual({ fate: 'free', why: 'clean' })
})

test('claim 9: anonymous pages go to disk, from direct reclaim too', () => {
  const recording = run('clean-dirty-swap')
  const grown = (name: string): number => between(recording, 'anon cold', 'anon gone', name)
  expect(grown('pswpout')).toBeGreaterThan(20_000)
  expect(recording.summary.io.vdb.writePages).toBe(delta(recording, 'pswpout'))
  expect(grown('pgscan_direct')).toBeGreaterThan(10_000)
  // A page that a reclaiming process itself sent to swap.
  const writers = new Set([10_000, 25_000, 40_000].flatMap((index) => life('clean-dirty-swap', anonPage('app', 'cold', index)).filter((event) => event.kind === 'write_submit').map((event) => event.task)))
  expect([...writers].every((task) => task === 'app' || task === 'kswapd0')).toBe(true)
  expect(writers.size).toBeGreaterThan(0)
})

test('claim 17: 32 is what a direct reclaimer wants, not what it gets: 32 to 96', () => {
  const { events } = run('thirty-two-pages')
  const got = events.filter((event) => event.kind === 'mm_vmscan_direct_reclaim_end').map((event) => Number(event.args.nr_reclaimed))
  expect(got.length).toBeGreaterThan(300)
  expect(Math.min(...got)).toBeGreaterThanOrEqual(32)
  expect(Math.max(...got)).toBeGreaterThan(64)
  expect(Math.max(...got)).toBeLessThanOrEqual(96)
  expect(got.filter((pages) => pages > 32).length).toBeGreaterThan(0.7 * got.length)
})

test('claims 10 and 17: the flusher writes most, kswapd some as a last resort, direct reclaim no file page', () => {
  const recording = run('who-writes-back')
  const byKswapd = delta(recording, 'nr_vmscan_write') - delta(recording, 'pswpout')
  expect(delta(recording, 'pgscan_direct')).toBeGreaterThan(100_000)
  expect(byKswapd).toBeGreaterThan(0)
  expect(byKswapd).toBeLessThan(0.3 * recording.summary.io.vda.writePages)
  for (const index of [0, 200, 6000, 15_000]) {
    const submits = life('who-writes-back', { kind: 'file', path: '/mnt/wr.dat', index }).filter((event) => event.kind === 'write_submit')
    expect(submits.length, `page ${index}`).toBeGreaterThan(0)
    for (const { task } of submits) expect(['kworker/flush', 'kswapd0']).toContain(task)
  }
})

test('claim 12: the heap of dirty pages follows the ratios, not the marks', () => {
  const { snapshots } = run('marks-and-dirty')
  const heap = (label: string): number => {
    const vmstat = snapshots.find((each) => each.label === label)?.vmstat
    return (vmstat?.nr_dirty ?? NaN) + (vmstat?.nr_writeback ?? NaN)
  }
  const min = (label: string): number => snapshots.find((each) => each.label === label)?.zones.reduce((sum, zone) => sum + zone.min, 0) ?? NaN
  expect(min('small ratios')).toBeGreaterThan(3.9 * min('low marks'))
  expect(Math.abs(heap('high marks') - heap('low marks'))).toBeLessThan(0.1 * heap('low marks'))
  expect(heap('small ratios')).toBeLessThan(0.25 * heap('high marks'))
})

test('question 5: three pages wait in the batch of their CPU while another CPU reclaims; a busy one\'s reach the list by fifteens', () => {
  const idle = life('lru-batches', anonPage('idle', 'few', 0))
  expect(kinds(idle)).toEqual(['allocated', 'batch_add', 'zapped', 'lru_add', 'freed'])
  expect(idle[1].args).toMatchObject({ cpu: 1, waiting: 0, size: 15 })
  expect(idle[3].t - idle[1].t).toBeGreaterThan(5e9)
  const busy = life('lru-batches', anonPage('hog', 'heap', 7))
  expect(busy.find((event) => event.kind === 'lru_add')?.args).toEqual({ list: 'inactive_anon', others: 14, full: 1 })
  expect(delta(run('lru-batches'), 'pgscan_anon')).toBeGreaterThan(100_000)
})

test('question 6: a swapped page has a slot beside its neighbour\'s, an entry in its PTE, a shadow behind it, and comes back with its neighbours', () => {
  const [page, next] = [1000, 1001].map((index) => life('swap-entry', anonPage('hog', 'heap', index)))
  const slot = page.find((event) => event.kind === 'swap_slot')
  const nextSlot = next.find((event) => event.kind === 'swap_slot')
  expect(nextSlot?.args.offset).toBe(Number(slot?.args.offset) + 1)
  expect(page.find((event) => event.kind === 'unmapped')?.args).toMatchObject({ entry: 'swap', slot: slot?.args.offset })
  expect(Number(page.find((event) => event.kind === 'write_done')?.args.pages)).toBeGreaterThan(32)
  expect(page.find((event) => event.kind === 'swap_cache_del')?.args).toMatchObject({ shadow: 1 })
  // page-cluster 3: eight pages a read.
  expect(page.find((event) => event.kind === 'read_done')?.args).toEqual({ pages: 8 })
  expect(kinds(page).slice(-3)).not.toContain('write_submit')
})

test('question 7: the anonymous page leaves its swap entry in the PTE, the tmpfs page in its file; back again, one keeps the slot and the other is dirty', () => {
  const anon = life('anon-and-tmpfs', anonPage('app', 'heap', 20_000))
  const tmpfs = life('anon-and-tmpfs', { kind: 'file', path: '/dev/shm/shared', index: 20_000 })
  // On the way out the same steps, but for where the entry goes.
  const out = (events: readonly PageEvent[]): readonly string[] => kinds(events).slice(kinds(events).findIndex((kind) => kind === 'swap_slot' || kind === 'unmapped'), kinds(events).indexOf('freed') + 1)
  expect(out(anon).slice(0, 5)).toEqual(['swap_slot', 'swap_cache_add', 'unmapped', 'fate', 'write_submit'])
  expect(out(tmpfs).slice(0, 6)).toEqual(['unmapped', 'swap_slot', 'swap_cache_add', 'cache_del', 'fate', 'write_submit'])
  for (const events of [anon, tmpfs]) expect(out(events).slice(-4)).toEqual(['swap_cache_del', 'shadow', 'fate', 'freed'])
  const first = (events: readonly PageEvent[], kind: string): PageEvent => {
    const found = events.find((event) => event.kind === kind)
    if (!found) throw new Error(`no ${kind}`)
    return found
  }
  expect(first(anon, 'unmapped').args).toMatchObject({ entry: 'swap', slot: first(anon, 'swap_cache_add').args.slot })
  expect(first(tmpfs, 'unmapped').args).toMatchObject({ entry: 'none', from: 'app' })
  expect(first(tmpfs, 'cache_del').args).toEqual({ slot: first(tmpfs, 'swap_cache_add').args.slot, index: 20_000, file: '/dev/shm/shared' })
  // Back: one takes the PTE's place and keeps its slot, the other the file's and gives it up.
  const back = (events: readonly PageEvent[]): readonly PageEvent[] => events.slice(kinds(events).indexOf('freed') + 1)
  expect(first(back(anon), 'mapped').args).toMatchObject({ how: 'swap' })
  expect(first(back(tmpfs), 'cache_add').args).toMatchObject({ slot: first(tmpfs, 'cache_del').args.slot })
  const order = kinds(back(tmpfs))
  expect(order.slice(order.indexOf('cache_add'), order.indexOf('cache_add') + 5)).toEqual(['cache_add', 'swap_cache_del', 'dirtied', 'slot_freed', 'mapped'])
  // Driven out again, the anonymous page goes without a write: one write, two evictions.
  expect(kinds(anon).filter((kind) => kind === 'write_submit').length).toBe(1)
  expect(anon.filter((event) => event.kind === 'freed').length).toBeGreaterThan(1)
  // Two young PTEs at once.
  const shared = life('anon-and-tmpfs', { kind: 'file', path: '/dev/shm/shared', index: 1000 })
  expect(first(shared, 'references').args).toEqual({ young: 2, referenced: 0, verdict: 'activate' })
})
