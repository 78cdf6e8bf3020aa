/** Random small machines under random work: whatever is asked of them, memory stays consistent, counters obey the kernel's identities, and the run ends. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Pattern, Phase, ProcessSpec, Scenario, SwapSpec, ZoneSpec } from '../../../main/engine/index'
import { expectIdentities } from '../support/identities'
import { KERNELS, fit, share } from '../support/kernels'
import { run } from '../support/run'
import { MIB, machine, mmapf, scenario } from '../support/tiny'

const RUNS = Number(process.env['ENGINE_FUZZ_RUNS'] ?? 30)
const EVERY = Number(process.env['ENGINE_FUZZ_EVERY'] ?? 400)
const PATH = process.env['ENGINE_FUZZ_PATH']
const SEED = Number(process.env['ENGINE_FUZZ_SEED'] ?? 20_250_101)

/** Zones that add up to about `pages`: one Normal, DMA and Normal, DMA and DMA32, or two nodes. */
function zones(pages: number, shape: number): readonly ZoneSpec[] {
  const small = Math.max(64, Math.floor(pages / 8))
  if (shape === 1) return [{ node: 0, name: 'DMA', managed: small }, { node: 0, name: 'Normal', managed: pages - small }]
  if (shape === 2) return [{ node: 0, name: 'DMA', managed: small }, { node: 0, name: 'DMA32', managed: pages - small }]
  if (shape === 3) return [{ node: 0, name: 'DMA32', managed: Math.floor(pages / 2) }, { node: 0, name: 'Normal', managed: Math.ceil(pages / 4) }, { node: 1, name: 'Normal', managed: Math.floor(pages / 4) }]
  return [{ node: 0, name: 'Normal', managed: pages }]
}

interface Region { readonly pages: number; readonly kind: 'anon' | 'file' | 'open' | 'tmpfs' }

/** One step of a process, as numbers that are fitted to what it has mapped when it gets there. */
interface Step { readonly op: number; readonly a: number; readonly b: number; readonly c: number }

const SYSCTLS: readonly (readonly [string, readonly number[]])[] = [
  ['vm.swappiness', [0, 1, 60, 100, 200]], ['vm.min_free_kbytes', [128, 400, 1500, 5000]], ['vm.watermark_scale_factor', [1, 10, 300, 3000]], ['vm.page-cluster', [0, 3, 5]],
  ['vm.dirty_ratio', [0, 5, 40, 100]], ['vm.dirty_background_ratio', [0, 1, 20]], ['vm.percpu_pagelist_high_fraction', [0, 8, 100]], ['vm.watermark_boost_factor', [0, 15_000]], ['vm.laptop_mode', [0, 1]],
  ['lru_gen.enabled', [0, 1, 3, 7]], ['lru_gen.min_ttl_ms', [0, 0, 50]], ['vm.vfs_cache_pressure', [0, 1, 100, 5000]],
  ['vm.compact_memory', [1]], ['vm.compact_memory', [1]], ['vm.nr_hugepages', [0, 1, 3, 8, 40]], ['vm.extfrag_threshold', [0, 500, 1000]], ['vm.compaction_proactiveness', [0, 20, 100]],
]

