/** One run of compaction over a zone: what it wants, where its scanners are, what it has in hand (mm/internal.h:struct compact_control, v6.1). */
import type { Zone } from './mmzone'

/** enum migrate_mode. */
export type MigrateMode = 'async' | 'sync-light' | 'sync'

export interface CompactSpec {
  readonly zone: Zone
  /** -1: the whole zone, whatever comes of it (vm.compact_memory, proactive compaction). */
  readonly order: number
  readonly gfp: number
  readonly migratetype: number
  readonly mode: MigrateMode
  readonly allocFlags: number
  readonly highestZoneidx: number
  /** A task compacts for itself. */
  readonly direct: boolean
  readonly wholeZone: boolean
  readonly ignoreSkipHint: boolean
  readonly ignoreBlockSuitable: boolean
  readonly proactive: boolean
}

/** No fast start was noted; or it was used up. */
export const NO_FAST_START = -1
export const FAST_START_USED = -2

export class CompactControl {
  readonly zone: Zone
  readonly order: number
  readonly gfp: number
  readonly migratetype: number
  readonly mode: MigrateMode
  readonly allocFlags: number
  readonly highestZoneidx: number
  readonly direct: boolean
  readonly ignoreSkipHint: boolean
  readonly ignoreBlockSuitable: boolean
  readonly proactive: boolean
  wholeZone: boolean

  migratePfn = 0
  freePfn = 0
  fastStartPfn = NO_FAST_START
  fastSearchFail = 0
  searchOrder: number
  /** The last round migrated from the block that is scanned now: take all of it, whatever its number. */
  rescan = false
  contended = false
  totalMigrateScanned = 0
  totalFreeScanned = 0
  /** Pages taken off their LRU lists, oldest first; the kernel's list has them the other way round. */
  readonly migratePages: number[] = []
  /** How many this round has taken; stays while they are moved. */
  nrMigratePages = 0
  /** Free pages to move them to; the last is used first. */
  readonly freePages: number[] = []
  /** The one that is being filled; -1 = none. */
  target = -1

  constructor(spec: CompactSpec) {
    this.zone = spec.zone
    this.order = spec.order
    this.searchOrder = spec.order
    this.gfp = spec.gfp
    this.migratetype = spec.migratetype
    this.mode = spec.mode
    this.allocFlags = spec.allocFlags
    this.highestZoneidx = spec.highestZoneidx
    this.direct = spec.direct
    this.wholeZone = spec.wholeZone
    this.ignoreSkipHint = spec.ignoreSkipHint
    this.ignoreBlockSuitable = spec.ignoreBlockSuitable
    this.proactive = spec.proactive
  }
}
