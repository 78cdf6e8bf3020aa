/**
 * A tree of small files as a file system lays it out: a directory of directories of files. Says where an entry's name and inode lie on disk.
 * Simplifications after ext4: inodes of 256 bytes, a directory's own followed by those of its files (as the Orlov allocator tends to place them); names of 32 bytes an entry;
 * a directory's blocks are looked into directly, without an index block.
 */

/** Inodes in a block of the inode table. */
export const INODES_PER_BLOCK = 16
/** Names in a block of a directory. */
export const NAMES_PER_BLOCK = 128

export interface FileTreeSpec {
  readonly path: string
  readonly files: number
  readonly filesPerDirectory: number
}

/** Entries are numbers: the files, then their directories, then the tree's own directory; all from `base` on. */
export class FileTree {
  readonly directories: number
  /** Entry of the tree's own directory, the last one. */
  readonly root: number
  readonly end: number
  readonly path: string
  readonly files: number
  readonly #perDirectory: number
  readonly #blocksPerDirectory: number
  /** Inodes from this number on, directory blocks from this block on. */
  readonly #firstInode: number
  readonly #firstBlock: number
  readonly base: number

  constructor(spec: FileTreeSpec, base: number, firstInode: number, firstBlock: number) {
    this.path = spec.path
    this.files = spec.files
    this.base = base
    this.#perDirectory = spec.filesPerDirectory
    this.directories = Math.ceil(spec.files / spec.filesPerDirectory)
    this.#blocksPerDirectory = Math.ceil(spec.filesPerDirectory / NAMES_PER_BLOCK)
    this.root = base + spec.files + this.directories
    this.end = this.root + 1
    this.#firstInode = firstInode
    this.#firstBlock = firstBlock
  }

  /** Inode numbers that it takes. */
  get inodes(): number {
    return 1 + this.directories * (this.#perDirectory + 1)
  }

  /** Directory blocks that it takes. */
  get blocks(): number {
    return Math.ceil(this.directories / NAMES_PER_BLOCK) + this.directories * this.#blocksPerDirectory
  }

  /** The directory an entry is in; -1: the file system's root. */
  parentOf(entry: number): number {
    if (entry === this.root) return -1
    const i = entry - this.base
    return i < this.files ? this.base + this.files + Math.floor(i / this.#perDirectory) : this.root
  }

  inodeOf(entry: number): number {
    if (entry === this.root) return this.#firstInode
    const i = entry - this.base
    const directory = i < this.files ? Math.floor(i / this.#perDirectory) : i - this.files
    const first = this.#firstInode + 1 + directory * (this.#perDirectory + 1)
    return i < this.files ? first + 1 + (i % this.#perDirectory) : first
  }

  /** Block of the parent directory that names the entry, among the directory blocks; -1 for the tree's own directory. */
  nameBlockOf(entry: number): number {
    if (entry === this.root) return -1
    const i = entry - this.base
    if (i >= this.files) return this.#firstBlock + Math.floor((i - this.files) / NAMES_PER_BLOCK)
    const inRoot = Math.ceil(this.directories / NAMES_PER_BLOCK)
    return this.#firstBlock + inRoot + Math.floor(i / this.#perDirectory) * this.#blocksPerDirectory + Math.floor((i % this.#perDirectory) / NAMES_PER_BLOCK)
  }
}
