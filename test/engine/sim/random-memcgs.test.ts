/** Random work in random memory cgroups, v2 and v1, with their files written at random times: memory stays consistent, every counter is the sum it claims to be, and the run ends. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { MemcgKnob, MemcgSpec, Phase, ProcessSpec, Scenario, ZoneSpec } from '../../../main/engine/index'
import android318 from '../../../plugins/kernels/android-3.18'
import { KERNELS, fit, share } from '../support/kernels'
import { delta, run } from '../support/run'
import { MIB, machine, mmapf, scenario } from '../support/tiny'

const RUNS = Number(process.env['ENGINE_FUZZ_RUNS'] ?? 30)
const EVERY = Number(process.env['ENGINE_FUZZ_EVERY'] ?? 400)
const PATH = process.env['ENGINE_FUZZ_PATH']
const SEED = Number(process.env['ENGINE_FUZZ_SEED'] ?? 20_250_102)

const PATHS = ['a', 'a/x', 'a/y', 'a/y/deep', 'b', 'c'] as const
const LEAVES = ['a/x', 'a/y/deep', 'b', 'c', undefined] as const
const KNOBS: readonly MemcgKnob[] = ['memory.min', 'memory.low', 'memory.high', 'memory.max', 'memory.reclaim', 'memory.swap.max', 'memory.swap.high', 'memory.oom.group']
const V1_KNOBS: readonly MemcgKnob[] = ['memory.limit_in_bytes', 'memory.soft_limit_in_bytes', 'memory.swappiness']

/** A file of tmpfs, and files of the tree. */
const SHM = '/dev/shm/s'
const TREE = 900

interface Limits { readonly a: number; readonly b: number; readonly c: number; readonly d: number }

/** A group's limits as shares of the machine; above 0.8 none. */
function spec(path: string, { a, b, c, d }: Limits, pages: number, version: 1 | 2): MemcgSpec {
  const max = a < 0.6 ? { max: 40 + Math.floor(a * pages) } : {}
  if (version === 1) return { path, ...max, ...(b < 0.7 ? { softLimit: Math.floor(b * pages * 0.4) } : {}), ...(c < 0.2 ? { swappiness: Math.floor(d * 200) } : {}) }
  const most = max.max ?? pages
  return {
    path, ...max, ...(b < 0.4 ? { min: Math.floor(b * most) } : {}), ...(c < 0.6 ? { low: Math.floor(c * most) } : {}), ...(d < 0.5 ? { high: 30 + Math.floor(d * most) } : {}),
    ...(a > 0.7 ? { swapMax: Math.floor(c * 200) } : {}), ...(d > 0.9 ? { oomGroup: 1 as const } : {}),
  }
}

/** A write that makes sense in the version, put among a process's own phases. */
function write(a: number, b: number, c: number, pages: number, version: 1 | 2): Phase {
  const knobs = version === 1 ? V1_KNOBS : KNOBS
  const knob = knobs[Math.floor(a * knobs.length)]
  const path = PATHS[Math.floor(b * PATHS.length)]
  if (c > 0.97) return { op: 'rmdir', path }
  const v = knob === 'memory.swappiness' ? Math.floor(c * 200) : knob === 'memory.oom.group' ? Math.round(c) : Math.floor(c * pages * 0.7)
  return { op: 'memcg', path, knob, v: c > 0.8 && !/reclaim|group|swappiness/.test(knob) ? 'max' : v }
}

/** One zone, two, or two nodes. */
function zones(pages: number, shape: number): readonly ZoneSpec[] {
  const part = Math.floor(pages / 4)
  if (shape === 1) return [{ node: 0, name: 'DMA32', managed: part }, { node: 0, name: 'Normal', managed: pages - part }]
  if (shape === 2) return [{ node: 0, name: 'Normal', managed: pages - part }, { node: 1, name: 'Normal', managed: part }]
  return [{ node: 0, name: 'Normal', managed: pages }]
}

/** One thing a process does with its memory, its mapping or its file, as numbers. */
interface Step { readonly op: number; readonly a: number; readonly b: number; readonly c: number }