/** Phases that are always valid: what is not mapped is mapped first, ranges are cut to it. */
function phases(steps: readonly Step[], most: number, filePages: number, treeFiles: number, tmpfsPages: number): Phase[] {
  const out: Phase[] = []
  const regions = new Map<string, Region>()
  const size = (b: number): number => 1 + Math.floor(b * (most - 1))
  const need = (r: string, kind: Region['kind'], b: number): Region => {
    const known = regions.get(r)
    if (known !== undefined) return known
    const region = { kind, pages: kind === 'anon' ? size(b) : kind === 'tmpfs' ? tmpfsPages : filePages }
    regions.set(r, region)
    out.push(kind === 'anon' ? { op: 'map', r, pages: region.pages, huge: region.pages % 2 === 0 ? 1 : 0 } : kind === 'tmpfs' ? mmapf(r, tmpfsPages, 0, `/dev/shm/${r}`) : kind === 'file' ? mmapf(r, filePages, b > 0.5 ? 1 : 0) : { op: 'open', r, path: '/f', pages: filePages, adv: b < 0.3 ? 'random' : b < 0.5 ? 'seq' : 'normal' })
    return region
  }
  const work = (region: Region, a: number, b: number, c: number) => {
    const len = 1 + Math.floor(c * (region.pages - 1))
    const pat = (['seq', 'rand', 'zipf'] as const)[Math.floor(a * 3)]
    return { pat, start: Math.floor(b * (region.pages - len)), len, count: 1 + Math.floor(len * (0.5 + a)), rate: b < 0.15 ? 3000 : 0, s: 0.9, ...(c < 0.2 ? { dur: 30 } : {}) }
  }
  for (const { op, a, b, c } of steps) {
    const which = Math.floor(b * 3)
    if (op <= 3) out.push({ op: 'touch', r: `anon${which}`, rw: op === 3 ? 'r' : op === 2 ? 'f' : 'w', ...work(need(`anon${which}`, 'anon', c), a, b, c) })
    else if (op === 4) out.push({ op: 'touch', r: `map${which}`, rw: a < 0.3 ? 'w' : 'r', ...work(need(`map${which}`, 'file', c), a, b, c) })
    else if (op === 5 || op === 6) out.push({ op: 'fread', r: `open${which}`, ...work(need(`open${which}`, 'open', c), a, b, c) })
    else if (op === 7 || op === 8) out.push({ op: 'fwrite', r: `open${which}`, ...work(need(`open${which}`, 'open', c), a, b, c) })
    else if (op === 9) {
      const region = need(`anon${which}`, 'anon', c)
      out.push({ op: 'dontneed', r: `anon${which}`, start: 0, len: region.pages, stride: 1 + Math.floor(a * 7), run: 1 })
    } else if (op === 10) {
      for (const [r, { kind }] of regions) {
        if (kind === 'open') continue
        out.push({ op: 'unmap', r })
        regions.delete(r)
        break
      }
    } else if (op === 11) {
      need('open0', 'open', c)
      out.push({ op: 'fsync', r: 'open0' })
    } else if (op === 12) {
      const [path, values] = SYSCTLS[Math.floor(a * SYSCTLS.length)]
      out.push({ op: 'sysctl', path, v: values[Math.floor(b * values.length)] })
    } else if (op === 14 || op === 15) {
      if (treeFiles === 0) continue
      const { s, pat, ...walk } = work({ pages: treeFiles, kind: 'open' }, a, b, c)
      out.push({ op: 'stat', path: '/t', ...walk, pat, ...(pat === 'zipf' ? { s } : {}), ...(op === 15 ? { read: b < 0.5 ? 1 : 0, keepOpen: b > 0.8 ? 1 : 0 } : {}) })
    } else if (op === 16) out.push({ op: 'drop_caches', what: 2 }) // Dropping page cache deactivates pages that nobody scanned, against the identities.
    else if (op === 13) out.push({ op: 'sleep', ms: Math.ceil(a * 150) })
    else out.push(tmpfsPhase(op - 3, a, `s${which % 2}`, need(`s${which % 2}`, 'tmpfs', c), work))
  }
  return out
}

type Work = (region: Region, a: number, b: number, c: number) => Pattern

/** Files of tmpfs are shared by all processes, mapped, read and written. */
function tmpfsPhase(op: number, a: number, r: string, region: Region, work: Work): Phase {
  const range = work(region, a, (a * 7) % 1, (a * 13) % 1)
  if (op <= 15) return { op: 'touch', r, rw: a < 0.3 ? 'r' : a < 0.4 ? 'f' : 'w', ...range }
  if (op === 16) return { op: a < 0.5 ? 'fread' : 'fwrite', r, ...range }
  if (a < 0.3) return { op: 'truncate', r, start: Math.floor(region.pages * a) }
  if (a < 0.5) return { op: 'dontneed', r, start: 0, len: region.pages, stride: 3, run: 2 }
  return a < 0.7 ? { op: 'drop_caches', what: 1 } : a < 0.8 ? { op: 'fadvise', r, advice: 'dontneed', start: 0, len: region.pages } : { op: 'fsync', r }
}

