/** The machines that presets run on. */
import type { DiskSpec, Machine, SwapSpec } from '../../engine'

/** An SSD such as a server of the articles' time has; files on `vda`, swap on `vdb`, one device below both. */
export function ssd(name: string): DiskSpec {
  return { name, readLatencyUs: 100, writeLatencyUs: 60, iops: 20_000, bytesPerSec: 500_000_000, burstMs: 100, tags: 256, maxRequestKb: 1280, readaheadPages: 32, throttle: 'ssd' }
}

/** The two disks of the measured guest: 2000 requests and 100 MB a second together. Their own latency spreads from 8 µs to some 100; single reads took 66 to 150 µs in the mean, depending on the run. */
export function measuredDisk(name: string): DiskSpec {
  return { name, readLatencyUs: 60, writeLatencyUs: 60, iops: 2000, bytesPerSec: 100_000_000, burstMs: 100, tags: 256, maxRequestKb: 1280, readaheadPages: 32, throttle: 'shared' }
}

const swapOn = (pages: number): readonly SwapSpec[] => (pages > 0 ? [{ kind: 'disk', disk: 'vdb', pages, priority: -2 }] : [])

export interface Seed000 {
  /** Free pages of DMA32 and Normal; the article prints them before and after raising min_free_kbytes. */
  readonly free: readonly [dma32: number, normal: number]
  readonly swapPages: number
}

/**
 * The 4 GiB machine of seed 000: `managed` and `free` as printed. DMA32 managed fewer pages when the marks were first computed (752,563 to 752,813 follow from
 * the printed marks), so the formula gives the boot marks and min_free_kbytes 8000 exactly. What Normal's used pages hold is not printed and assumed.
 */
export function seed000Machine({ free: [dma32, normal], swapPages }: Seed000): Machine {
  return {
    cpus: 1, profile: 'server', preemption: 'voluntary', hz: 250, thp: 'never',
    zones: [
      { node: 0, name: 'DMA', managed: 3840, present: 3998, spanned: 4095, free: 3840 },
      { node: 0, name: 'DMA32', managed: 758_592, managedAtWmarkSetup: 752_700, free: dma32 },
      { node: 0, name: 'Normal', managed: 243_597, free: normal, lru: { inactiveAnon: 0, activeAnon: 6000, inactiveFile: 40_000, activeFile: 10_000, unevictable: 0 } },
    ],
    disks: [ssd('vda'), ssd('vdb')],
    swap: swapOn(swapPages),
    kernelMemory: { slabReclaimable: 8000, slabUnreclaimable: 6000, pageTables: 300, kernelStack: 400 },
  }
}

/** A 512 MiB guest whose reclaim was measured under linux-6.1: zones and free pages as read there, almost nothing on the LRU lists. */
export function measuredGuest(swapPages: number): Machine {
  return {
    cpus: 1, profile: 'emulated-1ghz', preemption: 'voluntary', hz: 250, thp: 'never',
    zones: [
      { node: 0, name: 'DMA', managed: 3840, present: 3998, spanned: 4095, free: 3808, freeByOrder: [0, 0, 0, 0, 0, 1, 1, 1, 0, 1, 3] },
      { node: 0, name: 'DMA32', managed: 116_225, present: 126_938, spanned: 126_938, free: 107_912, freeByOrder: [0, 2, 3, 1, 1, 1, 7, 7, 4, 4, 101], pcp: 133, lru: { inactiveAnon: 0, activeAnon: 0, inactiveFile: 18, activeFile: 0, unevictable: 1310 } },
    ],
    disks: [measuredDisk('vda'), measuredDisk('vdb')],
    swap: swapOn(swapPages),
    kernelMemory: { slabReclaimable: 2325, slabUnreclaimable: 1815, pageTables: 29, kernelStack: 200 },
  }
}

/** What the measured guest had written or computed, where a machine of its printed sizes would get another value. */
export const MEASURED_SYSCTLS = { 'vm.min_free_kbytes': 2742 } as const