/** Phases of one process: an area, a mapped file and an open one, a file of tmpfs that all share, mapped and open, all made first, then used in any order. */
function phases(steps: readonly Step[], anon: number, file: number, tmpfs: number): Phase[] {
  const regions = new Map<string, number>([['a', Math.max(1, anon)], ['m', file], ['f', file], ['s', tmpfs], ['t', tmpfs]])
  const out: Phase[] = [{ op: 'map', r: 'a', pages: Math.max(1, anon), huge: 1 }, mmapf('m', file), mmapf('s', tmpfs, 0, SHM), { op: 'open', r: 't', path: SHM, pages: tmpfs, adv: 'normal' }, { op: 'open', r: 'f', path: '/f', pages: file, adv: steps.length % 2 === 0 ? 'normal' : 'random' }]
  for (const { op, a, b, c } of steps) {
    const r = op <= 3 ? 'a' : op === 4 ? 'm' : op === 14 ? 's' : op === 15 ? 't' : 'f'
    const pages = regions.get(r) ?? 1
    const len = 1 + Math.floor(c * (pages - 1))
    const walk = { pat: (['seq', 'rand', 'zipf'] as const)[Math.floor(a * 3)], start: Math.floor(b * (pages - len)), len, count: 1 + Math.floor(len * (0.5 + a)), rate: b < 0.15 ? 5000 : 0, s: 0.9 }
    if (op <= 4 || op === 14) out.push({ op: 'touch', r, rw: a < 0.7 ? 'w' : 'r', ...walk })
    else if (op <= 6) out.push({ op: 'fread', r, ...walk })
    else if (op <= 8 || op === 15) out.push({ op: op === 15 && a < 0.4 ? 'fread' : 'fwrite', r, ...walk })
    else if (op === 9) out.push({ op: 'fsync', r: 'f' })
    else if (op === 10) out.push({ op: 'dontneed', r: 'a', start: 0, len: regions.get('a') ?? 1, stride: 1 + Math.floor(a * 4), run: 1 })
    else if (op === 11) out.push(b < 0.5 ? { op: 'sysctl', path: 'lru_gen.enabled', v: a < 0.6 ? 0 : 7 } : { op: 'sysctl', path: 'vm.compact_memory', v: 1 })
    else if (op === 12) out.push({ op: 'truncate', r: 'f', start: Math.floor(a * (file - 1)) })
    else if (op === 16) out.push({ op: 'stat', path: '/t', pat: 'rand', start: 0, len: TREE, count: 1 + Math.floor(a * TREE), rate: 0, read: b < 0.3 ? 1 : 0, keepOpen: c > 0.8 ? 1 : 0 })
    else out.push({ op: 'sleep', ms: Math.ceil(a * 60) })
  }
  return out
}

const unit = fc.integer({ min: 0, max: 999 }).map((n) => n / 1000)
const step: fc.Arbitrary<Step> = fc.record({ op: fc.integer({ min: 0, max: 16 }), a: unit, b: unit, c: unit })
const limits: fc.Arbitrary<Limits> = fc.record({ a: unit, b: unit, c: unit, d: unit })
const writes = fc.array(fc.tuple(unit, unit, unit, unit), { maxLength: 4 })

