/**
 * Files and their page cache: one slot a page that holds a frame, a value, or nothing; grouped in nodes of 64 as the xarray has them (include/linux/xarray.h, mm/filemap.c).
 * What a value means is the mapping's, as in the kernel: of a file on a disk the shadow of an evicted page, of a tmpfs file the swap entry of a page in swap (a tmpfs page's shadow
 * is in the swap cache). Node memory is real: leaf nodes and the levels above are slab objects (see slab.ts).
 */
import type { Area } from './area'

/** Slots per node. */
export const XA_CHUNK_SHIFT = 6

/** A shadow is a negative slot: bit 30 = PG_workingset at eviction, bits 0..29 = the clock then. */
export const SHADOW_WORKINGSET = 1 << 30
export const SHADOW_CLOCK = (1 << 30) - 1

/** Whose pages these are, where inodes are modelled: is told when nothing is left in the tree, by page (0 but for files of one page that share a mapping here). */
export interface MappingHost {
  cacheEmptied(index: number): void
}

/** The value that stands in a tmpfs file's slot for a page in swap slot `slot` (swp_to_radix_entry). */
export function swapValue(slot: number): number {
  return -slot - 1
}

/** The swap slot that such a value names (radix_to_swp_entry). */
export function slotOfValue(value: number): number {
  return -value - 1
}

export class FileMapping {
  /** 0 = nothing, n > 0 = frame n - 1, n < 0 = a value: a shadow, or a tmpfs file's swap entry. */
  readonly slots: Int32Array
  readonly nodePages: Uint8Array
  /** Values in each node: shadows, or a tmpfs file's swap entries. */
  readonly nodeShadows: Uint8Array
  /** Where there are memory cgroups, once one is needed: by slot, the group whose reclaim left the shadow; by node, leaves first and then level by level, the group it is charged to. */
  shadowMemcg: Uint16Array | undefined = undefined
  nodeMemcg: Uint16Array | undefined = undefined
  /** The group on whose account its dirty pages are written (the inode's bdi_writeback); 0 = the root. */
  wbMemcg = 0
  /** Children in use, by level above the leaves. */
  readonly upper: readonly Uint16Array[]
  readonly areas: Area[] = []
  nrPages = 0
  nrDirty = 0
  /** When the first page became dirty; 0 = clean. */
  dirtiedWhen = 0
  writebackIndex = 0
  /** Pages at its end whose buffers somebody holds, so that they can't be freed (buffer_head.b_count): of a file system's own blocks, see mountedBuffers. */
  pinned = 0
  /** Leaf nodes in use. */
  nodesInUse = 0
  host: MappingHost | undefined = undefined
  /** Every page has buffer heads from the start: it is a block of a file system's own. */
  readonly metadata: boolean
  /** Each page is the only one of a file of its own: it lies in the root of that file's tree, without a node. */
  readonly separate: boolean

  readonly id: number
  readonly path: string
  readonly pages: number
  /** No disk behind it; its pages are swap-backed (shmem_mapping). */
  readonly tmpfs: boolean
  /** -1 of a tmpfs file. */
  readonly disk: number
  /** First page of the file on its disk; files lie one after the other. */
  readonly sector: number
  /** 1 for each page whose block is allocated but was never written (fallocate); undefined: all were. */
  readonly unwritten: Uint8Array | undefined
  /** Bytes of noise the workload filled each page of a tmpfs file with, where it did. */
  content: Uint16Array | undefined = undefined

  constructor(spec: { id: number; path: string; pages: number; disk: number; sector: number; metadata?: boolean; separate?: boolean; tmpfs?: boolean; preallocated?: boolean }) {
    this.id = spec.id
    this.path = spec.path
    this.pages = spec.pages
    this.tmpfs = spec.tmpfs ?? false
    this.disk = spec.disk
    this.sector = spec.sector
    this.metadata = spec.metadata ?? false
    this.separate = spec.separate ?? false
    this.unwritten = spec.preallocated === true ? new Uint8Array(spec.pages).fill(1) : undefined
    this.slots = new Int32Array(spec.pages)
    let nodes = Math.ceil(spec.pages / 64)
    this.nodePages = new Uint8Array(nodes)
    this.nodeShadows = new Uint8Array(nodes)
    const upper: Uint16Array[] = []
    while (nodes > 1) {
      nodes = Math.ceil(nodes / 64)
      upper.push(new Uint16Array(nodes))
    }
    this.upper = upper
  }
}

/** Pages a mounted file system keeps for itself: super block and group descriptors. */
const MOUNT_BUFFERS = 2
/** BH_LRU_SIZE: the buffers looked up last, held by every CPU (fs/buffer.c). */
const BH_LRU_SIZE = 16

/** `blocks`: what is cached of a mounted file system's own blocks. Its last pages are held by the mount, and by the CPUs once files of it are in use. */
export function mountedBuffers(blocks: FileMapping, cpus: number, inUse: boolean): void {
  blocks.pinned = Math.min(blocks.pages, MOUNT_BUFFERS + (inUse ? BH_LRU_SIZE * cpus : 0))
}

/** An open file's readahead state (struct file_ra_state) and mode. */
export class OpenFile {
  start = 0
  size = 0
  asyncSize = 0
  mmapMiss = 0
  /** End of the last read in bytes; -1 before the first. */
  prevPos = -1
  raPages: number
  random = false
  readonly mapping: FileMapping
  constructor(mapping: FileMapping, raPages: number) {
    this.mapping = mapping
    this.raPages = raPages
  }
}
