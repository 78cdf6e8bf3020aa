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

    // May kswapd nap, and then sleep?
    kswapdSleep: (args, k) => k.base.kswapdSleep(args),

    // Pages kswapd goes for in one pass over its node.
    kswapdTarget: (args, k) => k.base.kswapdTarget(args),

    // How hard its next pass presses: 12 (gentle) to 1; 0 ends the run.
    kswapdPriority: (args, k) => k.base.kswapdPriority(args),

    // Reclaim in the allocating task (true), or wait a tick for kswapd (false)?
    directReclaimStart: (args, k) => k.base.directReclaimStart(args),

    // Pages a task reclaims before it tries its allocation again.
    directReclaimTarget: (args, k) => k.base.directReclaimTarget(args),

    // May a task begin to reclaim (true), or does it wait until kswapd has freed something (false)?
    allowDirectReclaim: (args, k) => k.base.allowDirectReclaim(args),

    // After a pass of direct reclaim: go on, harder?
    reclaimContinue: (args, k) => k.base.reclaimContinue(args),

    // Ticks that a reclaimer sleeps when it should wait for somebody.
    reclaimThrottle: (args, k) => k.base.reclaimThrottle(args),

    // Reclaim once more (true), or let the OOM killer choose (false)?
    reclaimRetry: (args, k) => k.base.reclaimRetry(args),

    // How to divide the scan between anonymous memory and page cache.
    scanBalance: (args, k) => k.base.scanBalance(args),

    // Is an inactive list too short against its active list?
    inactiveIsLow: (inactive, active, k) => k.base.inactiveIsLow(inactive, active),

    // The same question where LRU lists are by zone (android-3.18), which asks this one instead.
    inactiveIsLowInZone: (args, k) => k.base.inactiveIsLowInZone(args),

    // What becomes of an inactive folio: reclaim, keep or activate it?
    folioReferences: (young, facts, k) => k.base.folioReferences(young, facts),

    // Does an active folio stay active?
    keepActive: (young, facts, k) => k.base.keepActive(young, facts),

    // Does reclaim write a dirty file page itself?
    pageoutDirty: (bits, k) => k.base.pageoutDirty(bits),

    // May this page go to swap?
    swapAdmit: (facts, k) => k.base.swapAdmit(facts),

    // Which swap area gives the next slots; -1: none.
    swapDevice: (args, k) => k.base.swapDevice(args),

    // Objects of a slab cache to scan in this pass.
    slabScan: (args, k) => k.base.slabScan(args),

    // Pages of a memory cgroup that reclaim spares.
    memcgProtection: (args, k) => k.base.memcgProtection(args),

    // Does a folio that came back go straight to the active list?
    refaultActivate: (distance, size, facts, k) => k.base.refaultActivate(distance, size, facts),

    // Where a page that has come in goes: next to go, inactive or active list.
    admitFolio: (where, facts, task, k) => k.base.admitFolio(where, facts, task),

    // How far to read ahead.
    readaheadWindow: (args, k) => k.base.readaheadWindow(args),

    // Does the flusher write now?
    writebackStart: (args, k) => k.base.writebackStart(args),

    // How long a writer pauses, ns.
    dirtyPause: (args, k) => k.base.dirtyPause(args),

    // Whole eviction: pages of your own choice (see fifo.ts). None: the kernel's lists do it.
    evictFolios: (args, k) => k.base.evictFolios(args),

    // Is a zone worth compacting for this order?
    compactionSuitable: (args, k) => k.base.compactionSuitable(args),

    // Wake kcompactd?
    kcompactdWake: (args, k) => k.base.kcompactdWake(args),

    // How good a victim of the OOM killer a task is; the highest dies.
    oomBadness: (args, k) => k.base.oomBadness(args),
  },
})