const anyScenario = (versions: readonly (1 | 2)[]): fc.Arbitrary<Scenario> => fc.noBias(fc.record({
  mib: fc.constantFrom(4, 8, 16), shape: fc.integer({ min: 0, max: 2 }), cpus: fc.integer({ min: 1, max: 3 }), swap: fc.constantFrom(0, 300, 3000, 20_000), zram: fc.boolean(), iops: fc.constantFrom(0, 0, 400),
  preemption: fc.constantFrom('none' as const, 'voluntary' as const, 'full' as const), overcommit: fc.constantFrom(0.3, 0.8, 1.3), filePages: fc.constantFrom(40, 700, 3000), tmpfs: fc.constantFrom(0.05, 0.3, 0.8),
  thp: fc.constantFrom('never' as const, 'madvise' as const), version: fc.constantFrom(...versions), recursive: fc.constantFrom(0 as const, 1 as const), limits: fc.tuple(...PATHS.map(() => limits)),
  work: fc.array(fc.record({ steps: fc.array(step, { minLength: 2, maxLength: 10 }), home: unit, writes }), { minLength: 2, maxLength: 5 }),
})).map((p) => {
  const pages = p.mib * MIB
  const processes: ProcessSpec[] = p.work.map(({ steps, home, writes: put }, i) => {
    const work = phases(steps, Math.floor(pages * p.overcommit), p.filePages, Math.ceil(pages * p.tmpfs))
    for (const [a, b, c, where] of put) work.splice(Math.floor(where * work.length), 0, write(a, b, c, pages, p.version))
    const memcg = LEAVES[Math.floor(home * LEAVES.length)]
    return { name: `p${i}`, phases: work, ...(memcg === undefined ? {} : { memcg }) }
  })
  const base = { ...machine({ zones: zones(pages, p.shape), cpus: p.cpus, swapPages: p.swap, disk: { iops: p.iops }, swapDisk: { iops: p.iops }, preemption: p.preemption }), thp: p.thp }
  return {
    ...scenario({ machine: p.zram && p.swap > 0 ? { ...base, swap: [{ kind: 'zram', pages: p.swap, priority: 0 }] } : base, files: [{ path: '/f', pages: p.filePages, disk: 'vda' }, { path: SHM, pages: Math.ceil(pages * p.tmpfs), tmpfs: 1 }], trees: TREE, processes, durationMs: 1500 }),
    memcgs: PATHS.map((path, i) => spec(path, p.limits[i], pages, p.version)), cgroup: p.version === 1 ? { version: 1 } : { version: 2, recursiveProt: p.recursive },
  }
})

/** 3.18 knows only the first version. */
for (const kernel of KERNELS) test(`random work in random groups: ${kernel.name}`, () => {
  const runs = share(RUNS, kernel)
  const scenarios = anyScenario(kernel === android318 ? [1] : [2, 2, 1])
  const seen = { huge: 0, moved: 0, kills: 0, high: 0, low: 0, max: 0, soft: 0, ended: 0 }
  fc.assert(fc.property(scenarios, fc.integer({ min: 0, max: 2 ** 31 }), (input, seed) => {
    const { recording, mm } = run(fit(input, kernel), { kernel, everyTurns: EVERY, seed, maxTurns: 1_000_000 })
    const { end, diagnosis } = recording.summary
    expect(['done', 'time', 'stuck', 'panic']).toContain(end)
    if (end === 'stuck') expect(diagnosis).toMatch(/waits for/)
    // Reclaim inside groups counts for anon and file, and not for kswapd or direct.
    expect(delta(recording, 'pgscan_kswapd') + delta(recording, 'pgscan_direct')).toBeLessThanOrEqual(delta(recording, 'pgscan_anon') + delta(recording, 'pgscan_file'))
    expect(delta(recording, 'pgsteal_kswapd') + delta(recording, 'pgsteal_direct')).toBeLessThanOrEqual(delta(recording, 'pgsteal_anon') + delta(recording, 'pgsteal_file'))
    seen.huge += delta(recording, 'thp_fault_alloc')
    seen.moved += delta(recording, 'pgmigrate_success')
    for (const group of mm.memcgs.groups.slice(1)) {
      seen.kills += group.eventsLocal.oom_kill
      seen.high += group.eventsLocal.high
      seen.low += group.eventsLocal.low
      seen.max += group.eventsLocal.max
      if (mm.memcgs.legacy) seen.soft += group.stat.pgscan_kswapd
    }
    if (end === 'done') seen.ended++
  }), { numRuns: runs, seed: SEED, endOnFailure: true, ...(PATH !== undefined ? { path: PATH } : {}) })
  if (kernel === KERNELS[0] && runs >= 30) for (const [what, n] of Object.entries(seen)) expect(n, what).toBeGreaterThan(0)
})
