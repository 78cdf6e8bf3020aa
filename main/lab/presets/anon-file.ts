/** The workload that `anon-file-with-swap` and `anon-file-no-swap` share: anonymous memory and page cache that don't fit together. */
import type { ProcessSpec } from '../../engine'
import { hog, hotReads, hotTouches, open, signal, wait } from './phases'

export const ANON_PAGES = 70_000
export const FILE_PAGES = 100_000
export const FILES = [{ path: '/mnt/big.dat', pages: FILE_PAGES, disk: 'vda' }]

export const ANON_FILE: readonly ProcessSpec[] = [
  { name: 'app', phases: [...hog('heap', ANON_PAGES), signal(1), hotTouches('heap', ANON_PAGES, 1, 20_000, 20_000)] },
  { name: 'reader', phases: [wait(1), open('file', '/mnt/big.dat', FILE_PAGES), hotReads('file', FILE_PAGES, 0.6, 6000, 20_000)] },
]
