/**
 * The template of a new policy: every hook, each answering what the base would. Keep the hooks you want to change and delete the rest - an absent hook is the base's
 * decision too, and costs nothing.
 * Idea: none yet; it behaves exactly like the kernel below it.
 * Helps: to see each hook's shape. Hurts: nothing but a little speed.
 */
import { definePolicy } from 'reclaim-lab'

export default definePolicy({
  api: 1,
  name: 'skeleton',
  describe: 'Answers what the base would, in every hook. A place to start from.',

  // Shown as sliders and switches; read them as `k.params.<name>`.
  params: {
    // strength: { kind: 'number', default: 2, min: 1, max: 8, step: 1, unit: 'x', about: 'How far to go.' },
  },

  // State of one run: whatever this returns is `k.state` in the hooks.
  // init: () => ({ calls: 0 }),

  hooks: {
    // The automatic vm.min_free_kbytes, kB.
    minFreeKbytes: (args, k) => k.base.minFreeKbytes(args),

    // MIN, LOW and HIGH of every zone, pages.
    zoneWatermarks: (args, k) => k.base.zoneWatermarks(args),

    // What each zone keeps from requests that could use a higher one, pages.
    lowmemReserve: (args, k) => k.base.lowmemReserve(args),

    // How far a fragmented zone's marks are raised for a while, pages.
    watermarkBoost: (args, k) => k.base.watermarkBoost(args),

    // Wake kswapd?
    kswapdWake: (args, k) => k.base.kswapdWake(args),

    // May kswapd stop?
    kswapdBalanced: (args, k) => k.base.kswapdBalanced(args),

    // Pages kswapd goes for in one pass over its node.
    kswapdTarget: (args, k) => k.base.kswapdTarget(args),

    // Pages a task reclaims before it tries its allocation again.
    directReclaimTarget: (args, k) => k.base.directReclaimTarget(args),

    // Reclaim once more (true), or let the OOM killer choose (false)?
    reclaimRetry: (args, k) => k.base.reclaimRetry(args),

    // How to divide the scan between anonymous memory and page cache.
    scanBalance: (args, k) => k.base.scanBalance(args),

    // Is an inactive list too short against its active list?
    inactiveIsLow: (inactive, active, k) => k.base.inactiveIsLow(inactive, active),

    // What becomes of an inactive folio: reclaim, keep or activate it?
    folioReferences: (young, facts, k) => k.base.folioReferences(young, facts),

    // Does an active folio stay active?
    keepActive: (young, facts, k) => k.base.keepActive(young, facts),

    // Does a folio that came back go straight to the active list?
    refaultActivate: (distance, size, facts, k) => k.base.refaultActivate(distance, size, facts),

    // How good a victim of the OOM killer a task is; the highest dies.
    oomBadness: (args, k) => k.base.oomBadness(args),
  },
})
