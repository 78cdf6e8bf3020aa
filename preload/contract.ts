/**
 * THE seam between the window and the lab: channel and payload types only. Two hosts implement it (Electron's IPC, the loopback WebSocket) and one contract test
 * suite runs against both. Failures are `Result`s; nothing is thrown across. Payloads are plain data and typed arrays (structured clone).
 */
import type { DifferenceView, DivergenceView, LiveRequests, LiveRun, Remaking, TravelCheck, TravelQuery, TravelView } from './contract-runs'
import type {
  Ejection, EventKind, HookStats, PageEvent, Phase, RunEvent, Scenario, SlowAlloc, Snapshot, StallPart, StallStats, TaskStats, Text,
} from '../main/engine/sim/contract-types'

export type { Ejection, EventKind, HookStats, Phase, RunEvent, Scenario, SlowAlloc, Snapshot, StallPart, TaskStats, Text }

import type { GuideRequests } from './contract-guide'
import type { HistoryOverview, HistoryRequests } from './contract-history'
import type { QueueRef, QueueRequests, QueueStatus, SweepPointRequests } from './contract-queue'
import type { RulesCatalogue, RulesRequests } from './contract-rules'

export type * from './contract-guide'
export type * from './contract-history'
export type * from './contract-queue'
export type * from './contract-rules'

export type * from './contract-runs'
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly Problem[] }

/** Something a person gave that can't be used: where, what it was, what would do. */
export interface Problem {
  /** Dotted path into what was given (`machine.zones[1].managed`), a file's `name:line`, or a flag. */
  readonly path: string
  readonly message: string
  readonly line?: number
  readonly column?: number
}

// ---- what the lab is ------------------------------------------------------------------------------------------------

export interface MetricInfo {
  readonly id: string
  readonly label: Text
  readonly about: Text
  /** `pages`, `ms`, `µs`, `count`, `kB`, `%` */
  readonly unit: string
  /** Which way is better for the people who run the machine; `neutral` has no better. */
  readonly better: 'lower' | 'higher' | 'neutral'
}

/** `stack`: areas on top of each other, which add up. */
export type ChartStyle = 'line' | 'mark' | 'area' | 'stack'

/** A chart of series ids that belong together; the renderer draws them in this order. */
export interface ChartInfo {
  readonly id: string
  readonly title: Text
  readonly unit: string
  /** Per zone charts repeat for every zone with `{node}` and `{zone}` filled in. */
  readonly perZone: boolean
  readonly lines: readonly { readonly series: string; readonly label: Text; readonly style: ChartStyle; readonly rate: boolean }[]
}

export interface PresetInfo { readonly id: string; /** The heading that it stands under. */ readonly group: Text; readonly title: Text; readonly about: Text; readonly base: string; readonly policies: readonly string[]; readonly variants: readonly Variant[]; readonly seeds: number; readonly scenario: Scenario }
export interface KernelInfo { readonly name: string; readonly describe: string; readonly scope: 'full' | 'marks'; readonly source: string; /** Its own sysctls; absent: those of the default kernel. */ readonly sysctls?: readonly SysctlInfo[] }
export interface ParamInfo { readonly name: string; readonly kind: 'number' | 'boolean' | 'choice'; readonly default: number | boolean | string; readonly min?: number; readonly max?: number; readonly step?: number; readonly unit?: string; readonly choices?: readonly string[]; readonly about: string }
/** A policy the lab ships with (`example`) or one of the workspace. */
export interface PolicyInfo { readonly name: string; readonly file: string; readonly origin: 'example' | 'workspace'; readonly describe: string; readonly params: readonly ParamInfo[]; readonly hooks: readonly string[]; readonly problems: readonly Problem[]
  /** Name, parameters and runs are those of this earlier text, since the file's own can't be run or was ejected. */
  readonly standIn?: StandIn
  /** Changes of the file are not loaded, and saving it runs nothing, until it is quiet or a person says so. */
  readonly held?: Held
}
export interface StandIn { readonly why: 'errors' | 'ejected'; readonly text: string; /** When it was first in force. */ readonly atMs: number }
/** `count`: changes in ten seconds, or texts in a row that were ejected. */
export interface Held { readonly why: 'changes' | 'ejections'; readonly count: number; readonly sinceMs: number }
export interface SysctlInfo { readonly name: string; readonly default: number | readonly number[]; readonly min: number; readonly max: number; readonly unit: string; readonly about: string }
/** A kernel term and what it means, shown on hover. */
export interface TermInfo { readonly term: string; readonly about: Text }

