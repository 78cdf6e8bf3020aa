/**
 * Divides the scan between anonymous memory and page cache by a fixed share instead of by what reclaim has cost lately.
 * Idea: the kernel weighs both by swappiness and by how many pages it had to pay for (mm/vmscan.c:get_scan_count). On a machine whose swap is slow and whose files
 * are read once, its guess can swap out programs to keep log files. This policy scans `anonPercent` anonymous pages and the rest from the page cache, always.
 * Helps: much cold page cache beside programs that must answer quickly; swap on a slow disk.
 * Hurts: a working set of files larger than what is left of the cache is read from disk again and again; with anonPercent 0 idle programs never leave memory.
 */
import { definePolicy } from 'reclaim-lab'

export default definePolicy({
  api: 1,
  name: 'file-first',
  describe: 'Scans a fixed share of anonymous memory and takes the rest from the page cache, whatever reclaim has cost lately.',
  params: {
    anonPercent: { kind: 'number', default: 10, min: 0, max: 100, step: 1, unit: '%', about: 'Share of the scan that goes to anonymous memory. 0 swaps only when almost no cache is left.' },
  },
  hooks: {
    scanBalance(args, k) {
      // No swap, or hardly any cache: there is nothing to divide, and the kernel knows that better.
      if (!args.maySwap || args.freeSwap === 0 || args.fileIsTiny) return undefined
      const { anonPercent } = k.params
      if (anonPercent === 0) return { mode: 'file', anon: 0, file: 1 }
      if (anonPercent === 100) return { mode: 'anon', anon: 1, file: 0 }
      return { mode: 'fract', anon: anonPercent, file: 100 - anonPercent }
    },
  },
})
