/** Scenarios and sysctls for the tests of the lab's own rooms. */
import type { Scenario } from '../../main/engine/sim/scenario'
import type { KernelSysctls } from '../../main/lab/scenario-schema'
import linux515 from '../../plugins/kernels/linux-5.15'

/** The watermark sysctls of 5.15 and a few of the rest, so that these tests don't hang on the full kernel. */
export const SYSCTLS: KernelSysctls = {
  ...linux515.sysctls,
  'vm.watermark_scale_factor': { ...linux515.sysctls['vm.watermark_scale_factor'], max: 3000 },
  'vm.swappiness': { default: 60, min: 0, max: 200, unit: 'ratio', about: '' },
  'vm.page-cluster': { default: 3, min: 0, max: 31, unit: 'log2 pages', about: '' },
  'vm.dirty_ratio': { default: 20, min: 0, max: 100, unit: '%', about: '' },
  'vm.dirty_background_ratio': { default: 10, min: 0, max: 100, unit: '%', about: '' },
}

export function sample(): Scenario {
  return {
    format: 1, id: 'sample', title: { en: 'Sample', zh: '示例' }, about: { en: '', zh: '' },
    machine: {
      cpus: 1, profile: 'server', preemption: 'voluntary', hz: 250, thp: 'never',
      zones: [
        { node: 0, name: 'DMA', managed: 3840 },
        { node: 0, name: 'DMA32', managed: 51_809, present: 61_402, free: 40_000, pcp: 52, lru: { inactiveAnon: 10, activeAnon: 20, inactiveFile: 30, activeFile: 40, unevictable: 0 } },
      ],
      disks: [{ name: 'vda', readLatencyUs: 100, writeLatencyUs: 100, iops: 2000, bytesPerSec: 100_000_000, burstMs: 100, tags: 256, maxRequestKb: 1280, readaheadPages: 32 }],
      swap: [{ kind: 'disk', disk: 'vda', pages: 1000, priority: -2 }],
    },
    sysctls: { 'vm.swappiness': 10 },
    files: [{ path: '/mnt/big.dat', pages: 1000, disk: 'vda' }],
    processes: [
      { name: 'hog', phases: [
        { op: 'map', r: 'A', pages: 100 },
        { op: 'touch', r: 'A', pat: 'seq', start: 0, len: 100, count: 100, rate: 0, rw: 'w' },
        { op: 'signal', k: 1 },
      ] },
      { name: 'reader', phases: [
        { op: 'await', k: 1, n: 1 },
        { op: 'open', r: 'F', path: '/mnt/big.dat', pages: 1000, adv: 'random' },
        { op: 'fread', r: 'F', pat: 'zipf', s: 1, start: 0, len: 1000, count: 500, rate: 100, seed: 7 },
        { op: 'sysctl', path: 'vm.min_free_kbytes', v: '8000' },
        { op: 'snap', label: 'end', set1: 'lowmem_reserve_ratio:128,128,32,0,0' },
      ] },
    ],
    durationMs: 10_000, sampleMs: 100,
  }
}