export interface LabDescription {
  readonly version: string
  readonly engine: string
  readonly host: 'electron' | 'browser'
  /** The folder is temporary: nothing is kept after the lab closes. */
  readonly workspace: { readonly path: string; readonly kept: boolean; readonly why?: string }
  readonly presets: readonly PresetInfo[]
  readonly kernels: readonly KernelInfo[]
  readonly policies: readonly PolicyInfo[]
  readonly metrics: readonly MetricInfo[]
  readonly charts: readonly ChartInfo[]
  readonly sysctls: readonly SysctlInfo[]
  readonly terms: readonly TermInfo[]
  /** Chinese for what policies, sysctls, the scenario's schema and problems say in English, by the English, in which `{}` stands for what is named there. What isn't in it has none. */
  readonly chinese: Readonly<Record<string, string>>
  /** The rolled-up declarations of `reclaim-lab`, for the editor. */
  readonly apiTypes: string
  /** Skeleton of a new policy. */
  readonly skeleton: string
  /** JSON schema of a scenario. */
  readonly scenarioSchema: unknown
  /** What rules can be made of. */
  readonly rules: RulesCatalogue
}

// ---- experiments ----------------------------------------------------------------------------------------------------

export type ScenarioRef = { readonly kind: 'preset'; readonly id: string } | { readonly kind: 'inline'; readonly scenario: unknown }
/** By name (example or workspace), or the text of an editor that may not be saved. */
export type PolicyRef = { readonly kind: 'name'; readonly name: string } | { readonly kind: 'source'; readonly file: string; readonly text: string }

/** A machine beside the base that differs from it in more, or in something else, than a policy. Its workload is the base's. */
export interface Variant {
  /** Short words for its column, different from all others. */
  readonly label: string
  /** Another kernel. */
  readonly kernel?: string
  /** Its sysctls over those of all machines. */
  readonly set?: Readonly<Record<string, number | string | boolean>>
  /** Parts of the machine in place of the base's. */
  readonly machine?: Partial<Scenario['machine']>
  /** Its memory cgroups in place of the base's. */
  readonly memcgs?: NonNullable<Scenario['memcgs']>
  /**
   * A stack of policies, bottom first: each by name, and after `@` when it is attached and detached (ms of virtual time) and where it decides: `lfu`, `lfu@2000..4000`, `mru@4000..`,
   * `lfu@memcg:a/x`, `le9@node:1@1000..`. Parameters are in `set`, as `lfu.group`.
   */
  readonly policies?: readonly string[]
}

export interface ComparisonRequest {
  readonly scenario: ScenarioRef
  readonly base: string
  /** Each runs on its own machine, beside the base. */
  readonly policies: readonly PolicyRef[]
  /** Machines between the base and the policies'. Defaults to none. */
  readonly variants?: readonly Variant[]
  /** 1..100. Seeds are 1..n. */
  readonly seeds: number
  /** `vm.swappiness` -> 10 for every machine; `watermark-early.factor` -> 2 for one policy. */
  readonly set: Readonly<Record<string, number | string | boolean>>
}

