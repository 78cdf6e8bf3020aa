/** Small stand-ins for the lab's parts: a kernel with three sysctls, a compiler that reads a policy's name from its text, runs that end when the test says so. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KernelDefinition } from 'reclaim-lab'
import { assembleLab } from '../../main/lab/assemble-lab'
import type { Lab } from '../../main/lab/lab-types'
import type { Compiler, Content, Kernel, Runs } from '../../main/lab/parts'
import { ENGINE_VERSION, type Progress, type Recording, type RunSummary, type Samples } from '../../main/engine'
import type { RunJob } from '../../main/runner/protocol'
import { createStore } from '../../main/store/store'
import type { ComparisonRequest, PresetInfo, Scenario } from '../../preload/contract'
import { summary } from '../engine/metrics/recordings'

const KERNEL: KernelDefinition = {
  api: 1, name: 'linux-6.1', describe: '', scope: 'full', hooks: {},
  traits: {
    release: '6.1.0', procFiles: 'linux-6.1', folioBatch: 15, pcpBatchCap: 256, stalls: 'reclaim-throttle', proportionalStop: 'repeated', oomReaperDelayS: 2, emptyZoneOffers: 'free', nodeReclaimNeeds: 'either', thisNodeTry: 'compact',
    lruLists: 'node', fairZones: false, newAnon: 'inactive', refaults: 'anon-and-file', dirtyFolios: 'activate', highOrderTest: 'block', reserves: 'highatomic', perCpuLists: 'low-mark', kcompactd: true,
    slabShare: 'priority', writesMarkAccessed: false, swapBypass: true, victimReserves: 'half', cgroups: 'v1-and-v2',
  },
  sysctls: {
    'vm.swappiness': { default: 60, min: 0, max: 200, unit: 'ratio', about: '' },
    'vm.min_free_kbytes': { default: 1000, min: 0, max: 1e9, unit: 'kB', about: '' },
    'vm.lowmem_reserve_ratio': { default: [256, 256, 32, 0], min: 0, max: 1e9, unit: 'ratio', about: '' },
  },
}

export const SCENARIO: Scenario = {
  format: 1, id: 'small', title: { en: 'Small', zh: '小' }, about: { en: '', zh: '' },
  machine: { cpus: 1, profile: 'server', preemption: 'none', hz: 250, zones: [{ node: 0, name: 'Normal', managed: 1000 }], disks: [], swap: [], thp: 'never' },
  processes: [{ name: 'p', phases: [{ op: 'map', r: 'heap', pages: 9 }, { op: 'touch', r: 'heap', rw: 'w', pat: 'rand', start: 0, len: 9, count: 9, rate: 0 }] }],
  sysctls: {}, files: [], durationMs: 1000, sampleMs: 100,
}

const preset: PresetInfo = { id: 'small', group: { en: 'To begin with', zh: '从这里开始' }, title: SCENARIO.title, about: SCENARIO.about, base: 'linux-6.1', policies: [], variants: [], seeds: 3, scenario: SCENARIO }

function kernel(definition: KernelDefinition): Kernel {
  return { definition, info: { name: definition.name, describe: '', scope: definition.scope, source: '' } }
}

export const CONTENT: Content = {
  presets: [preset, { ...preset, id: 'thrash' }],
  kernels: [kernel({ ...KERNEL, name: 'linux-5.15', scope: 'marks' }), kernel(KERNEL)],
  examples: [{ file: 'examples/early.ts', text: 'name: early' }, { file: 'examples/ratio.ts', text: 'name: ratio' }],
  skeleton: 'skeleton', scenarioSchema: {},
  parseScenario: (value) => typeof value === 'object' && value !== null ? { ok: true, value: { ...SCENARIO, ...value } } : { ok: false, problems: [{ path: 'scenario', message: 'must be an object' }] },
  parseScenarioText: () => ({ ok: true, value: SCENARIO }),
  importMachine: async () => ({ ok: false, problems: [{ path: 'zoneinfo:3', message: 'cut off' }] }),
}

/** `name: x` compiles; anything else has an error at line 1. */
export function fakeCompiler(): Compiler {
  return {
    compile: async (file, text) => {
      const name = /^name: (\S+)/.exec(text)?.[1]
      if (name === undefined) return { errors: [{ path: `${file}:1`, message: 'no name', line: 1 }], warnings: [], ms: 1 }
      return { policy: { file, code: name, hash: text, text }, errors: [], warnings: [], ms: 1 }
    },
    apiTypes: async () => 'declare module',
    guide: async () => ({ sections: [], constants: [], hooks: [], snippets: [], starter: '' }),
    hookPlaces: async () => [],
    insertPlace: async () => null,
    close: async () => undefined,
  }
}

