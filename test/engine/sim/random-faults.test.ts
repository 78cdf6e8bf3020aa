/**
 * Random work under random faults: disks that answer nothing for seconds, swap that is full or missing, zones with nothing free, tasks killed anywhere, locks taken in any order. Memory,
 * locks and victims stay consistent, and time goes on or the run ends with a diagnosis.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Phase, ProcessSpec, Scenario, ZoneSpec } from '../../../main/engine/index'
import { sendSigkill } from '../../../main/engine/mm/oom-kill'
import { expectIdentities } from '../support/identities'
import { KERNELS, fit, share } from '../support/kernels'
import { run } from '../support/run'
import { MIB, machine, scenario } from '../support/tiny'

const RUNS = Number(process.env['ENGINE_FUZZ_RUNS'] ?? 60)
const EVERY = Number(process.env['ENGINE_FUZZ_EVERY'] ?? 400)
const SEED = Number(process.env['ENGINE_FUZZ_SEED'] ?? 20_250_202)
const PATH = process.env['ENGINE_FUZZ_PATH']

const DURATION_MS = 12_000
const LOCKS = ['a', 'b', 'mmap_lock'] as const
const FILE = 900

interface Step { readonly op: number; readonly a: number; readonly b: number }

function zones(pages: number, shape: number): readonly ZoneSpec[] {
  const small = Math.max(64, Math.floor(pages / 8))
  // A zone whose pages are all in use from the start.
  if (shape === 1) return [{ node: 0, name: 'DMA', managed: small, free: 0 }, { node: 0, name: 'Normal', managed: pages }]
  if (shape === 2) return [{ node: 0, name: 'DMA32', managed: Math.floor(pages / 2) }, { node: 1, name: 'Normal', managed: Math.ceil(pages / 2) }]
  return [{ node: 0, name: 'Normal', managed: pages }]
}

/** Always valid: what is not mapped or open is first, locks are taken once and given back when held. */
function phases(steps: readonly Step[], pages: number): Phase[] {
  const out: Phase[] = [{ op: 'map', r: 'anon', pages }, { op: 'open', r: 'file', path: '/f', pages: FILE, adv: 'normal' }]
  const held = new Set<string>()
  for (const { op, a, b } of steps) {
    const len = 1 + Math.floor(b * (pages - 1))
    const lock = LOCKS[Math.floor(a * LOCKS.length)]
    if (op <= 2 && !held.has('mmap_lock')) out.push({ op: 'touch', r: 'anon', rw: op === 0 ? 'r' : 'w', pat: a < 0.5 ? 'seq' : 'rand', start: 0, len, count: len, rate: 0 })
    else if (op === 3) out.push({ op: 'fread', r: 'file', pat: 'seq', start: 0, len: FILE, count: 1 + Math.floor(b * FILE), rate: 0 })
    else if (op === 4) out.push({ op: 'fwrite', r: 'file', pat: 'rand', start: 0, len: FILE, count: 1 + Math.floor(b * FILE), rate: 0 })
    else if (op === 5) out.push({ op: 'fsync', r: 'file' })
    else if (op === 6 || op === 7) {
      if (held.delete(lock)) out.push({ op: 'unlock', name: lock })
      else {
        held.add(lock)
        out.push(lock === 'a' ? { op: 'lock', name: 'a', kind: 'mutex' } : { op: 'lock', name: lock, kind: 'rwsem', mode: b < 0.5 ? 'read' : 'write' })
      }
    } else if (op === 8) out.push({ op: 'stall', disk: a < 0.5 ? 'vda' : 'vdb', ms: 10 + 4000 * b })
    else out.push({ op: 'sleep', ms: Math.ceil(a * 400) })
  }
  return out
}

const unit = fc.integer({ min: 0, max: 999 }).map((n) => n / 1000)
const step: fc.Arbitrary<Step> = fc.record({ op: fc.integer({ min: 0, max: 10 }).map((op) => (op === 10 ? 1 : op)), a: unit, b: unit })