/** One scenario over ranges of values: every combination, on the base and under each policy. */
export interface SweepRequest {
  /** Without variants. */
  readonly comparison: ComparisonRequest
  /** `vm.swappiness=0..200:20`, `watermark-early.factor=1,2,4`, `vm.min_free_kbytes=1000..64000*2`; one to four. */
  readonly sweep: readonly string[]
  /** Ids of the metrics whose curves are wanted; the lab's choice when absent. */
  readonly metrics?: readonly string[]
  /** Runs go on this queue, where workers of any machine take them; absent: this machine makes them. */
  readonly queue?: QueueRef
  /** Recordings to keep: `all`, `failed` (stuck, panicked, a policy ejected), `seed=1` or `none`, which it is when absent. Any other run is made again when it is opened. */
  readonly recordings?: string
}

export interface SweepStatus {
  readonly id: string
  readonly title: Text
  readonly state: 'running' | 'done' | 'cancelled' | 'failed'
  readonly axes: readonly SweepAxis[]
  /** Values by axis. */
  readonly points: readonly (readonly number[])[]
  readonly machines: readonly MachineInfo[]
  readonly seeds: number
  readonly runs: number
  readonly ended: number
  /** Runs that failed, got stuck or were cut; they are in no curve. */
  readonly lost: number
  /** How many of the finished had a policy ejected. */
  readonly ejected: number
  readonly curves: readonly Curve[]
  /** Of a sweep whose runs are made elsewhere. */
  readonly queue?: QueueStatus
  readonly error?: string
  /** Its entry in the history. */
  readonly history?: string
  /** Of a sweep that was asked to keep some: how many are in the history, how many will not come, and the last reason. */
  readonly recordings?: { readonly kept: number; readonly refused: number; readonly why?: string }
  /** Another lab runs it, and it is only watched here: cancelling ends the watching. */
  readonly elsewhere?: true
}

export type RunState = 'waiting' | 'running' | 'done' | 'cancelled' | 'failed'

export interface RunStatus {
  readonly run: string
  /** Index into the experiment's machines; 0 is the base. */
  readonly machine: number
  readonly seed: number
  readonly state: RunState
  /** 0..1 */
  readonly fraction: number
  /** While it goes on and is watched. */
  readonly live?: LiveRun
  readonly digest?: string
  /** The digest it should have: it was opened from a bundle. */
  readonly expected?: string
  readonly end?: string
  readonly diagnosis?: string
  readonly ejections: readonly Ejection[]
  readonly error?: string
}

export interface MachineInfo { readonly label: string; readonly policy?: string }

export interface ExperimentStatus {
  readonly id: string
  readonly title: Text
  readonly scenario: string
  readonly machines: readonly MachineInfo[]
  readonly state: 'running' | 'done' | 'cancelled' | 'failed'
  /** 0..1 over all runs. */
  readonly fraction: number
  /** ms of wall time to go, once it can be told. */
  readonly etaMs?: number
  readonly runs: readonly RunStatus[]
  /** Over the runs that are in; marked partial until all are. */
  readonly comparison?: Comparison
  readonly error?: string
  /** Its entry in the history; absent when nothing can be kept. */
  readonly history?: string
  /** What of a preset was left out, because the kernel doesn't have it. */
  readonly notes?: readonly Text[]
}

/** Over seeds, one number per metric. */
export interface Estimate { readonly mean: number; readonly sd: number; readonly values: readonly number[] }

export type Verdict = 'better' | 'worse' | 'different' | 'same' | 'unclear'

export interface Difference {
  readonly estimate: Estimate
  /** Policy minus base, of paired seeds. */
  readonly mean: number
  /** Relative to the base; absent when the base is 0. */
  readonly ratio?: number
  /** 95 % interval of the paired difference; absent with fewer than 2 seeds. */
  readonly interval?: readonly [number, number]
  readonly verdict: Verdict
}

export interface ComparisonRow { readonly metric: string; readonly base: Estimate; /** One per machine after the base. */ readonly policies: readonly Difference[] }