const unit = fc.integer({ min: 0, max: 999 }).map((n) => n / 1000)
const step: fc.Arbitrary<Step> = fc.record({ op: fc.integer({ min: 0, max: 20 }), a: unit, b: unit, c: unit })

/** Ahead of the disk, with pages of every kind. */
function zram(pages: number, memLimitPages: number): SwapSpec {
  return { kind: 'zram', pages, priority: pages === 900 ? -2 : 100, memLimitPages, compressed: [{ share: 0.2, same: 1 }, { share: 0.5, bytes: [100, 2500] }, { share: 0.3, bytes: [2500, 4096] }] }
}

/** Without fast-check's liking for small and extreme values: big machines under long work find more. */
const anyScenario: fc.Arbitrary<Scenario> = fc.noBias(fc.record({
  mib: fc.constantFrom(4, 4, 8, 16, 64), shape: fc.integer({ min: 0, max: 3 }), cpus: fc.integer({ min: 1, max: 4 }), swap: fc.constantFrom(0, 0, 100, 700, 3000, 20_000),
  zram: fc.constantFrom(0, 0, 50, 900, 9000), zramLimit: fc.constantFrom(0, 0, 20, 500),
  minFree: fc.constantFrom(0, 128, 1000, 3000), iops: fc.constantFrom(0, 0, 50, 400), tags: fc.constantFrom(1, 4, 256), preemption: fc.constantFrom('none' as const, 'voluntary' as const, 'full' as const),
  trees: fc.constantFrom(0, 30, 900, 12_000), perDirectory: fc.constantFrom(1, 7, 300),
  overcommit: fc.constantFrom(0.3, 0.8, 1.5), filePages: fc.constantFrom(1, 40, 700, 5000), tmpfs: fc.constantFrom(0.05, 0.3, 0.8, 1.5), rotational: fc.constantFrom(0 as const, 0 as const, 1 as const), steps: fc.array(fc.array(step, { minLength: 2, maxLength: 14 }), { minLength: 1, maxLength: 4 }),
  thp: fc.constantFrom('never' as const, 'madvise' as const, 'always' as const), gens: fc.constantFrom(0, 0, 1, 7, 7), adj: fc.constantFrom(0, 0, 0, -1000, 500), kill: fc.constantFrom(0, 0, 1),
})).map((p) => {
  const pages = p.mib * MIB
  const slow = { iops: p.iops, tags: p.tags, rotational: p.rotational }
  const tmpfs = (path: string) => ({ path, pages: Math.ceil(pages * p.tmpfs), tmpfs: 1 } as const)
  const base = { ...machine({ zones: zones(pages, p.shape), cpus: p.cpus, swapPages: p.swap, disk: slow, swapDisk: slow, preemption: p.preemption }), thp: p.thp }
  const processes: ProcessSpec[] = p.steps.map((steps, i) => ({ name: `p${i}`, phases: phases(steps, Math.floor(pages * p.overcommit), p.filePages, p.trees, Math.ceil(pages * p.tmpfs)), nice: i === 2 ? 10 : 0, oomScoreAdj: i === 0 ? p.adj : 0 }))
  return scenario({
    machine: p.zram === 0 ? base : { ...base, swap: [...base.swap, zram(p.zram, p.zramLimit)] }, files: [{ path: '/f', pages: p.filePages, disk: 'vda' }, tmpfs('/dev/shm/s0'), tmpfs('/dev/shm/s1')], ...(p.trees > 0 ? { trees: [{ path: '/t', files: p.trees, filesPerDirectory: p.perDirectory, disk: 'vda' }] } : {}), processes, durationMs: 1500,
    sysctls: { ...(p.minFree > 0 ? { 'vm.min_free_kbytes': p.minFree } : {}), 'vm.oom_kill_allocating_task': p.kill, 'lru_gen.enabled': p.gens },
  })
})

