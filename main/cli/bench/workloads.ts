/** What the benchmark runs: small machines whose workload keeps one part of the engine busy. */
import type { Machine, Phase, Scenario } from '../../engine'

const FAST_DISK = {
  name: 'fast', readLatencyUs: 20, writeLatencyUs: 20, iops: 0, bytesPerSec: 0, burstMs: 0, tags: 256, maxRequestKb: 1280, readaheadPages: 32,
} as const

export const GIB_PAGES = 262_144

function machine(pages: number): Machine {
  return { cpus: 1, profile: 'server', preemption: 'none', hz: 250, zones: [{ node: 0, name: 'Normal', managed: pages }], disks: [FAST_DISK], swap: [], thp: 'never' }
}

/** Samples every 10 ms of virtual time: the simulation can be looked at that often, and a step ends soon enough to be timed. */
function scenario(id: string, phases: readonly Phase[], files: Scenario['files'] = [], memoryPages = GIB_PAGES): Scenario {
  const title = { en: id, zh: id }
  return { format: 1, id, title, about: title, machine: machine(memoryPages), sysctls: {}, files, processes: [{ name: 'bench', phases }], durationMs: 3_600_000, sampleMs: 10 }
}

export const RESIDENT_PAGES = 200_000

/** First every page once, then hits only: zipf, s = 1. */
export function residentTouches(count: number): Scenario {
  return scenario('bench-touches', [
    { op: 'map', r: 'heap', pages: RESIDENT_PAGES },
    { op: 'touch', r: 'heap', rw: 'w', pat: 'seq', start: 0, len: RESIDENT_PAGES, count: RESIDENT_PAGES, rate: 0 },
    { op: 'touch', r: 'heap', rw: 'r', pat: 'zipf', s: 1, start: 0, len: RESIDENT_PAGES, count, rate: 0, seed: 7 },
  ])
}

export const CACHED_PAGES = 4 * 240_000
const HEAP_PAGES = 4 * 230_000

/** Memory full of clean file pages, then given up to a program that fills memory of its own: nothing but faults, scans and frees, a scan a page. */
export function cacheGivenUp(): Scenario {
  return scenario('bench-scan', [
    { op: 'open', r: 'file', path: '/bench', pages: CACHED_PAGES, adv: 'normal' },
    { op: 'fread', r: 'file', pat: 'seq', start: 0, len: CACHED_PAGES, count: CACHED_PAGES, rate: 0 },
    { op: 'map', r: 'heap', pages: HEAP_PAGES },
    { op: 'touch', r: 'heap', rw: 'w', pat: 'seq', start: 0, len: HEAP_PAGES, count: HEAP_PAGES, rate: 0 },
  ], [{ path: '/bench', pages: CACHED_PAGES, disk: 'fast' }], 4 * GIB_PAGES)
}

/** A file four times as large as memory, read through: every page is read, scanned and reclaimed once. */
export function streamingScan(passes: number): Scenario {
  const pages = 4 * GIB_PAGES
  return scenario('bench-read', [
    { op: 'open', r: 'file', path: '/bench', pages, adv: 'normal' },
    { op: 'fread', r: 'file', pat: 'seq', start: 0, len: pages, count: pages * passes, rate: 0 },
  ], [{ path: '/bench', pages, disk: 'fast' }])
}

/** Mapped file pages touched at random over 1.5 times the memory: most of what reclaim looks at was referenced and goes round again. */
export function referencedScan(count: number, memoryPages = GIB_PAGES): Scenario {
  const pages = Math.floor(1.5 * memoryPages)
  return scenario('bench-referenced', [
    { op: 'mmapf', r: 'file', path: '/bench', pages, adv: 'random' },
    { op: 'touch', r: 'file', rw: 'r', pat: 'zipf', s: 0.6, start: 0, len: pages, count, rate: 0, seed: 11 },
  ], [{ path: '/bench', pages, disk: 'fast' }], memoryPages)
}

const BURST_PAGES = 512
const BURST_MS = 0.5

/**
 * Pages taken and given back at once, 512 at a time, by network bursts that hold nothing. Order 0 stays in the per-cpu lists, which are longer than a burst;
 * order 4 is more than they hold, so each block is split from a large one and merged into it again.
 */
export function allocFreePairs(pairs: number, order: 0 | 4): Scenario {
  const count = Math.ceil((pairs << order) / BURST_PAGES)
  return scenario('bench-alloc', [{ op: 'netrx', pages: BURST_PAGES, order, everyMs: BURST_MS, count, holdMs: 0 }])
}

/** The two hooks that policies have most often: one asked a pass, one asked a folio. */
export const VERDICT_POLICY = `import { definePolicy, FOLIOREF_KEEP } from 'reclaim-lab'

export default definePolicy({
  api: 1,
  name: 'verdicts',
  hooks: {
    scanBalance(args) {
      return args.fileIsTiny ? { mode: 'anon', anon: 1, file: 0 } : undefined
    },
    folioReferences(young, facts) {
      return young > 8 ? FOLIOREF_KEEP : undefined
    },
  },
})
`

/** A policy with no hooks: what being a policy costs. */
export const EMPTY_POLICY = `import { definePolicy } from 'reclaim-lab'

export default definePolicy({ api: 1, name: 'empty' })
`
