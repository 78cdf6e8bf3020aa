/** What each hook is told, by name: what a condition on a hook can ask for. A test holds it against the API itself, which is too heavy to read for that. */
import type { HookName } from 'reclaim-lab'

const ARGUMENTS: Readonly<Record<HookName, readonly string[]>> = {
  minFreeKbytes: ['lowmemKb', 'userKb'],
  zoneWatermarks: ['zones', 'minFreeKb', 'scaleFactor', 'extraFreeKb', 'vmTotalPages'],
  lowmemReserve: ['managed', 'ratio'],
  watermarkBoost: ['managed', 'high', 'boost', 'factor', 'pageblockPages'],
  kswapdWake: ['node', 'order', 'highestZoneidx', 'failures', 'zones'],
  kswapdBalanced: ['node', 'order', 'highestZoneidx', 'zones'],
  kswapdSleep: ['node', 'order', 'highestZoneidx', 'failures', 'balanced', 'napped'],
  kswapdTarget: ['node', 'order', 'priority', 'highestZoneidx', 'zones'],
  kswapdPriority: ['node', 'priority', 'reclaimed', 'scannedEnough', 'forBoost'],
  directReclaimStart: ['order', 'highestZoneidx', 'noProgressLoops', 'kswapdAwake', 'zones'],
  directReclaimTarget: ['order', 'highestZoneidx', 'kthread'],
  allowDirectReclaim: ['node', 'failures', 'free', 'min'],
  reclaimContinue: ['order', 'memcg', 'priority', 'target', 'reclaimed', 'scanned'],
  reclaimThrottle: ['node', 'reason', 'kswapd', 'failures', 'reclaimable', 'writePending', 'hz'],
  reclaimRetry: ['order', 'highestZoneidx', 'noProgressLoops', 'didSomeProgress', 'zones'],
  scanBalance: ['reclaimer', 'memcg', 'memcgReclaim', 'priority', 'swappiness', 'maySwap', 'freeSwap', 'anonCost', 'fileCost', 'fileIsTiny', 'cacheTrimMode', 'rotation', 'inactiveAnon', 'activeAnon', 'inactiveFile', 'activeFile'],
  inactiveIsLow: ['inactive', 'active'],
  inactiveIsLowInZone: ['node', 'zone', 'file', 'inactive', 'active', 'managed'],
  folioReferences: ['young', 'facts'],
  keepActive: ['young', 'facts'],
  pageoutDirty: ['bits'],
  swapAdmit: ['facts'],
  swapDevice: ['want', 'areas'],
  slabScan: ['node', 'shrinker', 'freeable', 'deferred', 'seeks', 'priority', 'share'],
  memcgProtection: ['memcg', 'kind', 'usage', 'parentUsage', 'setting', 'parentEffective', 'siblingsProtected', 'recursive', 'topLevel'],
  refaultActivate: ['distance', 'size', 'facts'],
  admitFolio: ['where', 'facts', 'task'],
  readaheadWindow: ['pattern', 'index', 'req', 'start', 'previous', 'max'],
  writebackStart: ['dirty', 'writeback', 'thresh', 'background', 'diskDirty', 'diskBackground', 'oldestNs', 'expireNs', 'asked'],
  dirtyPause: ['dirtied', 'dirty', 'freerun', 'limit', 'position', 'bandwidth', 'ratelimit', 'sinceNs', 'minNs', 'maxNs', 'tickNs'],
  evictFolios: ['node', 'memcg', 'type', 'nr', 'priority', 'reclaimer'],
  compactionSuitable: ['node', 'zone', 'order', 'available', 'room', 'index', 'threshold'],
  kcompactdWake: ['node', 'order', 'highestZoneidx', 'suitable'],
  oomBadness: ['task', 'ageNs', 'rss', 'swapents', 'pagetablePages', 'oomScoreAdj', 'totalpages'],
}

export function argumentsOf(hook: HookName): readonly string[] {
  return ARGUMENTS[hook]
}

/** These come one by one, and the engine knows them by their number. */
const BY_POSITION: ReadonlySet<HookName> = new Set(['inactiveIsLow', 'folioReferences', 'keepActive', 'pageoutDirty', 'swapAdmit', 'refaultActivate', 'admitFolio'])

/** Names of arguments that come one by one; undefined where they come as one object. */
export function positionsOf(hook: HookName): readonly string[] | undefined {
  return BY_POSITION.has(hook) ? argumentsOf(hook) : undefined
}

/** The path as the engine knows it. */
export function enginePath(hook: HookName, path: string): string {
  const [first = '', ...rest] = path.split('.')
  const positions = positionsOf(hook)
  return positions === undefined || first === 'answer' ? path : [positions.indexOf(first), ...rest].join('.')
}
