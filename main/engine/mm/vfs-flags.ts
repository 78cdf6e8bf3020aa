/** What the caches hold of an entry of a file system: its dentry, its inode, and where they stand (include/linux/dcache.h, include/linux/fs.h, v6.1). */

/** The dentry is cached; it is on its LRU list; it was used again since it came there. */
export const D_CACHED = 1
export const DCACHE_LRU_LIST = 2
export const DCACHE_REFERENCED = 4
/** The same of the inode. */
export const I_CACHED = 8
export const I_LRU = 16
export const I_REFERENCED = 32
