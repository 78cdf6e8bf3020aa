/** The engine's front door. Pure: no Node, no DOM, no clock, no randomness. */
export type * from './sim/scenario'
export type * from './sim/recording'
export type * from './sim/run-input'
export type * from './sim/page-life'
export { createSimulation } from './sim/simulation'
export { ENGINE_VERSION } from './version'
export { compareRuns } from './experiment/compare'
export type { RunResult } from './experiment/compare'
export { planRuns } from './experiment/plan'
export { METRICS, metricById, metricsOf } from './metrics/catalogue'
export { CHARTS } from './metrics/charts'
export { sliceSeries } from './metrics/downsample'
export {
  ALLOC_CPUSET, ALLOC_HARDER, ALLOC_HIGH, ALLOC_KSWAPD, ALLOC_NO_WATERMARKS, ALLOC_NOFRAGMENT, ALLOC_OOM, gfpMigratetype, gfpName, gfpPfmemallocFlags, gfpToAllocFlags, gfpZone,
} from './mm/gfp'
export { fragmentationIndex } from './mm/fragmentation'
export { reducedMark } from './mm/watermark'
export { createPattern } from './workload/patterns'
