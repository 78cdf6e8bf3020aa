/**
 * Out of memory, the youngest task goes that is large enough to matter, instead of the largest.
 * Idea: what has run for hours holds state that is dear to lose: a database, an editor. What was started a moment ago can be started again, and is often what filled memory up.
 * Helps: long-lived services beside jobs and builds.
 * Hurts: where the old service is the one that leaks: one young task after the other dies for it, until none is left.
 * Source: mm/oom_kill.c before 2.6.36 lowered the badness by CPU time and run time; oom_score_adj is respected as far as -1000.
 */
import { definePolicy } from 'reclaim-lab'

export default definePolicy({
  api: 1,
  name: 'oom-by-age',
  describe: 'The OOM killer takes the youngest task that is large enough. Spares long-lived services; the wrong ones die if an old one leaks.',
  params: {
    atLeast: { kind: 'number', default: 2, min: 0, max: 100, step: 1, unit: '%', about: 'Tasks smaller than this share of memory come last.' },
  },
  hooks: {
    oomBadness(args, k) {
      const base = k.base.oomBadness(args)
      if (args.oomScoreAdj === -1000 || (args.rss + args.swapents) * 100 < args.totalpages * k.params.atLeast) return Math.min(base, args.totalpages)
      // Above every size, the youngest highest.
      return args.totalpages * 2 + 1e15 / (1e6 + args.ageNs)
    },
  },
})
