/** What the three swappiness presets share: programs and page cache that don't fit together, the same work at four values of vm.swappiness, each on its own machine. */
import type { Variant } from '../../../preload/contract'
import type { Machine, ProcessSpec, SwapSpec } from '../../engine'
import { MEASURED_SYSCTLS, measuredGuest, ssd } from './machines'
import { hog, open, signal, wait } from './phases'

const HEAP = 100_000
const FILE = 60_000
/** The program's touches, at its own pace: some pages often, most of them seldom. */
const TOUCHES = 240_000
const TOUCHES_PER_SECOND = 40_000
/** The server's reads, as fast as they are served: every page about as often as any other. */
const READS = 120_000

/** 469 MiB, files on an SSD. */
export function swappinessMachine(swap: readonly SwapSpec[]): Machine {
  return { ...measuredGuest(0), profile: 'server', disks: [ssd('vda'), ssd('vdb')], swap }
}

const processes: readonly ProcessSpec[] = [
  { name: 'app', phases: [...hog('heap', HEAP), signal(1), { op: 'touch', r: 'heap', rw: 'w', pat: 'zipf', s: 0.9, start: 0, len: HEAP, count: TOUCHES, rate: TOUCHES_PER_SECOND }, wait(2)] },
  { name: 'reader', phases: [wait(1), open('data', '/srv/data', FILE, 'random'), { op: 'fread', r: 'data', pat: 'zipf', s: 0.3, start: 0, len: FILE, count: READS, rate: 0 }, signal(2)] },
]

/** The base has the default, 60. */
const variants: readonly Variant[] = [0, 100, 200].map((value) => ({ label: `swappiness ${value}`, set: { 'vm.swappiness': value } }))

export const SWAPPINESS = { sysctls: MEASURED_SYSCTLS, files: [{ path: '/srv/data', pages: FILE, disk: 'vda' }], processes, variants, durationMs: 30_000, seeds: 2 }