export function recording(job: RunJob, changes: Partial<RunSummary> = {}): Recording {
  const policies = job.policies.map((policy) => policy.compiled.code)
  return {
    engine: ENGINE_VERSION, scenario: job.scenario.id, kernel: job.kernel, policies, seed: job.seed, digest: `${policies.join('+')}/${job.seed}`,
    series: { times: Float64Array.of(0, 1e8, 2e8), ids: ['nr_free_pages', 'pgscan_kswapd'], columns: [Float64Array.of(9, 1, 5), Float64Array.of(0, 10, 30)] },
    policySeries: { times: Float64Array.of(0, 1e8, 2e8), ids: ['mine'], columns: [Float64Array.of(1, 2, 3)] },
    events: [1e8, 2e8, 3e8].map((t) => ({ t, kind: t === 2e8 ? 'mark_victim' as const : 'mm_vmscan_kswapd_wake' as const, duration: 0, task: 'x', args: {} })),
    snapshots: [], hooks: [], ejections: [], summary: summary({ durationNs: policies.length === 0 ? 1e9 + job.seed * 1e6 : 5e8 + job.seed * 2e6, ...changes }),
  }
}

export interface PendingRun {
  readonly job: RunJob
  cancelled: boolean
  watched: boolean
  /** `from`: rows that were sent before. */
  sample(from: number, samples: Samples): void
  progress(fraction: number): void
  finish(changes?: Partial<RunSummary>): void
  fail(message: string): void
}

/** Runs wait for the test to end them. */
export class FakeRuns implements Runs {
  readonly started: PendingRun[] = []
  closed = false

  start(job: RunJob, onProgress: (progress: Progress) => void, onSamples?: (from: number, samples: Samples) => void): ReturnType<Runs['start']> {
    let resolve: (recording: Recording) => void = () => undefined
    let reject: (error: Error) => void = () => undefined
    const promise = new Promise<Recording>((yes, no) => { resolve = yes; reject = no })
    const pending: PendingRun = {
      job, cancelled: false, watched: false,
      sample: (from, samples) => { onSamples?.(from, samples) },
      progress: (fraction) => { onProgress({ now: 0, fraction, touches: 0 }) },
      finish: (changes) => { resolve(recording(job, changes)) },
      fail: (message) => { reject(new Error(message)) },
    }
    this.started.push(pending)
    return { done: promise, cancel: () => { pending.cancelled = true }, watch: (on) => { pending.watched = on } }
  }

  travel(): never {
    throw new Error('nobody travels here')
  }

  ask(): never {
    throw new Error('nothing is asked here')
  }

  async inspect(policy: { readonly code: string }): ReturnType<Runs['inspect']> {
    if (policy.code === 'broken') return { ok: false, message: 'boom', line: 7, column: 2 }
    return {
      ok: true, name: policy.code, describe: 'about', hooks: ['kswapdWake'], controller: false,
      params: [
        { name: 'factor', kind: 'number', default: 2, min: 1, max: 9, step: 1, unit: 'pages', about: '' },
        { name: 'on', kind: 'boolean', default: false, about: '' },
        { name: 'mode', kind: 'choice', default: 'a', choices: ['a', 'b'], about: '' },
      ],
    }
  }

  async close(): Promise<void> {
    this.closed = true
    for (const run of this.started) run.fail('the lab was closed')
  }

  get(machine: number, seed: number): PendingRun {
    const found = this.started.find((run) => run.job.run.endsWith(`.${machine}.${seed}`))
    if (found === undefined) throw new Error(`no run of machine ${machine}, seed ${seed}`)
    return found
  }
}

export interface TestLab { readonly lab: Lab; readonly runs: FakeRuns; readonly workspace: string; end(): Promise<void> }

export async function testLab(given?: string): Promise<TestLab> {
  const workspace = given ?? await mkdtemp(join(tmpdir(), 'lab-test-'))
  const runs = new FakeRuns()
  const lab = assembleLab({ workspace, kept: true, host: 'browser' }, { compiler: fakeCompiler(), runs, content: CONTENT }, await createStore(workspace))
  return { lab, runs, workspace, end: async () => { await lab.dispose(); await rm(workspace, { recursive: true, force: true }) } }
}

export function request(changes: Partial<ComparisonRequest> = {}): ComparisonRequest {
  return { scenario: { kind: 'preset', id: 'small' }, base: 'linux-6.1', policies: [{ kind: 'name', name: 'early' }], seeds: 2, set: {}, ...changes }
}