/** The sentence: the biggest differences of each policy, or why there are none to tell. */
export interface Finding { readonly machine: number; readonly kind: 'differs' | 'no-difference' | 'too-few-seeds' | 'not-finished'; readonly metrics: readonly string[] }

export interface Comparison { readonly partial: boolean; readonly seeds: number; readonly rows: readonly ComparisonRow[]; readonly findings: readonly Finding[] }

/** One thing that a sweep varies, with its values in order. */
export interface SweepAxis { readonly name: string; readonly values: readonly number[] }
/** `interval`: 95 %, of the mean over seeds; absent with one seed. */
export interface CurvePoint { readonly point: number; readonly estimate: Estimate; readonly interval?: readonly [number, number] }
/** How a metric answers on one machine; `best` where the metric has a better side, with the points that can't be told from it. */
export interface Curve { readonly metric: string; readonly machine: number; readonly points: readonly CurvePoint[]; readonly best?: { readonly point: number; readonly asGood: readonly number[] } }

/** What a run left, without its series. */
export interface RunDetail {
  readonly run: string
  readonly digest: string
  readonly durationNs: number
  readonly end: string
  readonly diagnosis?: string
  readonly metrics: Readonly<Record<string, number>>
  readonly zones: readonly { readonly node: number; readonly zone: string; readonly managed: number }[]
  readonly seriesIds: readonly string[]
  readonly hooks: readonly HookStats[]
  readonly ejections: readonly Ejection[]
  readonly tasks: readonly TaskStats[]
  readonly snapshots: readonly Snapshot[]
  /** Where the time of slow allocations went. */
  readonly stalls: StallStats
  readonly eventsDropped: number
}

/** A chart of runs: its wildcards are filled with what the runs recorded. */
export interface RunChart { readonly id: string; readonly title: Text; readonly unit: string; readonly lines: readonly { readonly series: string; readonly label: Text; readonly style: ChartStyle }[] }

/** Downsampled with min-max, so that spikes stay. `rate` ids are per second. */
export interface SeriesSlice { readonly times: Float64Array; readonly columns: Readonly<Record<string, Float64Array>> }

/** Files of /proc as the simulated machine would print them: zoneinfo, buddyinfo, pagetypeinfo, debugfs' extfrag_index and lru_gen, a map of the pageblocks, vmstat, meminfo, `sysctl` with its sysctls, and `cgroup` with the memory files of its cgroups. */
export interface ProcView {
  /** The time the state is of, ns since the workload started: what was asked for, the end of the turn that was going on then, or the end of the run. */
  readonly t: number
  readonly files: Readonly<Record<string, string>>
}

/** A gfp mask, in words: what it is made of and what follows from it. */
export interface GfpExplanation {
  /** `0x100cca` */
  readonly mask: string
  /** As trace events print it: `GFP_HIGHUSER_MOVABLE`. */
  readonly name: string
  readonly flags: readonly { readonly name: string; readonly mask: string; readonly about: Text }[]
  /** `Movable` */
  readonly migrateType: string
  /** The highest zone that may serve it; all below may too. */
  readonly highestZone: string
  readonly allocFlags: { readonly fast: readonly string[]; readonly slow: readonly string[] }
  /** What each slow path test asks for order 0: a share of MIN (1 without privileges, 0 where no mark is tested). */
  readonly minShare: number
  readonly follows: readonly { readonly topic: 'kswapd' | 'sleep' | 'reclaim' | 'retry' | 'oom' | 'reserves' | 'zones' | 'mobility' | 'warning'; readonly answer: 'yes' | 'no' | 'depends'; readonly text: Text }[]
}

/** A page to follow: `app:heap:1234`, `file:/data/x:77`, or the first page reclaim frees from `from` (ns) on: `next-evicted`, `next-evicted:anon`, `next-evicted:file`, `next-evicted:tmpfs`. */
export interface PageQuery { readonly page: string; readonly from?: number }

