/** The engine's front door. Pure: no Node, no DOM, no clock, no randomness. */
export type * from './sim/scenario'
export type * from './sim/recording'
export type * from './sim/run-input'
export { createSimulation } from './sim/simulation'
export { ENGINE_VERSION } from './version'
