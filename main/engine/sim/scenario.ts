/**
 * A scenario: machine, sysctls, devices and workload as plain, validated data. `main/lab/scenario-schema.ts` validates what people write; the engine
 * trusts what it gets and only asserts. Units: pages of 4 KiB unless a name says Ms, Us, Kb or Bytes.
 */

/** Text in the languages of the UI. */
export interface Text {
  readonly en: string
  readonly zh: string
}

export type ZoneName = 'DMA' | 'DMA32' | 'Normal' | 'Movable'

/** LRU sizes when the run starts; the engine fills them with pages of a resident process and a resident file. */
export interface ZoneLru {
  readonly inactiveAnon: number
  readonly activeAnon: number
  readonly inactiveFile: number
  readonly activeFile: number
  readonly unevictable: number
}

export interface ZoneSpec {
  readonly node: number
  readonly name: ZoneName
  readonly managed: number
  /** Defaults to managed. */
  readonly present?: number
  readonly spanned?: number
  /** Managed pages when the marks were first computed, if that was fewer (initrd memory freed later). Defaults to managed. */
  readonly managedAtWmarkSetup?: number
  /** Free pages at the start; the rest of managed, less LRU and pcp, is kernel memory. Defaults to managed. */
  readonly free?: number
  /** Free blocks by order 0..10 at the start (/proc/buddyinfo). Must sum to `free`. Defaults to the largest blocks possible. */
  readonly freeByOrder?: readonly number[]
  /** Pages in the per-cpu lists at the start. Defaults to 0. */
  readonly pcp?: number
  readonly lru?: ZoneLru
  /** Marks to start with, when they were not what the formula gives (boot values). A later sysctl write recomputes them. */
  readonly marks?: { readonly min: number; readonly low: number; readonly high: number }
}

/** A disk. Disks with the same `throttle` share one pair of leaky buckets. */
export interface DiskSpec {
  readonly name: string
  readonly readLatencyUs: number
  readonly writeLatencyUs: number
  /** Requests a second; 0 = no limit. */
  readonly iops: number
  readonly bytesPerSec: number
  /** Bucket size as time at the full rate. */
  readonly burstMs: number
  /** Requests in flight before submitters sleep (nr_requests). */
  readonly tags: number
  /** Largest merged request, kB (max_sectors_kb). */
  readonly maxRequestKb: number
  /** Most segments a request may have (virtio: queue size - 2). Each page written to swap is one; set it for swap partitions. Defaults to no limit. */
  readonly maxSegments?: number
  /** A disk that turns: swap on it is taken slot by slot and read ahead by slots. Defaults to 0. */
  readonly rotational?: 0 | 1
  /** Fault injection: from `atMs` on the disk answers nothing for `ms`. Requests wait, in the order in which they would have ended. */
  readonly stalls?: readonly { readonly atMs: number; readonly ms: number }[]
  /** Readahead window, pages (read_ahead_kb / 4). */
  readonly readaheadPages: number
  readonly throttle?: string
}

/**
 * One kind of page among those that go to zram, and its share of them, over 0 to 1: `same` pages hold one repeated word and take no memory; others compress to a length between
 * the two of `bytes`, drawn evenly. From 3257 bytes on a page is stored whole.
 */
export type CompressedShare =
  | { readonly share: number; readonly same: 1 }
  | { readonly share: number; readonly bytes: readonly [number, number] }

export type SwapSpec =
  | { readonly kind: 'disk'; readonly disk: string; readonly pages: number; readonly priority: number }
  /**
   * `pages` is its disksize, `memLimitPages` its mem_limit: writes fail while the pool holds more; 0, the default, is no limit. How a page compresses is drawn for each that no
   * `rw: 'f'` touch filled: from `compressed`, whose shares add up to 1, or evenly between the two lengths of `compressedBytes`, which defaults to 800 and 2200.
   */
  | {
    readonly kind: 'zram'; readonly pages: number; readonly priority: number; readonly compressedBytes?: readonly [number, number]; readonly compressed?: readonly CompressedShare[]
    readonly memLimitPages?: number
  }

/** What a node's memory is already used for, pages, where the machine's files told it. Kept as unmovable or reclaimable kernel memory. */
export interface KernelMemory {
  readonly slabReclaimable: number
  readonly slabUnreclaimable: number
  readonly pageTables: number
  readonly kernelStack: number
}

export interface Machine {
  readonly cpus: number
  /** A named cost profile: `emulated-1ghz`, `server`, `phone`. */
  readonly profile: string
  readonly preemption: 'none' | 'voluntary' | 'full'
  /** Timer ticks a second. */
  readonly hz: number
  /** By node, then zone index. */
  readonly zones: readonly ZoneSpec[]
  /** Distances between nodes, row by row; defaults to 10 on the diagonal and 20 elsewhere. */
  readonly distances?: readonly (readonly number[])[]
  readonly disks: readonly DiskSpec[]
  readonly swap: readonly SwapSpec[]
  readonly thp: 'never' | 'madvise' | 'always'
  /** A cleared accessed bit is set again only by a touch after the next TLB flush; flushes come every so many µs. Defaults to 0: at once. */
  readonly tlbFlushUs?: number
  readonly kernelMemory?: KernelMemory
}