const anyFaults: fc.Arbitrary<{ readonly input: Scenario; readonly kills: readonly number[] }> = fc.noBias(fc.record({
  mib: fc.constantFrom(4, 8, 16), shape: fc.integer({ min: 0, max: 2 }), cpus: fc.integer({ min: 1, max: 3 }), swap: fc.constantFrom(0, 0, 20, 3000, 20_000), tags: fc.constantFrom(1, 4, 64), iops: fc.constantFrom(0, 30, 400),
  preemption: fc.constantFrom('none' as const, 'voluntary' as const, 'full' as const), overcommit: fc.constantFrom(0.5, 1.2, 2), minFree: fc.constantFrom(0, 128, 2000),
  steps: fc.array(fc.array(step, { minLength: 2, maxLength: 12 }), { minLength: 1, maxLength: 5 }), stalls: fc.array(fc.tuple(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 1, max: 5000 })), { maxLength: 3 }),
  kills: fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 4 }), panic: fc.constantFrom(0, 0, 1), hung: fc.constantFrom(1, 2, 120),
})).map((p) => {
  const pages = p.mib * MIB
  const disk = { tags: p.tags, iops: p.iops, maxRequestKb: 64, burstMs: 5, stalls: p.stalls.map(([atMs, ms]) => ({ atMs, ms })) }
  const processes: ProcessSpec[] = p.steps.map((steps, i) => ({ name: `p${i}`, phases: phases(steps, Math.max(64, Math.floor((pages * p.overcommit) / p.steps.length))) }))
  return {
    kills: p.kills,
    input: scenario({
      machine: machine({ zones: zones(pages, p.shape), cpus: p.cpus, swapPages: p.swap, disk, swapDisk: disk, preemption: p.preemption }), files: FILE, processes, durationMs: DURATION_MS, sampleMs: 100,
      sysctls: { ...(p.minFree > 0 ? { 'vm.min_free_kbytes': p.minFree } : {}), 'vm.panic_on_oom': p.panic, 'kernel.hung_task_timeout_secs': p.hung, 'kernel.hung_task_warnings': -1 },
    }),
  }
})

for (const kernel of KERNELS) test(`random work under random faults: ${kernel.name}`, () => {
  const runs = share(RUNS, kernel)
  const seen = { done: 0, time: 0, stuck: 0, panic: 0, kills: 0, reaped: 0, hung: 0, stalls: 0, killed: 0 }
  fc.assert(fc.property(anyFaults, fc.integer({ min: 0, max: 2 ** 31 }), ({ input, kills }, seed) => {
    let steps = 0
    const { recording, mm } = run(fit(input, kernel), {
      kernel, everyTurns: EVERY, seed, maxTurns: 4_000_000, watch: (m) => {
        steps++
        const victims = m.tasks.filter((task) => !task.kthread && !task.exited)
        if (kills.includes(steps) && victims.length > 0) {
          sendSigkill(m, victims[(steps * 7) % victims.length])
          seen.killed++
        }
      },
    })
    expectIdentities(recording)
    const { end, diagnosis, stalls } = recording.summary
    if (end === 'cancelled') throw new Error('nobody cancelled')
    seen[end]++
    if (end === 'stuck') expect(diagnosis).toMatch(/waits for/)
    if (end === 'panic') expect(diagnosis).toMatch(/Kernel panic/)
    // A deadlock is told at once; what only waits for a disk or a timer is not called one.
    if (end === 'stuck') expect(diagnosis).toMatch(/a deadlock|held by/)
    for (const one of stalls.worst) expect(Object.values(one.parts).reduce((sum, ns) => sum + ns, 0)).toBeCloseTo(one.duration, 2)
    const count = (kind: string): number => recording.events.filter((event) => event.kind === kind).length
    seen.kills += recording.summary.delta['oom_kill']
    seen.reaped += count('oom_reap')
    seen.hung += count('sched_process_hang')
    seen.stalls += stalls.count
    for (const task of mm.tasks) if (task.exited) expect([task.rssAnon, task.rssFile, task.swapents, task.locks.length]).toEqual([0, 0, 0, 0])
  }), { numRuns: runs, seed: SEED, endOnFailure: true, ...(PATH === undefined ? {} : { path: PATH }) })
  if (kernel === KERNELS[0] && runs >= 30) for (const what of ['done', 'panic', 'kills', 'hung', 'stalls', 'killed'] as const) expect(seen[what], what).toBeGreaterThan(0)
})
