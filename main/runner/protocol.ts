/**
 * What main and a runner process say to each other. A runner is a process that main forks and owns (utilityProcess in Electron, child process elsewhere); inside it a
 * supervisor thread talks, and a worker thread simulates.
 */
import type { Difference, Differences, Explanation, FollowSpec, Look, Seek, Progress, Recording, Samples, Scenario, ScriptedEjection } from '../engine'

/** A compiled policy, ready for a compartment. */
export interface CompiledPolicy {
  readonly file: string
  /** Transformed JavaScript, one expression or script as `main/compile` makes it; line n is the source's line n. */
  readonly code: string
  /** Of the source and the compiler. */
  readonly hash: string
  /** The source, for whoever makes the run elsewhere: another machine compiles it anew and takes no code from anybody. */
  readonly text?: string
}

/** All a runner needs to make a run; plain data. */
export interface RunJob {
  readonly run: string
  readonly scenario: Scenario
  /** `linux-6.1` … : the trusted kernel, from the runner's own bundle. */
  readonly kernel: string
  /** Bottom first. `place`: where and when it decides, as policy-place.ts reads it; everywhere and always if absent. */
  readonly policies: readonly { readonly compiled: CompiledPolicy; readonly params: Readonly<Record<string, number | boolean | string>>; readonly place?: string }[]
  readonly seed: number
  readonly scriptedEjections: readonly ScriptedEjection[]
  /** An attempt at this run died with its process: tell of every call on stderr, so that a second death has a culprit. */
  readonly cautious?: true
  /** Take the machine's whole state at these times (ns since the workload started) and end the run after the last: its recording is cut there and counts for nothing else. */
  readonly statesAt?: readonly number[]
  /** Follow one page; a search for one ends the run as soon as it is found. */
  readonly follow?: FollowSpec
}

/** Two runs, made side by side. Policies are numbered through both, a's first, in ejections by force. */
interface PairQuestion {
  /** Its name, as a run's: for progress and cancel. */
  readonly run: string
  readonly a: RunJob
  readonly b: RunJob
  readonly scriptedEjections: readonly ScriptedEjection[]
  /** As a job's. */
  readonly cautious?: true
}

/** Where to in one run. The process that is asked keeps the run where it stands. */
export interface TravelQuestion {
  readonly kind: 'travel'
  readonly run: string
  readonly job: RunJob
  /** Absent: nowhere; make ready for what may be asked next. */
  readonly seek?: Seek
  readonly scriptedEjections: readonly ScriptedEjection[]
  readonly cautious?: true
}

/** `remade`: how often the run had to be made from its seed for this answer. `digest`: what the run came to, once it was made to its end. */
export interface Travelled { readonly look?: Look; readonly remade: number; readonly digest?: string }

/** What a runner can be asked besides a recording; it makes the runs that it needs. */
export type Question =
  | PairQuestion & { readonly kind: 'differences'; readonly most: number }
  | PairQuestion & { readonly kind: 'difference'; readonly difference: Difference }
  | TravelQuestion

/** One difference with what followed, and what the two runs came to: they must be those that were asked about. */
export interface ExplainedPair {
  readonly explanation: Explanation
  readonly digests: { readonly a: string; readonly b: string }
  readonly metrics: { readonly a: Readonly<Record<string, number>>; readonly b: Readonly<Record<string, number>> }
}

interface Answers {
  readonly differences: Differences
  readonly difference: ExplainedPair
  readonly travel: Travelled
}

export type AnswerTo<K extends Question['kind']> = Answers[K]
export type Answer = { readonly [K in Question['kind']]: { readonly kind: K; readonly value: Answers[K] } }[Question['kind']]

export type ToRunner =
  | { readonly type: 'run'; readonly job: RunJob }
  | { readonly type: 'ask'; readonly question: Question }
  | { readonly type: 'cancel'; readonly run: string }
  /** Somebody looks at the run while it goes on: its samples are wanted, or no longer. */
  | { readonly type: 'watch'; readonly run: string; readonly on: boolean }
  /** Evaluate a policy in a fresh compartment and tell its name, params and hooks. */
  | { readonly type: 'inspect'; readonly request: number; readonly compiled: CompiledPolicy }

export type FromRunner =
  | { readonly type: 'ready' }
  | { readonly type: 'progress'; readonly run: string; readonly progress: Progress }
  /** What came since the last ones, thinned where a run has very many. `from`: how many rows were sent before; 0 when the run has begun anew. */
  | { readonly type: 'samples'; readonly run: string; readonly from: number; readonly samples: Samples }
  | { readonly type: 'done'; readonly run: string; readonly recording: Recording }
  | { readonly type: 'answered'; readonly run: string; readonly answer: Answer }
  /** Forced from outside the engine: the lab kills this process and re-runs with this ejection scripted. */
  | { readonly type: 'stalled'; readonly run: string; readonly ejection: ScriptedEjection }
  /** The worker did not hear the cancel in time; there is no recording, and the process is ending. */
  | { readonly type: 'cancelled'; readonly run: string }
  /** `ending`: this is the process's last word. */
  | { readonly type: 'failed'; readonly run: string; readonly message: string; readonly ending?: true }
  | { readonly type: 'inspected'; readonly request: number; readonly result: InspectResult; readonly ending?: true }

export type InspectResult =
  | { readonly ok: true; readonly name: string; readonly describe: string; readonly params: readonly InspectedParam[]; readonly hooks: readonly string[]; readonly controller: boolean }
  | { readonly ok: false; readonly message: string; readonly line?: number; readonly column?: number }

export interface InspectedParam { readonly name: string; readonly kind: 'number' | 'boolean' | 'choice'; readonly default: number | boolean | string; readonly min?: number; readonly max?: number; readonly step?: number; readonly unit?: string; readonly choices?: readonly string[]; readonly about: string }

/** One runner process, whatever forked it. */
export interface RunnerPort {
  readonly pid: number | undefined
  send(message: ToRunner): void
  onMessage(listener: (message: FromRunner) => void): void
  /** Resolves when the process is confirmed gone. TERM first, KILL after `graceMs`. */
  kill(graceMs: number): Promise<void>
  onExit(listener: (info: { readonly code: number | null; readonly signal: string | null; readonly stderr: string }) => void): void
}

/** Forks a runner; each host gives its own. */
export type ForkRunner = () => RunnerPort
