/** What the lab is put together from. `default-parts.ts` wires the real ones; tests give their own. */
import type { KernelDefinition } from 'reclaim-lab'
import type { ApiGuide, HookPlace, ImportSource, ImportSummary, InsertPlace, KernelInfo, PresetInfo, Problem, Result, Scenario } from '../../preload/contract'
import type { Progress, Recording, Samples } from '../engine'
import type { PooledQuestion } from '../runner/pool'
import type { AnswerTo, CompiledPolicy, InspectResult, RunJob, Travelled, TravelQuestion } from '../runner/protocol'

export interface Compiled {
  /** Absent when errors stop the policy from running. */
  readonly policy?: CompiledPolicy
  readonly errors: readonly Problem[]
  readonly warnings: readonly Problem[]
  readonly ms: number
}

export interface Compiler {
  compile(file: string, text: string): Promise<Compiled>
  /** The rolled-up declarations of `reclaim-lab`. */
  apiTypes(): Promise<string>
  guide(): Promise<ApiGuide>
  hookPlaces(text: string): Promise<readonly HookPlace[]>
  insertPlace(text: string, offset: number): Promise<InsertPlace | null>
  close(): Promise<void>
}

/** A run on its way. `done` rejects with a message for people when the run could not be made. */
export interface RunHandle {
  readonly done: Promise<Recording>
  cancel(): void
  /** Its samples are wanted while it goes on, or no longer. */
  watch(on: boolean): void
}

/** A question on its way. `done` rejects with a message for people when it could not be answered, `cancelled` among them. */
export interface Asked<T> {
  readonly done: Promise<T>
  cancel(): void
}

/** Queues runs over a few processes. */
export interface Runs {
  /** `onSamples`: what is sampled while somebody watches; rows from `from` on, 0 when the run has begun anew. */
  start(job: RunJob, onProgress: (progress: Progress) => void, onSamples?: (from: number, samples: Samples) => void): RunHandle
  /** Asks about runs, which are made for it. */
  ask<Q extends PooledQuestion>(question: Q, onProgress: (progress: Progress) => void): Asked<AnswerTo<Q['kind']>>
  /** Travels through a run, on a process that keeps it where it stands. `onReady`: it has made itself ready for more, and knows what the run comes to. */
  travel(question: TravelQuestion, onProgress: (progress: Progress) => void, onReady?: (travelled: Travelled) => void): Asked<Travelled>
  inspect(policy: CompiledPolicy): Promise<InspectResult>
  close(): Promise<void>
}

export interface Kernel { readonly definition: KernelDefinition; readonly info: KernelInfo }

/** The lab's own data and readers of what people bring. */
export interface Content {
  readonly presets: readonly PresetInfo[]
  readonly kernels: readonly Kernel[]
  /** Example policies: `examples/<name>.ts` and its text. */
  readonly examples: readonly { readonly file: string; readonly text: string }[]
  readonly skeleton: string
  readonly scenarioSchema: unknown
  /** Checks anything against what this kernel has, and gives a scenario with its defaults filled in. */
  parseScenario(value: unknown, kernel: Kernel): Result<Scenario>
  parseScenarioText(text: string, kernel: Kernel, name?: string): Result<Scenario>
  importMachine(source: ImportSource): Promise<Result<ImportSummary>>
}

export interface LabParts {
  readonly compiler: Compiler
  readonly runs: Runs
  readonly content: Content
}