for (const kernel of KERNELS) test(`random work on random machines: ${kernel.name}`, () => {
  const runs = share(RUNS, kernel)
  const ends = new Map<string, number>()
  let kills = 0
  let swapped = 0
  let stalls = 0
  let moved = 0
  let huge = 0
  let shrunk = 0
  fc.assert(fc.property(anyScenario, fc.integer({ min: 0, max: 2 ** 31 }), (input, seed) => {
    const { recording, mm } = run(fit(input, kernel), { kernel, everyTurns: EVERY, seed, maxTurns: 400_000 })
    expectIdentities(recording, { generations: mm.lruGen.everOn, invalidates: true })
    const { end, diagnosis } = recording.summary
    ends.set(end, (ends.get(end) ?? 0) + 1)
    kills += recording.summary.delta['oom_kill']
    swapped += recording.summary.delta['pswpin']
    stalls += recording.summary.directReclaim.count
    moved += recording.summary.delta['pgmigrate_success']
    huge += recording.summary.delta['thp_fault_alloc'] + recording.summary.delta['htlb_buddy_alloc_success']
    shrunk += recording.summary.delta['slabs_scanned']
    expect(['done', 'time', 'stuck', 'panic']).toContain(end)
    if (end === 'stuck') expect(diagnosis).toMatch(/waits for/)
    if (end !== 'done') return
    // Everybody has gone: what is not free is page cache, tmpfs (in zram too), slab, what freed slots of zram hold until they are given back, and what swap-outs under way still hold.
    const stat = (name: 'nr_anon_pages' | 'nr_mapped' | 'nr_page_table_pages'): number => mm.nodes.reduce((sum, node) => sum + node.stat[name], 0)
    expect([stat('nr_anon_pages'), stat('nr_mapped'), stat('nr_page_table_pages')]).toEqual([0, 0, 0])
    const free = mm.zones.reduce((sum, zone) => sum + zone.free + zone.pcp.reduce((n, pcp) => n + pcp.count, 0), 0)
    const held = mm.nodes.reduce((sum, { stat: s }) => sum + s.nr_file_pages + s.nr_slab_reclaimable + s.nr_slab_unreclaimable + s.nr_zspages, 512 * mm.hugePool.heads.length)
    const batched = mm.batches.reduce((sum, cpu) => sum + cpu.add.nr + cpu.rotate.nr + cpu.activate.nr, 0)
    const lost = mm.totalRamPages - free - held
    // Pages that died in a batch are freed when it drains; a reclaimer cut off in the middle may hold a batch of 32, and compaction what it has in hand.
    const inHand = [...mm.compacting].reduce((sum, cc) => sum + cc.freePages.length + (cc.target >= 0 ? 1 : 0), 0)
    expect(lost, 'pages neither free, cached nor slab').toBeGreaterThanOrEqual(0)
    expect(lost, 'pages neither free, cached nor slab').toBeLessThanOrEqual(batched + inHand + 32 * (mm.cpus + mm.nodes.length))
  }), { numRuns: runs, seed: SEED, endOnFailure: true, ...(PATH !== undefined ? { path: PATH } : {}) })
  // The machines must have been worked hard, or the test says little.
  expect(ends.get('done') ?? 0).toBeGreaterThan(runs / 4)
  if (runs >= 30) for (const [what, n] of [['kills', kills], ['swap-ins', swapped], ['direct reclaims', stalls], ['slab objects scanned', shrunk], ['pages moved', moved], ['huge pages', huge]] as const) expect(n, what).toBeGreaterThan(0)
})
