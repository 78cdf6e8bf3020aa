/**
 * A mounted file system with its dentries and inodes, and the shrinker that gives both back.
 * Source: fs/super.c:super_cache_count, super_cache_scan, alloc_super; include/linux/dcache.h:vfs_pressure_ratio (v6.1).
 * Simplifications: a file has one name; the root directory and what the kernel itself has open are part of the memory used at the start; ext4's extent status cache is left out.
 */
import { pruneDcacheSb } from './dcache'
import type { FileMapping, MappingHost } from './file'
import type { FileTree } from './file-tree'
import { INODES_PER_BLOCK, NAMES_PER_BLOCK } from './file-tree'
import { GFP_FS } from './gfp'
import { inodeAddLru, pruneIcacheSb } from './inode'
import { KmemCache } from './kmem-cache'
import { ListLru } from './list-lru'
import type { Mm } from './mm'
import type { Pgdat } from './mmzone'
import { DEFAULT_SEEKS, SHRINK_STOP } from './shrinker'
import type { ShrinkControl, Shrinker } from './shrinker'
import type { WaitQueue } from './task'

/** Objects of a call (alloc_super). */
const SUPER_BATCH = 1024

/** The caches that all file systems share, and the file systems. */
export class Vfs {
  /** 192 bytes, 21 a page. */
  readonly dentries: KmemCache
  /** ext4's inode with what the VFS and the file system keep: 1184 bytes, 27 in 8 pages, 3 in one where no 8 lie together. */
  readonly inodes: KmemCache
  readonly superBlocks: SuperBlock[] = []
  constructor(cpus: number, nodes: number) {
    this.dentries = new KmemCache({ name: 'dentry', size: 192, order: 0, cpus, nodes })
    this.inodes = new KmemCache({ name: 'ext4_inode_cache', size: 1184, order: 3, cpus, nodes })
  }
}

/** A name that a task is looking up: its dentry is allocated, and others who want the name wait (DCACHE_PAR_LOOKUP). */
export interface Lookup {
  readonly slab: number
  readonly waiters: WaitQueue
}

export interface SuperBlockSpec {
  readonly vfs: Vfs
  readonly nodes: number
  /** The disk's name. */
  readonly disk: string
  readonly trees: readonly FileTree[]
  /** Files that the scenario names one by one; they lie in the root directory. */
  readonly files: readonly FileMapping[]
  /** The inode table, then the directories' blocks, then the root directory's. */
  readonly metadata: FileMapping
  readonly inodeTableBlocks: number
  /** First page of every entry: what a reader of tree files gets. */
  readonly content: FileMapping
}

export class SuperBlock implements Shrinker, MappingHost {
  readonly name: string
  readonly seeks = DEFAULT_SEEKS
  readonly batch = SUPER_BATCH
  readonly nrDeferred: Float64Array
  readonly vfs: Vfs
  readonly trees: readonly FileTree[]
  readonly files: readonly FileMapping[]
  readonly metadata: FileMapping
  readonly content: FileMapping
  readonly inodeTableBlocks: number
  /** First of the files that the scenario names. */
  readonly firstFile: number
  readonly entries: number

  readonly flags: Uint8Array
  /** References to a cached dentry: its children, those who have it open or are on their way through it (d_lockref.count). */
  readonly pins: Int32Array
  /** Ids of the slabs that hold the objects, while they are cached. */
  readonly dentrySlab: Int32Array
  readonly inodeSlab: Int32Array
  readonly dentryLru: ListLru
  readonly inodeLru: ListLru
  readonly lookups = new Map<number, Lookup>()
  /** Tasks that are on their way through a path here, and may hold entries of it. */
  walkers = 0

  constructor(spec: SuperBlockSpec) {
    this.name = `sb-ext4:${spec.disk}`
    this.nrDeferred = new Float64Array(spec.nodes)
    this.vfs = spec.vfs
    this.trees = spec.trees
    this.files = spec.files
    this.metadata = spec.metadata
    this.content = spec.content
    this.inodeTableBlocks = spec.inodeTableBlocks
    this.firstFile = spec.trees.at(-1)?.end ?? 0
    this.entries = this.firstFile + spec.files.length
    this.flags = new Uint8Array(this.entries)
    this.pins = new Int32Array(this.entries)
    this.dentrySlab = new Int32Array(this.entries)
    this.inodeSlab = new Int32Array(this.entries)
    this.dentryLru = new ListLru(this.entries, spec.nodes)
    this.inodeLru = new ListLru(this.entries, spec.nodes)
  }

  parentOf(entry: number): number {
    return this.#treeOf(entry)?.parentOf(entry) ?? -1
  }

  /** Block of the inode table that holds an entry's inode. */
  inodeBlockOf(entry: number): number {
    const tree = this.#treeOf(entry)
    const inode = tree === undefined ? this.trees.reduce((sum, each) => sum + each.inodes, 0) + entry - this.firstFile : tree.inodeOf(entry)
    return Math.floor(inode / INODES_PER_BLOCK)
  }

  /** Block that holds an entry's name. */
  nameBlockOf(entry: number): number {
    const tree = this.#treeOf(entry)
    const block = tree?.nameBlockOf(entry) ?? -1
    if (block >= 0) return this.inodeTableBlocks + block
    const inRoot = tree === undefined ? this.trees.length + entry - this.firstFile : this.trees.indexOf(tree)
    return this.inodeTableBlocks + this.trees.reduce((sum, each) => sum + each.blocks, 0) + Math.floor(inRoot / NAMES_PER_BLOCK)
  }

  /** mapping_shrinkable: the entry's page cache is empty, or nothing but the shadow of a first page. */
  shrinkable(entry: number): boolean {
    return entry < this.firstFile ? this.content.slots[entry] <= 0 : this.files[entry - this.firstFile].nodesInUse === 0
  }

  /** The last page of a tree file left the page cache. */
  cacheEmptied(entry: number): void {
    inodeAddLru(this, entry, false)
  }

  /** super_cache_count, with vfs_pressure_ratio. */
  count(mm: Mm, node: Pgdat): number {
    const objects = this.dentryLru.count[node.id] + this.inodeLru.count[node.id]
    const pressure = mm.sysctl.has('vm.vfs_cache_pressure') ? mm.sysctl.num('vm.vfs_cache_pressure') : 100
    return Math.floor(objects / 100) * pressure + Math.floor(((objects % 100) * pressure) / 100)
  }

  /** super_cache_scan: what is asked for is divided by the lengths of the two lists; dentries first, since they hold their inodes. At least one of each is looked at. */
  scan(mm: Mm, control: ShrinkControl): number {
    // Its caller may hold locks of this very file system.
    if ((control.gfp & GFP_FS) === 0) return SHRINK_STOP
    mm.clock.now += mm.cost.shrinkerObject
    const node = control.node.id
    const dentries = this.dentryLru.count[node]
    const inodes = this.inodeLru.count[node]
    const total = dentries + inodes + 1
    const share = (objects: number): number => Math.floor((control.nrToScan * objects) / total)
    return pruneDcacheSb(mm, this, node, share(dentries) + 1) + pruneIcacheSb(mm, this, control, share(inodes) + 1)
  }

  #treeOf(entry: number): FileTree | undefined {
    if (entry >= this.firstFile) return undefined
    return this.trees.find((tree) => entry < tree.end)
  }
}
