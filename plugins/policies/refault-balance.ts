/**
 * Divides the scan by what came back lately: the type of which fewer pages refault is scanned more.
 * Idea: the kernel weighs anon and file by pages that reclaim had to write or that came back to the active list (lru_note_cost). This policy counts plain refaults per page reclaimed instead, over a
 * second: of two types the one whose evictions were mistakes less often should give more.
 * Helps: a stream of files beside programs: nothing of a stream comes back, so it pays for everybody; the same the other way round.
 * Hurts: swap that is much slower than the files' disk, since a refault counts the same for both.
 * Source: Johannes Weiner's work on the balance of the page lists (2016, 2020); mm/workingset.c.
 */
import { definePolicy } from 'reclaim-lab'

export default definePolicy({
  api: 1,
  name: 'refault-balance',
  describe: 'Scans that type more of which fewer evicted pages came back in the last second. Streams pay for everybody; takes a swap-in for no dearer than a file read.',
  params: {
    steep: { kind: 'number', default: 16, min: 1, max: 64, step: 1, unit: 'x', about: 'How strongly the shares follow the refaults.' },
  },
  init: () => ({ anon: { refaults: 0, stolen: 0, rate: 0 }, file: { refaults: 0, stolen: 0, rate: 0 } }),
  controller: {
    periodMs: 1000,
    run(k) {
      for (const type of ['anon', 'file'] as const) {
        const seen = k.state[type]
        const refaults = k.vmstat(`workingset_refault_${type}`)
        const stolen = k.vmstat(`pgsteal_${type}`)
        const fresh = (refaults - seen.refaults) / Math.max(32, stolen - seen.stolen)
        k.state[type] = { refaults, stolen, rate: (seen.rate + Math.min(1, fresh)) / 2 }
        k.gauge(`refaults_${type}_percent`, Math.round(k.state[type].rate * 100))
      }
    },
  },
  hooks: {
    scanBalance(args, k) {
      const balance = k.base.scanBalance(args)
      if (balance.mode !== 'fract') return undefined
      const { anon, file } = k.state
      const weigh = (share: number, rate: number): number => Math.max(1, Math.floor((share * 100) / (1 + 100 * rate * k.params.steep)))
      return { mode: 'fract', anon: weigh(args.swappiness, anon.rate), file: weigh(200 - args.swappiness, file.rate) }
    },
  },
})
