/**
 * CPU time of the kernel's and the workload's work, by named machine. Every cost is exclusive: what a sequence takes is the sum of the costs it passes, e.g. a first
 * touch is minorFaultAnon + allocPcp, every 15th also 15 * lruAddPage, and every pcp refill its pages. All are integers of nanoseconds of one CPU.
 *
 * `emulated-1ghz` is the machine of the recorded runs: an emulator that takes exactly 1 ns an instruction and has no caches. It is calibrated once on those runs; where a
 * comment gives a sum, that sum was measured and the split into its parts is judged from instruction counts of similar work. `server` and `phone` were not
 * measured here: they carry figures of the usual order for a 3 GHz server core and a 2 GHz middle core of a phone, for experiments on time rather than prediction.
 */
export interface CostProfile {
  /** A load or store to a mapped page, as its latency is measured. Measured: 88. */
  readonly touchHit: number
  /** The workload's own work around each touch, read or write, outside the measured latency. Measured: 115. */
  readonly touchLoop: number
  /** Filling 1 KiB of a page with noise (`rw: 'f'`). Measured: 3.5 µs for 2 KiB. */
  readonly fillKib: number

  /** First touch of anonymous memory: fault, zeroing, PTE, charge; without the page's allocation. Measured with allocPcp: 6.07 µs. */
  readonly minorFaultAnon: number
  /** Fault on a cached file page, first page included. Each further page that fault-around maps: faultAroundPage. Measured: 7.9 µs for 16 pages. */
  readonly minorFaultFile: number
  readonly faultAroundPage: number
  /** Fault on a page found in the swap cache. Measured: 2.2 µs. */
  readonly minorFaultSwapCache: number
  /** What a fault that waits for IO costs beyond a minor one: dropping the lock and entering again. */
  readonly majorFaultOverhead: number

  /** pread of 4096 cached bytes: system call, lookup, copy. Measured: 5.4 µs. */
  readonly readHit: number
  /** Entering readahead or a read of a missing page, once per attempt; its pages cost readaheadPage, its IO ioSubmit. */
  readonly readMissOverhead: number
  /** Putting one new page into the page cache and its bio; without allocation. Measured with allocPcp, refill and lruAddPage: 2.15 µs. */
  readonly readaheadPage: number
  /** pwrite of 4096 bytes over a cached page. Measured: 6.4 µs. A page that must be added costs writeNewPage more. Measured with allocPcp: +2.2 µs. */
  readonly writeHit: number
  readonly writeNewPage: number

  /** A page from the per-cpu list. */
  readonly allocPcp: number
  /** Per page moved from the buddy lists into a per-cpu list. Measured: 206 to 220. */
  readonly allocBuddyRefillPage: number
  /** A page given back to the per-cpu list. */
  readonly freePage: number
  /** Per page moved from a per-cpu list to the buddy lists. Measured: about 290. */
  readonly freeBuddyPage: number
  /** Slow path of the allocator: entry, waking kswapd, the second try; without reclaim. Measured: hog300M under pressure faults at 7.6 µs a page beside kswapd, 0.8 more than above LOW. */
  readonly slowpathOverhead: number

  /** Per page of an LRU batch that is emptied into the lists. Measured: 4.6 µs for 15. */
  readonly lruAddPage: number
  /** Isolating a page from an LRU list, or skipping it there. Measured on skipped ones: 47. */
  readonly scanPage: number
  /** shrink_folio_list per page: lock, judge, put back. Measured for a clean page freed, with scanPage, removeMapping, freePage and freeBuddyPage: 1.84 µs. */
  readonly shrinkPage: number
  /** Walking a mapped page's PTEs for accessed bits (folio_referenced). Measured for a page kept, with scanPage and shrinkPage: 1.32 µs. */
  readonly referencedPage: number
  /** Taking a clean page out of page cache or swap cache, shadow included (__remove_mapping). */
  readonly removeMapping: number
  /** shrink_active_list per page. Measured with scanPage: 0.70 µs. */
  readonly scanActivePage: number
  /** try_to_unmap of a page. */
  readonly unmapPage: number
  /** Ageing by page tables (MGLRU): a table visited, an entry of it looked at, a young one taken. */
  readonly walkTable: number
  readonly walkPte: number
  readonly walkYoungPte: number
  /** Sorting or isolating a folio of a generation (MGLRU), beyond scanPage. Measured with it: 0.21 µs. */
  readonly sortPage: number
  /** balance_pgdat once: waking up, checking, going back to sleep, both switches. Measured with one shrinkNodePass: 27 µs. */
  readonly kswapdPassOverhead: number
  /** One pass over a node (one priority), by kswapd or a direct reclaimer; pages apart. Measured: 5.0 to 5.8 µs. */
  readonly shrinkNodePass: number

