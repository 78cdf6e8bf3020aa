/** What the presets about hung tasks share: a small machine whose swap can't keep up, and those who fill it. */
import type { Machine, ProcessSpec } from '../../engine'
import { hog } from './phases'

const MIB = 256
const SIZE = 64 * MIB
const HOGS = 8

/** 64 MiB with swap on a worn memory card: twenty pages a second, one at a time. */
export const SLOW_SWAP_MACHINE: Machine = {
  cpus: 2, profile: 'phone', preemption: 'voluntary', hz: 250, thp: 'never', zones: [{ node: 0, name: 'Normal', managed: SIZE }],
  disks: [{ name: 'vda', readLatencyUs: 20_000, writeLatencyUs: 40_000, iops: 20, bytesPerSec: 0, burstMs: 50, tags: 64, maxRequestKb: 4, readaheadPages: 4 }],
  swap: [{ kind: 'disk', disk: 'vda', pages: 40_000, priority: -2 }],
}

export const SLOW_SWAP_HOGS: readonly ProcessSpec[] = Array.from({ length: HOGS }, (_, i) => ({ name: `hog-${i + 1}`, phases: hog('heap', SIZE / 2) }))
