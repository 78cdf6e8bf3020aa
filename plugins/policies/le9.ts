/**
 * Keeps a floor of page cache: below it reclaim leaves file pages alone and takes anonymous ones.
 * Idea: when memory runs out, the kernel takes the code of running programs and the files they use, because those are clean and quick to drop, and reads them back at once: the desktop freezes
 * minutes before anybody is killed. A floor under the page cache turns that into swapping, or an early OOM kill.
 * Helps: desktops under memory pressure: programs' own code stays.
 * Hurts: a working set of anonymous memory that would need the room; without swap it kills where the kernel would still struggle on.
 * Source: the le9 patches (vm.clean_min_kbytes, vm.clean_low_kbytes), mm/vmscan.c:get_scan_count.
 */
import { definePolicy } from 'reclaim-lab'

export default definePolicy({
  api: 1,
  name: 'le9',
  describe: 'Leaves the page cache alone below a floor and takes anonymous memory instead. Programs keep their code under pressure; may swap or kill sooner.',
  params: {
    cleanMinKb: { kind: 'number', default: 98_304, min: 0, max: 67_108_864, step: 1, unit: 'kB', about: 'Page cache below this is not reclaimed while there is anonymous memory to take.' },
  },
  hooks: {
    scanBalance(args, k) {
      const file = args.inactiveFile + args.activeFile
      if (file * 4 > k.params.cleanMinKb || !args.maySwap || args.freeSwap === 0 || args.inactiveAnon + args.activeAnon === 0) return undefined
      return { mode: 'anon', anon: 1, file: 0 }
    },
  },
})
