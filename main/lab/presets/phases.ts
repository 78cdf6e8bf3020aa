/** Short names for phases that presets and imports use again and again. */
import type { Phase } from '../../engine'

/** memhog: maps `pages` and writes each once, as fast as it goes or at `rate` pages a second. */
export function hog(r: string, pages: number, rate = 0): readonly Phase[] {
  return [{ op: 'map', r, pages }, { op: 'touch', r, rw: 'w', pat: 'seq', start: 0, len: pages, count: pages, rate }]
}

/** Touches random pages of `r`, some much more often than others, for `dur` ms. */
export function hotTouches(r: string, len: number, s: number, rate: number, dur: number): Phase {
  return { op: 'touch', r, rw: 'w', pat: 'zipf', s, start: 0, len, count: Math.ceil(rate * dur / 1000), rate, dur }
}

/** Reads random pages of a file, some much more often than others, for `dur` ms. */
export function hotReads(r: string, len: number, s: number, rate: number, dur: number): Phase {
  return { op: 'fread', r, pat: 'zipf', s, start: 0, len, count: Math.ceil(rate * dur / 1000), rate, dur }
}

/** Reads `len` pages of a file in order, `passes` times over. */
export function readThrough(r: string, len: number, passes = 1, rate = 0): Phase {
  return { op: 'fread', r, pat: 'seq', start: 0, len, count: len * passes, rate }
}

export const sleep = (ms: number): Phase => ({ op: 'sleep', ms })
export const unmap = (r: string): Phase => ({ op: 'unmap', r })
export const snap = (label: string): Phase => ({ op: 'snap', label })
export const signal = (k: number): Phase => ({ op: 'signal', k })
export const wait = (k: number, n = 1): Phase => ({ op: 'await', k, n })
export const sysctl = (name: string, v: number): Phase => ({ op: 'sysctl', path: `/proc/sys/vm/${name}`, v })
export const open = (r: string, path: string, pages: number, adv: 'normal' | 'random' = 'normal'): Phase => ({ op: 'open', r, path, pages, adv })
