/** What a scenario may be at most. Every bound is here so that messages, the JSON schema and the tests name the same figure. */

/** Most that the engine may take for a page of RAM; what a machine needs is counted with it before a run. */
export const BYTES_PER_PAGE = 64
/** For a page of a mapping, a file or a swap area: page table and page cache slots. */
export const BYTES_PER_SLOT = 16
/** For a file or directory of a tree: what is kept of its dentry, its inode and its page. */
export const BYTES_PER_TREE_FILE = 40
/** Memory a run may take unless the caller knows better. */
export const DEFAULT_MEMORY_LIMIT = 8 * 2 ** 30

/** A frame number has 28 bits in the engine's page tables. Zones start at multiples of the largest block. */
export const MAX_FRAMES = 2 ** 28
export const MAX_ORDER = 10
/** Above this no size is plausible; below it the memory limit decides, with the figure. */
export const MAX_PAGES = 2 ** 48
export const MAX_COUNT = Number.MAX_SAFE_INTEGER
export const MAX_RATE = 1e9
/** Touches that a scenario may list one by one. */
export const MAX_LISTED = 500_000
/** One day of virtual time. */
export const MAX_MS = 86_400_000
export const MAX_SAMPLES = 100_000
export const MAX_PROCESSES = 1024
export const MAX_PHASES = 100_000
export const MAX_FILES = 1024
/** As the engine takes it (sim/mount.ts). */
export const USUAL_FILES_PER_DIRECTORY = 32
export const MAX_TREES = 64
/** Entries of a file system are numbers of 31 bits; far less fits anyway. */
export const MAX_TREE_FILES = 2 ** 28
export const MAX_DISKS = 32
/** MAX_SWAPFILES, less what the kernel keeps for itself (include/linux/swap.h). */
export const MAX_SWAP_AREAS = 24
export const MAX_NODES = 64
export const MAX_MEMCGS = 1024
export const MAX_CPUS = 256
export const MAX_TEXT = 4000

/** Named cost profiles of machines. */
export const PROFILES = ['emulated-1ghz', 'server', 'phone'] as const
export const ZONE_NAMES = ['DMA', 'DMA32', 'Normal', 'Movable'] as const

// What is read at all, before its shape is looked at.
export const MAX_INPUT_CHARS = 32 * 2 ** 20
export const MAX_INPUT_VALUES = 2_000_000
export const MAX_INPUT_DEPTH = 32
export const MAX_PROBLEMS = 500