/** The life of one page: what happened to it, who did it and why. */
export interface PageLifeView {
  /** In the words of `PageQuery`; absent when no page was evicted. */
  readonly page?: string
  readonly events: readonly (PageEvent & { readonly text: Text })[]
  /** Events that had no room. */
  readonly dropped: number
}

export interface EventQuery { readonly run: string; readonly kinds?: readonly EventKind[]; readonly t0: number; readonly t1: number; readonly max: number }

// ---- out ------------------------------------------------------------------------------------------------------------

/**
 * What to write. Of an experiment: `csv` a line a run with every metric, `json` all that is known, `report` one HTML file that is read without the lab, `bundle` all that makes it,
 * to run it again elsewhere. Of a run: `series` as CSV, `trace` for Perfetto. `chart`: one chart as SVG, of the runs named.
 */
export type ExportRequest =
  | { readonly kind: 'csv' | 'json' | 'report' | 'bundle'; readonly experiment: string }
  | { readonly kind: 'series' | 'trace'; readonly run: string }
  | {
    readonly kind: 'chart'; readonly chart: string; readonly runs: readonly string[]; readonly t0: number; readonly t1: number; readonly language: keyof Text; readonly theme: 'light' | 'dark'
    /** All runs in one plot, or one plot each. */
    readonly layout: 'overlay' | 'side'
  }
export interface ExportFile { readonly name: string; /** MIME */ readonly type: string; readonly text: string }

// ---- policies and files ---------------------------------------------------------------------------------------------

export interface CheckResult {
  readonly ok: boolean
  /** Stops the policy from running: syntax, banned constructs. */
  readonly errors: readonly Problem[]
  /** Type errors: shown, but Run is allowed, because answers are checked. */
  readonly warnings: readonly Problem[]
  readonly name?: string
  readonly params: readonly ParamInfo[]
  readonly hooks: readonly string[]
  /** Wall time the compile service took. */
  readonly compileMs: number
}

export interface WorkspaceFile { readonly file: string; readonly kind: 'policy' | 'scenario' }
export interface FileContent { readonly file: string; readonly text: string; /** Changes when the file does; given back on save, so that an edit from outside is never overwritten. */ readonly version: string; readonly draft?: string }

// ---- real input -----------------------------------------------------------------------------------------------------

/** The text of a machine's own files; only zoneinfo is mandatory. */
/** `zoneinfo` may be a whole terminal session, or a kernel's log with an OOM report instead. */
export interface MachineFiles { readonly zoneinfo: string; readonly meminfo?: string; readonly vmstat?: string; readonly buddyinfo?: string; readonly swaps?: string; readonly sysctl?: Readonly<Record<string, string>> }
export type ImportSource =
  | { readonly kind: 'text'; readonly files: MachineFiles }
  | { readonly kind: 'this-machine' }
  | { readonly kind: 'config-json'; readonly text: string }
  /** The beginning of a trace file (oracleGeneral, CSV, ftrace, perf script; zstd or gzip); `size` is the whole file's. `memoryPages`: managed pages of the machine. */
  | { readonly kind: 'trace'; readonly name: string; readonly bytes: Uint8Array; readonly size: number; readonly memoryPages?: number }

export interface ImportSummary {
  readonly scenario: Scenario
  /** The kernel the files are from, as far as they tell: its formulas explained the marks, its sysctls were taken. To be the base of a comparison. */
  readonly kernel: string
  readonly read: readonly Text[]
  readonly assumed: readonly Text[]
  readonly notModelled: readonly Text[]
}

// ---- the bridge -----------------------------------------------------------------------------------------------------

