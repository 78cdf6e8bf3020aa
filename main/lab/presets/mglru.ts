/** What the presets share that set the multi-generational LRU against the classic lists. */
import type { Variant } from '../../../preload/contract'
import type { FileSpec, Pattern, Phase } from '../../engine'
import { MEASURED_SYSCTLS, measuredGuest } from './machines'

/** Pages of the file. */
export const FILE = 163_840
const BIG: readonly FileSpec[] = [{ path: '/mnt/big.dat', pages: FILE, disk: 'vda' }]
const SWAP = 131_071

/** What a kernel's "y" switches on. */
export const ALL = { 'lru_gen.enabled': 7 }
export const MGLRU: Variant = { label: 'multi-generational', set: ALL }
export const GUEST = { machine: measuredGuest(SWAP), sysctls: MEASURED_SYSCTLS, files: BIG, variants: [MGLRU], seeds: 3 }

/** Random with favourites, `rate` a second for `seconds`. */
export const zipf = (len: number, s: number, rate: number, seconds: number): Pattern => ({ pat: 'zipf', s, start: 0, len, count: rate * seconds, rate, dur: seconds * 1000 })
export const touchZipf = (r: string, len: number, s: number, rate: number, seconds: number): Phase => ({ op: 'touch', r, rw: 'r', ...zipf(len, s, rate, seconds) })
export const mapFile = (r: string): Phase => ({ op: 'mmapf', r, path: '/mnt/big.dat', pages: FILE, adv: 'normal' })

export const COUNTED = {
  en: 'Refaults are counted differently by the two (the generations count only pages of the generation that is being evicted): compare reads and time.',
  zh: '两者对 refault 的计数不同（多代 LRU 只计正在换出的那一代的页）：请比较读盘量和时间。',
}
