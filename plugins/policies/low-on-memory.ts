/**
 * The hysteresis of 2.3 and early 2.4, which article 004 found in Documentation/vm/balance: below MIN a zone's low_on_memory is set, and until the zone is back at HIGH whoever allocates and may
 * wait has to free pages itself.
 * Idea: a zone that was once short is filled up properly before anybody goes on, so that it is not short again at once. Here the task that finds all its zones below MIN reclaims until they
 * are at HIGH, instead of 32 pages; those after it find memory. The kernel took it out before 2.4.0: kswapd alone stops at HIGH since, and every allocation tests for itself.
 * Helps: few, long stalls instead of many short ones; kswapd that can't keep up has less to do.
 * Hurts: the one who is caught pays for all, and pages go that the next moment would have been needed. A teaching policy, not advice.
 */
import { definePolicy } from 'reclaim-lab'
import type { ZoneView } from 'reclaim-lab'

const SWAP_CLUSTER_MAX = 32

export default definePolicy({
  api: 1,
  name: 'low-on-memory',
  describe: 'The hysteresis of 2.3: who finds memory below MIN frees pages until it is back at HIGH, not just 32. Fewer stalls, but long ones.',
  params: {
    most: { kind: 'number', default: 4096, min: 32, max: 65_536, step: 1, unit: 'pages', about: 'No task frees more than this at once.' },
  },
  /** Pages that the zones of the request about to reclaim lack to HIGH. */
  init: () => ({ lacking: 0 }),
  hooks: {
    directReclaimStart(args, k) {
      k.state.lacking = args.zones.reduce((sum, zone) => sum + lackingToHigh(zone), 0)
      return k.base.directReclaimStart(args)
    },
    directReclaimTarget(args, k) {
      return Math.max(k.base.directReclaimTarget(args), Math.min(k.state.lacking, k.params.most), SWAP_CLUSTER_MAX)
    },
  },
})

function lackingToHigh({ free, high, boost }: ZoneView): number {
  return Math.max(0, high + boost - free)
}