/** Requests: `window.lab.<name>(...args)`. */
export interface LabRequests extends GuideRequests, HistoryRequests, LiveRequests, QueueRequests, RulesRequests, SweepPointRequests {
  describe(): Promise<LabDescription>
  compare(request: ComparisonRequest): Promise<Result<{ readonly id: string }>>
  /** An experiment, a sweep, or a question for which runs are made again. Answers at once; its state follows as an event. */
  cancel(id: string): Promise<boolean>
  experiment(id: string): Promise<Result<ExperimentStatus>>
  /** Starts a sweep; its state follows as events, `cancel` ends it. */
  sweep(request: SweepRequest): Promise<Result<{ readonly id: string }>>
  sweepStatus(id: string): Promise<Result<SweepStatus>>
  /** One line a run, with every metric. */
  sweepCsv(id: string): Promise<Result<string>>
  /** An experiment, a run or a chart as a file. */
  exportFile(request: ExportRequest): Promise<Result<ExportFile>>
  /** Runs a bundle again, or the one inside a report; each run's status says which digest it should have. */
  openBundle(text: string): Promise<Result<{ readonly id: string }>>
  run(run: string): Promise<Result<RunDetail>>
  /** The charts that these runs fill. */
  charts(runs: readonly string[]): Promise<Result<readonly RunChart[]>>
  series(run: string, ids: readonly string[], t0: number, t1: number, maxPoints: number): Promise<Result<SeriesSlice>>
  events(query: EventQuery): Promise<Result<readonly RunEvent[]>>
  /** The machine's /proc files at a time (ns since the workload started); the run is made again up to there. */
  procFiles(run: string, t: number): Promise<Result<ProcView>>
  /** Follows one page through a run, which is made again for it. */
  followPage(run: string, query: PageQuery): Promise<Result<PageLifeView>>
  /** Where the decisions of two runs part, and the next places where they differ; both runs are made again. */
  divergence(a: string, b: string): Promise<Result<DivergenceView>>
  /** One of those differences, by its number in the list: what each saw and answered, and what came of it. */
  difference(a: string, b: string, index: number): Promise<Result<DifferenceView>>
  /** The machine at another instant of the run, which the lab keeps where it stands. */
  travel(run: string, query: TravelQuery): Promise<Result<TravelView>>
  /** `GFP_KERNEL|__GFP_NOWARN` or `0x100cca`. */
  explainGfp(mask: string): Promise<Result<GfpExplanation>>
  /** What happened and why, as sentences. */
  explainEvent(event: RunEvent): Promise<Text>
  check(file: string, text: string): Promise<CheckResult>
  files(): Promise<readonly WorkspaceFile[]>
  read(file: string): Promise<Result<FileContent>>
  /** `version` is what `read` gave, or '' for a new file. Refused when the file has changed since. */
  save(file: string, text: string, version: string): Promise<Result<FileContent>>
  saveDraft(file: string, text: string): Promise<Result<null>>
  remove(file: string): Promise<Result<null>>
  /** Loads a policy that is held, and tries one again that was ejected. */
  reloadPolicy(file: string): Promise<Result<null>>
  /** `base`: the kernel whose sysctls it may name; the default one if there is none of that name. */
  validateScenario(json: string, base: string): Promise<Result<Scenario>>
  importMachine(source: ImportSource): Promise<Result<ImportSummary>>
  loadSettings(): Promise<Readonly<Record<string, string>>>
  saveSetting(key: string, value: string): Promise<void>
}

/** Events: `window.lab.on(name, listener)`. */
export interface LabEvents {
  experiment: ExperimentStatus
  sweep: SweepStatus
  /** A workspace file changed outside the lab, or was saved or removed. */
  file: { readonly file: string; readonly change: 'changed' | 'removed'; readonly version: string }
  policies: readonly PolicyInfo[]
  history: HistoryOverview
  remaking: Remaking
  /** Also without a question: runs are made to their ends while nobody asks. */
  travelCheck: TravelCheck
}

export interface LabApi extends LabRequests {
  /** Returns the function that stops listening. */
  on<E extends keyof LabEvents>(name: E, listener: (payload: LabEvents[E]) => void): () => void
}

export type RequestName = keyof LabRequests
export type EventName = keyof LabEvents

declare global {
  interface Window { readonly lab: LabApi }
}