  /** Swap slot, swap cache and pageout of one page. Measured for a page sent to disk, with scanPage, shrinkPage, referencedPage, unmapPage and ioSubmit: 6.6 µs. */
  readonly swapOutSubmit: number
  /** Fault on a page in swap: lookup, slot, PTE; without allocation and IO. Measured with allocPcp and zramDecompress: 6.3 µs. */
  readonly swapInOverhead: number
  /** A bio through submit_bio: merged, queued or sent. */
  readonly ioSubmit: number
  /** A completed request: interrupt, end of its bios. */
  readonly ioComplete: number
  /** Per page of a completed write: end of writeback, rotation. */
  readonly endWritebackPage: number
  /** Compressing a half-random page and storing it. From the fill of family H, beside faults and scans: 24.5 µs. */
  readonly zramCompress: number
  readonly zramDecompress: number
  /** A page of one repeated word: finding that out, or filling a page with it. Judged: 512 words. */
  readonly zramSameFilled: number

  /** Judged from instruction counts, not measured: stat() of a cached path; what a path that is not cached costs beyond it, without its pages and its IO. */
  readonly statHit: number
  readonly statMiss: number
  /** Judged likewise: a shrinker looks at one dentry or inode; one is freed. */
  readonly shrinkerObject: number
  readonly shrinkerFree: number

  /** A run of compaction over one zone: tests, drains, both scanners placed. */
  readonly compactZone: number
  /** A pageblock passed over or begun, by either scanner. */
  readonly compactBlock: number
  /** Per page that the migrate scanner, and the free scanner, looks at. */
  readonly compactMigrateScan: number
  readonly compactFreeScan: number
  /** A free block taken off its list as a target. */
  readonly compactIsolateFree: number
  /** Moving a page: isolation, unmapping, copy, mapping again; and trying in vain. Without freePage. Measured in family J: a pageblock emptied of its 256 pages 1.41 ms, scans and frees included. */
  readonly migratePage: number
  readonly migrateFailed: number
  /** First touch of a huge page: fault, zeroing 2 MiB, PMD; without allocation. Measured: 2.16 ms. */
  readonly hugeFault: number
  /** Splitting a huge page into 512. Not measured. */
  readonly splitHuge: number
  /** A page of the hugetlb pool: head, counters, list. */
  readonly hugetlbPrep: number

  readonly contextSwitch: number
  /** munmap, exit, MADV_DONTNEED per page, without freePage and freeBuddyPage. Measured with freePage: 0.82 µs. */
  readonly exitPage: number
  /** Entering and leaving the kernel with a small piece of work. Measured: mmap 10 µs less its own work; MADV_DONTNEED of one page 3.3 µs in all. */
  readonly syscall: number
  /** Writing a sysctl: open, write, close. Measured: 16 µs. */
  readonly sysctlWrite: number
  /** Taking or giving back a sleeping lock nobody waits for; the work it guards is the workload's. Not measured: some tens of instructions with atomic ones among them. */
  readonly lock: number
}

