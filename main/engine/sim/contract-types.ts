/** The engine's types that may appear in the window's contract. Types only. */
export type { Phase, Scenario, Text } from './scenario'
export type { Look } from './travel/look'
export type { PageEvent, PagePlace } from './page-life'
export type { Ejection, EventKind, HookStats, RunEvent, SlowAlloc, Snapshot, StallPart, StallStats, TaskStats } from './recording'
