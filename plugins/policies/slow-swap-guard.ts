/**
 * Stops swapping out while a lot is being swapped in, if swap is on a slow disk.
 * Idea: a page that is swapped out and needed again costs its owner a read from the disk, and the disk is slow for everybody meanwhile. When more pages come back than a limit, swapping out only feeds
 * that; so for a while anonymous pages are refused a slot and file pages go instead.
 * Helps: swap on a hard disk or a network, with programs that touch what was swapped out.
 * Hurts: page cache pays for it; if the files are what is hot, they are read again and again; without page cache it ends in the OOM killer sooner.
 * Source: the thrashing detection that mm/vmscan.c lacks for swap; admission to zswap is decided likewise.
 */
import { definePolicy } from 'reclaim-lab'

export default definePolicy({
  api: 1,
  name: 'slow-swap-guard',
  describe: 'No swapping out while many pages are being swapped in. Spares a slow swap disk and the programs that wait for it; the page cache pays.',
  params: {
    perSecond: { kind: 'number', default: 100, min: 1, max: 100_000, step: 1, unit: 'pages/s', about: 'Swap-ins above which nothing is swapped out.' },
    restMs: { kind: 'number', default: 3000, min: 100, max: 600_000, step: 100, unit: 'ms', about: 'For how long then.' },
  },
  init: () => ({ swappedIn: 0, until: 0 }),
  controller: {
    periodMs: 100,
    run(k) {
      const now = k.vmstat('pswpin')
      if ((now - k.state.swappedIn) * 10 > k.params.perSecond) k.state.until = k.now + k.params.restMs * 1e6
      k.state.swappedIn = now
      k.gauge('guarding', k.now < k.state.until ? 1 : 0)
    },
  },
  hooks: {
    scanBalance(args, k) {
      // Hardly any cache is left: swapping is the lesser evil.
      if (k.now >= k.state.until || args.fileIsTiny || args.inactiveFile + args.activeFile < args.inactiveAnon >> 3) return undefined
      return { mode: 'file', anon: 0, file: 1 }
    },
  },
})