const EMULATED_1GHZ: CostProfile = {
  touchHit: 88, touchLoop: 115, fillKib: 1750,
  minorFaultAnon: 5720, minorFaultFile: 2450, faultAroundPage: 365, minorFaultSwapCache: 2200, majorFaultOverhead: 3000,
  readHit: 5400, readMissOverhead: 400, readaheadPage: 1280, writeHit: 6400, writeNewPage: 1850,
  allocPcp: 350, allocBuddyRefillPage: 220, freePage: 250, freeBuddyPage: 290, slowpathOverhead: 800,
  lruAddPage: 305, scanPage: 47, shrinkPage: 573, referencedPage: 700, removeMapping: 680, scanActivePage: 650, unmapPage: 700,
  walkTable: 150, walkPte: 20, walkYoungPte: 180, sortPage: 165,
  kswapdPassOverhead: 21_700, shrinkNodePass: 5300,
  swapOutSubmit: 2700, swapInOverhead: 3500, ioSubmit: 1900, ioComplete: 1450, endWritebackPage: 400, zramCompress: 24_500, zramDecompress: 2400, zramSameFilled: 1600,
  statHit: 4200, statMiss: 9500, shrinkerObject: 120, shrinkerFree: 1400,
  compactZone: 3000, compactBlock: 60, compactMigrateScan: 22, compactFreeScan: 22, compactIsolateFree: 120, migratePage: 4300, migrateFailed: 500,
  hugeFault: 2_150_000, splitHuge: 60_000, hugetlbPrep: 3000,
  contextSwitch: 1500, exitPage: 570, syscall: 2200, sysctlWrite: 16_000, lock: 60,
}

const SERVER: CostProfile = {
  touchHit: 60, touchLoop: 20, fillKib: 250,
  minorFaultAnon: 450, minorFaultFile: 350, faultAroundPage: 25, minorFaultSwapCache: 400, majorFaultOverhead: 1200,
  readHit: 350, readMissOverhead: 300, readaheadPage: 150, writeHit: 400, writeNewPage: 250,
  allocPcp: 40, allocBuddyRefillPage: 40, freePage: 40, freeBuddyPage: 50, slowpathOverhead: 200,
  lruAddPage: 40, scanPage: 15, shrinkPage: 120, referencedPage: 120, removeMapping: 120, scanActivePage: 120, unmapPage: 250,
  walkTable: 50, walkPte: 5, walkYoungPte: 35, sortPage: 25,
  kswapdPassOverhead: 4000, shrinkNodePass: 1000,
  swapOutSubmit: 450, swapInOverhead: 600, ioSubmit: 800, ioComplete: 900, endWritebackPage: 80, zramCompress: 3500, zramDecompress: 1200, zramSameFilled: 200,
  statHit: 600, statMiss: 2500, shrinkerObject: 25, shrinkerFree: 300,
  compactZone: 600, compactBlock: 15, compactMigrateScan: 6, compactFreeScan: 6, compactIsolateFree: 40, migratePage: 1200, migrateFailed: 150,
  hugeFault: 110_000, splitHuge: 20_000, hugetlbPrep: 1000,
  contextSwitch: 1500, exitPage: 100, syscall: 150, sysctlWrite: 3000, lock: 20,
}

const PHONE: CostProfile = {
  touchHit: 90, touchLoop: 30, fillKib: 500,
  minorFaultAnon: 1100, minorFaultFile: 900, faultAroundPage: 60, minorFaultSwapCache: 1000, majorFaultOverhead: 3000,
  readHit: 900, readMissOverhead: 700, readaheadPage: 400, writeHit: 1000, writeNewPage: 600,
  allocPcp: 100, allocBuddyRefillPage: 100, freePage: 100, freeBuddyPage: 120, slowpathOverhead: 500,
  lruAddPage: 100, scanPage: 40, shrinkPage: 300, referencedPage: 300, removeMapping: 300, scanActivePage: 300, unmapPage: 600,
  walkTable: 100, walkPte: 10, walkYoungPte: 90, sortPage: 60,
  kswapdPassOverhead: 10_000, shrinkNodePass: 2500,
  swapOutSubmit: 1100, swapInOverhead: 1500, ioSubmit: 2500, ioComplete: 2500, endWritebackPage: 200, zramCompress: 9000, zramDecompress: 3000, zramSameFilled: 450,
  statHit: 1500, statMiss: 6000, shrinkerObject: 60, shrinkerFree: 700,
  compactZone: 1500, compactBlock: 40, compactMigrateScan: 15, compactFreeScan: 15, compactIsolateFree: 100, migratePage: 3000, migrateFailed: 400,
  hugeFault: 300_000, splitHuge: 50_000, hugetlbPrep: 2500,
  contextSwitch: 3500, exitPage: 250, syscall: 400, sysctlWrite: 8000, lock: 40,
}

export const COST_PROFILES: Readonly<Record<string, CostProfile>> = { 'emulated-1ghz': EMULATED_1GHZ, server: SERVER, phone: PHONE }
