/** The workload that `anon-file-with-swap` and `anon-file-no-swap` share: anonymous memory and page cache that don't fit together. */
import type { ProcessSpec } from '../../engine'
import { hog, hotReads, hotTouches, open, readThrough, signal, wait } from './phases'

const ANON_PAGES = 80_000
const FILE_PAGES = 100_000
export const FILES = [{ path: '/mnt/big.dat', pages: FILE_PAGES, disk: 'vda' }]

/** The app keeps a few pages hot and leaves most cold; the reader reads its file once, then comes back to parts of it. */
export const ANON_FILE: readonly ProcessSpec[] = [
  { name: 'app', phases: [...hog('heap', ANON_PAGES), signal(1), hotTouches('heap', ANON_PAGES, 1.2, 4000, 24_000)] },
  { name: 'reader', phases: [
    wait(1), open('scan', '/mnt/big.dat', FILE_PAGES), readThrough('scan', FILE_PAGES),
    open('file', '/mnt/big.dat', FILE_PAGES, 'random'), hotReads('file', FILE_PAGES, 0.6, 4000, 20_000),
  ] },
]