/** A file: on a disk, or of tmpfs. */
export interface FileSpec {
  readonly path: string
  readonly pages: number
  /** Absent of a tmpfs file. */
  readonly disk?: string
  /** 1: shared memory; a hole at the start, swap-backed, kept until it is truncated. */
  readonly tmpfs?: 0 | 1
  /** 1: made by fallocate; its blocks were never written. */
  readonly preallocated?: 0 | 1
}

/**
 * A tree of small files, each of one page, in directories of `filesPerDirectory` (default 32): what `stat` phases walk. Where there is one, dentries and inodes of its disk's file
 * system (ext4) are kept in slab memory, those of the files named in `files` too.
 */
export interface TreeSpec {
  readonly path: string
  readonly files: number
  readonly filesPerDirectory?: number
  readonly disk: string
}

/**
 * How a phase visits pages: index i -> page. `seq`: start + (i mod len) * stride; `rand`: uniform; `zipf`: exponent `s`, page 0 hottest; `list`: start + list[i mod len], as a
 * trace recorded them.
 */
export interface Pattern {
  readonly pat: 'seq' | 'rand' | 'zipf' | 'list'
  readonly start: number
  readonly len: number
  readonly count: number
  /** Touches a second, on a 5 ms grid; 0 = as fast as it goes. */
  readonly rate: number
  readonly s?: number
  readonly stride?: number
  /** `len` pages in the order of their touches. */
  readonly list?: readonly number[]
  /** When touch i of a list is due, ms since the workload started, in order. A touch that comes late is followed by the next at once. Without it `rate` says. */
  readonly atMs?: readonly number[]
  /** mulberry32 state. Without it the run's seed and the phase's place give one. */
  readonly seed?: number
  /** Ends the phase at the first check after this many ms. */
  readonly dur?: number
}

export type Phase =
  | { readonly op: 'map'; readonly r: string; readonly pages: number; readonly huge?: 0 | 1; readonly exec?: 0 | 1 }
  | { readonly op: 'unmap'; readonly r: string }
  | { readonly op: 'dontneed'; readonly r: string; readonly start: number; readonly len: number; readonly stride: number; readonly run: number }
  | { readonly op: 'open' | 'mmapf'; readonly r: string; readonly path: string; readonly pages: number; readonly adv: 'normal' | 'random' | 'seq'; readonly exec?: 0 | 1 }
  | ({ readonly op: 'touch'; readonly r: string; readonly rw: 'r' | 'w' | 'f'; readonly fillb?: number } & Pattern)
  | ({ readonly op: 'fread' | 'fwrite'; readonly r: string } & Pattern)
  /**
   * Looks up files of the tree at `path` as find or updatedb do; the pattern's pages are file numbers. What is not cached is read from the file system's directories and inode table.
   * `read`: each file is opened and its page read. `keepOpen`: each stays open until the process ends.
   */
  | ({ readonly op: 'stat'; readonly path: string; readonly read?: 0 | 1; readonly keepOpen?: 0 | 1 } & Pattern)
  | { readonly op: 'fsync'; readonly r: string }
  /** posix_fadvise on pages of an open or mapped file. */
  | { readonly op: 'fadvise'; readonly r: string; readonly advice: 'dontneed'; readonly start: number; readonly len: number }
  /** The file loses its cached pages from `start` on, dirty or not; a tmpfs file also what it has in swap. */
  | { readonly op: 'truncate'; readonly r: string; readonly start: number }
  /** Writes `what` to /proc/sys/vm/drop_caches: 1 page cache, 2 slab, 3 both. */
  | { readonly op: 'drop_caches'; readonly what: 1 | 2 | 3 }
  /** Uses the CPU for `us` every so many ms, `count` times: a sampler, a ticker, any daemon's own work. `statRefresh` 1: writes vm.stat_refresh first each time, as one who reads exact counters does. */
  | { readonly op: 'work'; readonly us: number; readonly everyMs: number; readonly count: number; readonly statRefresh?: 0 | 1 }
  /**
   * Network receive: `count` bursts, one every `everyMs`, each of `pages` pages asked for in blocks of 2^order with GFP_ATOMIC from an interrupt. What can't be had is dropped;
   * what was received is given back `holdMs` later. The process itself sleeps until all is given back.
   */
  | { readonly op: 'netrx'; readonly pages: number; readonly order: number; readonly everyMs: number; readonly count: number; readonly holdMs: number }
  /**
   * Takes a sleeping lock of this name, which all processes share, and waits for it in uninterruptible sleep. `mode` is for an rwsem; `permits` for a semaphore: how many it admits (1).
   * The rwsem `mmap_lock` is the process's own, `mmap_lock:<process>` another one's; only the OOM reaper takes it by itself.
   */
  | { readonly op: 'lock'; readonly name: string; readonly kind: 'mutex' | 'rwsem' | 'semaphore'; readonly mode?: 'read' | 'write'; readonly permits?: number }
  | { readonly op: 'unlock'; readonly name: string }
  /** Fault injection: from now on the disk answers nothing for `ms`. */
  | { readonly op: 'stall'; readonly disk: string; readonly ms: number }
  | { readonly op: 'sleep'; readonly ms: number }
  | { readonly op: 'at'; readonly ms: number }
  | { readonly op: 'signal'; readonly k: number }
  | { readonly op: 'await'; readonly k: number; readonly n: number }
  | { readonly op: 'sysctl'; readonly path: string; readonly v: number | string }
  /** Writes to a file of a memory cgroup: pages, but for memory.swappiness and memory.oom.group; "max" takes a limit away. The process does the reclaim that this causes. */
  | { readonly op: 'memcg'; readonly path: string; readonly knob: MemcgKnob; readonly v: number | 'max' }
  /** Removes a memory cgroup that no process lives in any more. */
  | { readonly op: 'rmdir'; readonly path: string }
  | { readonly op: 'snap'; readonly label: string; readonly set1?: string; readonly set2?: string; readonly set3?: string }
  | { readonly op: 'exit' }


