/**
 * How a process's read() and write() of one page are served, by what the file is (struct file_operations): what the cache alone can do, and what may have to wait.
 */
import type { Episode } from '../core/clock'
import { balanceDirtyPages, mustBalanceDirty } from '../mm/balance-dirty'
import type { OpenFile } from '../mm/file'
import { filemapRead, filemapReadHit, filemapWrite, filemapWriteHit } from '../mm/filemap'
import type { Mm } from '../mm/mm'
import { shmemRead, shmemReadHit, shmemWrite, shmemWriteHit } from '../mm/shmem-file'
import type { Task } from '../mm/task'

export interface FileOperations {
  /** Functions between the system call and the allocator. */
  readonly readPath: readonly string[]
  readonly writePath: readonly string[]
  readHit(mm: Mm, open: OpenFile, index: number): boolean
  writeHit(mm: Mm, task: Task, open: OpenFile, index: number): boolean
  /** false: out of memory. */
  read(mm: Mm, open: OpenFile, index: number): Episode<boolean>
  write(mm: Mm, task: Task, open: OpenFile, index: number): Episode<boolean>
}

const DISK_FILE: FileOperations = {
  readPath: ['ksys_pread64', 'vfs_read', 'filemap_read', 'filemap_get_pages'],
  writePath: ['ksys_pwrite64', 'vfs_write', 'generic_perform_write', '__filemap_get_folio'],
  readHit: filemapReadHit,
  writeHit: (mm, task, open, index) => !mustBalanceDirty(mm, task, open.mapping) && filemapWriteHit(mm, open.mapping, index),
  read: filemapRead,
  *write(mm, task, open, index) {
    const done = yield* filemapWrite(mm, open.mapping, index)
    if (mustBalanceDirty(mm, task, open.mapping)) yield* balanceDirtyPages(mm, open.mapping)
    return done
  },
}

const TMPFS_FILE: FileOperations = {
  readPath: ['ksys_pread64', 'vfs_read', 'shmem_file_read_iter', 'shmem_get_folio_gfp', 'shmem_swapin_folio'],
  writePath: ['ksys_pwrite64', 'vfs_write', 'generic_perform_write', 'shmem_write_begin', 'shmem_get_folio_gfp'],
  readHit: (mm, open, index) => shmemReadHit(mm, open.mapping, index),
  writeHit: (mm, _task, open, index) => shmemWriteHit(mm, open.mapping, index),
  read: (mm, open, index) => shmemRead(mm, open.mapping, index),
  write: (mm, _task, open, index) => shmemWrite(mm, open.mapping, index),
}

export function fileOperations(open: OpenFile): FileOperations {
  return open.mapping.tmpfs ? TMPFS_FILE : DISK_FILE
}