/** Files of a memory cgroup that can be written: those of v2, then those of v1. */
export type MemcgKnob =
  | 'memory.min' | 'memory.low' | 'memory.high' | 'memory.max' | 'memory.reclaim' | 'memory.swap.high' | 'memory.swap.max' | 'memory.oom.group'
  | 'memory.limit_in_bytes' | 'memory.soft_limit_in_bytes' | 'memory.swappiness'

/** A memory cgroup when the run starts. What is left out has no limit, or no protection. */
export interface MemcgSpec {
  /** `a`, or `a/b` for a group below `a`. */
  readonly path: string
  /** memory.min, memory.low: pages that reclaim leaves alone, always or while others have something to give. v2 only. */
  readonly min?: number
  readonly low?: number
  /** memory.high: pages above which its processes must reclaim and wait. v2 only. */
  readonly high?: number
  /** memory.max, or memory.limit_in_bytes in v1: pages it can't exceed. */
  readonly max?: number
  /** memory.swap.high, memory.swap.max: swap slots. v2 only. */
  readonly swapHigh?: number
  readonly swapMax?: number
  /** memory.soft_limit_in_bytes, pages: who is above it gives first. v1 only. */
  readonly softLimit?: number
  /** memory.swappiness, 0..200; defaults to the parent's, at last vm.swappiness. v1 only. */
  readonly swappiness?: number
  /** memory.oom.group: the OOM killer takes all of it or nothing. v2 only. */
  readonly oomGroup?: 0 | 1
}

/** How memory cgroups are mounted. */
export interface CgroupSpec {
  /** Defaults to 2. */
  readonly version?: 1 | 2
  /** Mount option memory_recursiveprot: protection of a group that its children don't claim is shared by them. Defaults to 1, as systemd mounts it. v2 only. */
  readonly recursiveProt?: 0 | 1
}

export interface ProcessSpec {
  readonly name: string
  readonly phases: readonly Phase[]
  /** Defaults to 0; -20..19. */
  readonly nice?: number
  /** Defaults to 0; -1000..1000. */
  readonly oomScoreAdj?: number
  /** The run ends without waiting for it. */
  readonly daemon?: 0 | 1
  /** NUMA node on one of whose CPUs it runs. CPUs are dealt to nodes in turn, and so are processes to CPUs where this is absent. */
  readonly node?: number
  /** Path of its memory cgroup; absent: the root. */
  readonly memcg?: string
}

export interface Scenario {
  readonly format: 1
  /** Lower-case words joined by `-`. */
  readonly id: string
  readonly title: Text
  readonly about: Text
  readonly machine: Machine
  /** Values that differ from the kernel's defaults, e.g. `vm.swappiness`. */
  readonly sysctls: Readonly<Record<string, number | readonly number[]>>
  readonly files: readonly FileSpec[]
  readonly trees?: readonly TreeSpec[]
  /** Memory cgroups besides the root, in the order in which they were made. */
  readonly memcgs?: readonly MemcgSpec[]
  readonly cgroup?: CgroupSpec
  /** All start at T0. */
  readonly processes: readonly ProcessSpec[]
  /** Virtual time after which the run is cut; it ends earlier when every process has ended. */
  readonly durationMs: number
  /** Sampling interval of the series. */
  readonly sampleMs: number
  /** Allocations that take at least this long are looked into: where their time went. Defaults to 1. */
  readonly slowAllocMs?: number
}
