/**
 * A lab for tests of the window alone: real descriptions, made-up runs. It can be told to misbehave (`window.fake`), which the real one can't: files that change
 * outside, drafts left over, a bridge that breaks, slow runs. Runs in the page, before the window's own script.
 */
import { fakeDifference, fakeDivergence } from './fake-divergence'
import type {
  ApiGuide, CheckResult, ComparisonRequest, EventName, ExperimentStatus, FileContent, LabApi, LabDescription, LabEvents, PolicyInfo, Problem, Result, RunStatus, Scenario,
  OpenedPoint, QueueOverview, SweepStatus,
} from '../../preload/contract'
import { chartsOfRuns } from '../../main/lab/charts/chart-list'
import { codeOf, rulesIn } from '../../main/lab/rules/rules'
import { fakeHistory } from './fake-history'
import { fakeComparison, fakeDetail, fakeEvents, fakeSeries } from './fake-runs'

declare const DESCRIPTION: LabDescription
declare const GUIDE: ApiGuide
declare const SOURCES: Readonly<Record<string, string>>

interface FakeFile { text: string; version: number; draft?: string }

/** What tests may change. */
export interface Fake {
  /** ms between two steps of a run; there are ten. */
  stepMs: number
  broken: boolean
  ejectAtLine?: number
  editOutside(file: string, text: string): void
  /** What the lab says of files that others change all the time, or whose policies can't run. */
  readonly marks: Map<string, Pick<PolicyInfo, 'held' | 'standIn'>>
  mark(file: string, marks: Pick<PolicyInfo, 'held' | 'standIn'>): void
}

const listeners = new Map<EventName, Set<(payload: never) => void>>()
const files = new Map<string, FakeFile>()
const settings: Record<string, string> = JSON.parse(localStorage.getItem('fake.settings') ?? '{}') as Record<string, string>
const experiments = new Map<string, { status: ExperimentStatus; request: ComparisonRequest; timer?: ReturnType<typeof setInterval> }>()
const kept = localStorage.getItem('fake.kept') !== 'no'
let nextExperiment = 1

const fake: Fake = {
  stepMs: 15, broken: false, marks: new Map(),
  mark(file, marks) { fake.marks.set(file, marks); emit('policies', policies()) },
  editOutside(file, text) {
    const known = files.get(file)
    const version = (known?.version ?? 0) + 1
    files.set(file, { text, version, draft: known?.draft })
    emit('file', { file, change: 'changed', version: String(version) })
  },
}

function emit<E extends EventName>(name: E, payload: LabEvents[E]): void {
  for (const listener of listeners.get(name) ?? []) (listener as (payload: LabEvents[E]) => void)(payload)
}

let stopTravel = (): boolean => false

/** A question that is answered by cancelling it. */
function slowTravel(run: string): ReturnType<LabApi['travel']> {
  const told = { id: 'remaking-1', kind: 'travel', runs: [run], fraction: 0.4 } as const
  setTimeout(() => { emit('remaking', { ...told, over: false }) }, 30)
  return new Promise((resolve) => {
    stopTravel = () => {
      emit('remaking', { ...told, over: true })
      resolve({ ok: false, problems: [{ path: 'cancelled', message: 'was cancelled' }] })
      return true
    }
  })
}

function policies(): readonly PolicyInfo[] {
  const own = [...files].filter(([file]) => file.startsWith('policies/')).map(([file, { text }]): PolicyInfo => ({ ...describePolicy(file, text), origin: 'workspace', ...fake.marks.get(file) }))
  return [...own, ...DESCRIPTION.policies]
}

function describePolicy(file: string, text: string): PolicyInfo {
  const check = checkText(file, text)
  const example = DESCRIPTION.policies.find((policy) => text.includes(policy.describe))
  return { name: check.name ?? file, file, origin: 'workspace', describe: example?.describe ?? 'A policy of yours.', params: example?.params ?? [], hooks: check.hooks, problems: check.errors }
}

/** A stand-in for the compile service: knows brackets and one banned word. */
function checkText(file: string, text: string): CheckResult {
  const errors: Problem[] = []
  text.split('\n').forEach((line, index) => {
    const column = line.indexOf('Date.now')
    if (column >= 0) errors.push({ path: `${file}:${index + 1}`, message: 'Date is not available to policies: a run must not depend on the clock.', line: index + 1, column: column + 1 })
    if (line.includes('= ;')) errors.push({ path: `${file}:${index + 1}`, message: 'Expression expected.', line: index + 1, column: line.indexOf('= ;') + 3 })
  })
  const hooks = [...text.matchAll(/^ {4}(\w+)\(/gm)].map((match) => match[1] as string)
  return { ok: errors.length === 0, errors, warnings: [], name: /name:\s*'([^']+)'/.exec(text)?.[1], params: [], hooks, compileMs: 3.2 }
}

function content(file: string): Result<FileContent> {
  const own = files.get(file)
  if (own) return { ok: true, value: { file, text: own.text, version: String(own.version), ...(own.draft === undefined || own.draft === own.text ? {} : { draft: own.draft }) } }
  const example = SOURCES[file]
  return example === undefined ? refuse(file, 'there is no such file') : { ok: true, value: { file, text: example, version: 'example' } }
}

function refuse(path: string, message: string): Result<never> {
  return { ok: false, problems: [{ path, message }] }
}

function startExperiment(request: ComparisonRequest): Result<{ readonly id: string }> {
  if (request.set['vm.swappiness'] === 666) return refuse('set.vm.swappiness', '666 is outside 0..200')
  const id = `e${nextExperiment++}`
  const machines = [{ label: request.base }, ...request.policies.map((ref) => {
    const name = ref.kind === 'name' ? ref.name : checkText(ref.file, ref.text).name ?? ref.file
    return { label: name, policy: name }
  })]
  const runs: RunStatus[] = machines.flatMap((_machine, machine) => Array.from({ length: request.seeds }, (_none, seed) => (
    { run: `${id}.m${machine}.s${seed + 1}`, machine, seed: seed + 1, state: 'waiting' as const, fraction: 0, ejections: [] })))
  const status: ExperimentStatus = { id, title: { en: 'Comparison', zh: '比较' }, scenario: 'fake', machines, state: 'running', fraction: 0, runs }
  const entry = { status, request, timer: setInterval(() => step(id), fake.stepMs) }
  experiments.set(id, entry)
  return { ok: true, value: { id } }
}

/** Of the sweep that is always there. */
function openPoint(point: number): Result<OpenedPoint> {
  const started = startExperiment({ scenario: { kind: 'preset', id: 'seed-000' }, base: 'linux-6.1', policies: [], seeds: 2, set: {} })
  const entry = started.ok ? experiments.get(started.value.id) : undefined
  if (!started.ok || !entry) return refuse('point', 'no')
  clearInterval(entry.timer)
  const { status } = entry
  const done = { ...status, title: { en: `A sweep · vm.swappiness = ${point * 100}`, zh: `一次扫参 · vm.swappiness = ${point * 100}` }, state: 'done' as const, fraction: 1, runs: status.runs.map((run) => finished(run, status)) }
  entry.status = { ...done, comparison: fakeComparison(DESCRIPTION.metrics, done, false) }
  return { ok: true, value: { id: started.value.id, runs: 2, kept: 1, missing: 0 } }
}

/** Two runs at a time, ten steps each. */
function step(id: string): void {
  const entry = experiments.get(id)
  if (!entry) return
  const { status } = entry
  let active = 0
  const runs = status.runs.map((run): RunStatus => {
    if (run.state === 'done' || active >= 2) return run
    active++
    const fraction = Math.min(1, run.fraction + 0.1001)
    return fraction < 1 ? { ...run, state: 'running', fraction } : finished(run, status)
  })
  const fraction = runs.reduce((sum, run) => sum + run.fraction, 0) / runs.length
  const done = runs.every((run) => run.state === 'done')
  publish(id, { ...status, runs, fraction, state: done ? 'done' : 'running', etaMs: Math.round((1 - fraction) * runs.length * 5 * fake.stepMs), comparison: fakeComparison(DESCRIPTION.metrics, { ...status, runs }, !done) })
}

function finished(run: RunStatus, status: ExperimentStatus): RunStatus {
  const policy = status.machines[run.machine]?.policy
  const ejections = fake.ejectAtLine === undefined || policy === undefined ? [] : [{
    policy, kind: 'error' as const, hook: 'zoneWatermarks' as const, call: 1, t: 0, message: "Cannot read properties of undefined (reading 'managed')", line: fake.ejectAtLine, column: 5,
  }]
  return { ...run, state: 'done', fraction: 1, digest: `${(run.machine * 7919 + run.seed * 104729).toString(16)}c0ffee5eed00d`.slice(0, 16), end: 'done', ejections }
}

function publish(id: string, status: ExperimentStatus): void {
  const entry = experiments.get(id)
  if (!entry) return
  if (status.state !== 'running') clearInterval(entry.timer)
  entry.status = status
  emit('experiment', status)
}

function cancelExperiment(id: string): boolean {
  const entry = experiments.get(id)
  if (!entry || entry.status.state !== 'running') return false
  const runs = entry.status.runs.map((run): RunStatus => (run.state === 'done' ? run : { ...run, state: 'cancelled', end: run.state === 'running' ? 'cancelled' : undefined }))
  setTimeout(() => publish(id, { ...entry.status, runs, state: 'cancelled', comparison: fakeComparison(DESCRIPTION.metrics, { ...entry.status, runs }, true) }), 5)
  return true
}

function labelsOf(run: string): { readonly machine: number; readonly seed: number } {
  const match = /m(\d+)\.s(\d+)$/.exec(run)
  return { machine: Number(match?.[1]), seed: Number(match?.[2]) }
}

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><rect width="20" height="10" fill="#0a5cad"/></svg>'

const SWEEP: SweepStatus = {
  id: 's1', title: { en: 'A sweep', zh: '一次扫参' }, state: 'done', axes: [{ name: 'vm.swappiness', values: [0, 100, 200] }], points: [[0], [100], [200]], machines: [{ label: 'linux-6.1' }], seeds: 2, runs: 6, ended: 6, lost: 0, ejected: 0,
  curves: [{ metric: 'run_time', machine: 0, best: { point: 1, asGood: [2] }, points: [30, 10, 11].map((mean, point) => ({ point, estimate: { mean, sd: 1, values: [mean, mean] }, interval: [mean - 2, mean + 2] as const })) }],
}

const QUEUE: QueueOverview = {
  address: 'redis://queue:6379/0', queues: [{ engine: '0.2.0', waiting: 2, running: 1, alarms: 1 }],
  sweeps: [{ id: 'k3j9x2b8q1zz', title: SWEEP.title, engine: '0.2.0', runs: 6, ended: 3, cancelled: false, at: '2026-11-21T12:00:00.000Z' }],
  workers: [
    { name: 'mill/812', engine: '0.2.0', state: 'works', parallel: 4, running: 1, made: 3, secondsAgo: 1 }, { name: 'barn/4410', engine: '0.1.0', state: 'refuses', parallel: 8, running: 0, made: 0, secondsAgo: 2 },
    { name: 'shed/99', engine: '0.2.0', state: 'gone', parallel: 2, running: 1, made: 1, secondsAgo: 240 },
  ],
}
const queued: SweepStatus = {
  ...SWEEP, id: 's2', state: 'running', ended: 4, lost: 1, error: '1 of 6 runs failed: two digests for one run (aa11 and bb22): determinism is broken, it is left out',
  queue: {
    address: QUEUE.address, sweep: 'k3j9x2b8q1zz', engine: '0.2.0', connected: true, waiting: 2, running: 0, workers: [{ ...QUEUE.workers[0], state: 'held' }, QUEUE.workers[1]], missing: 0,
    alarms: [{ run: 'Zk1PzQm4w9xyabcd', digests: ['aa11', 'bb22'], by: ['mill/812', 'shed/99'] }],
  },
}

/** The password's field is no part of the address. */
function onQueue(url: string): Result<{ readonly id: string }> {
  return url.includes('@') ? refuse('queue', 'holds a password, which others can see there') : { ok: true, value: { id: 's2' } }
}

/** Every answer comes later, as over a bridge, and none when the bridge is broken. */
async function bridge<T>(answer: () => T): Promise<T> {
  await new Promise((resolve) => setTimeout(resolve, 1))
  if (fake.broken) throw new Error('the connection to the lab was lost')
  return answer()
}

const lab: LabApi = {
  ...fakeHistory,
  describe: () => bridge(() => ({ ...DESCRIPTION, workspace: kept ? DESCRIPTION.workspace : { path: '/tmp/reclaim-lab', kept: false, why: 'The home folder can’t be written.' }, policies: policies() })),
  compare: (request) => bridge(() => startExperiment(request)),
  cancel: (id) => bridge(() => (id === 'remaking-1' ? stopTravel() : cancelExperiment(id))),
  experiment: (id) => bridge(() => { const entry = experiments.get(id); return entry ? { ok: true, value: entry.status } as const : refuse('id', 'no such experiment') }),
  watchRuns: () => bridge(() => ({ ok: true, value: null } as const)),
  exportFile: (request) => bridge(() => ({ ok: true, value: { name: `fake.${request.kind}`, type: 'text/plain', text: request.kind === 'chart' ? SVG : JSON.stringify(request) } } as const)),
  openBundle: () => bridge(() => refuse('bundle.engine', 'was made by engine 0.0.1, this lab has 0.2.0')),
  charts: (runs) => bridge(() => ({ ok: true, value: chartsOfRuns(DESCRIPTION.charts, runs.map((run) => fakeDetail(run, labelsOf(run).machine))) } as const)),
  run: (run) => bridge(() => ({ ok: true, value: fakeDetail(run, labelsOf(run).machine) } as const)),
  series: (run, ids, t0, t1, max) => bridge(() => ({ ok: true, value: fakeSeries(labelsOf(run).machine, ids, t0, t1, max) } as const)),
  events: (query) => bridge(() => ({ ok: true, value: fakeEvents(labelsOf(query.run).machine) } as const)),
  procFiles: (_run, t) => bridge(() => ({ ok: true, value: { t, files: { zoneinfo: 'Node 0, zone      DMA\n  pages free     3840\n', meminfo: 'MemTotal:  4024116 kB\n' } } } as const)),
  sweep: (request) => bridge(() => (request.queue !== undefined ? onQueue(request.queue.url) : request.sweep.length > 0 ? { ok: true, value: { id: 's1' } } as const : refuse('sweep', 'names nothing to vary'))),
  sweepSize: (sweep) => bridge(() => (sweep.every((line) => line.includes('=')) ? { ok: true, value: { points: 3 } } as const : refuse(`sweep "${sweep[0] ?? ''}"`, 'must be name=first..last:step'))),
  openSweepPoint: (_sweep, point) => bridge(() => openPoint(point)),
  sweepStatus: (id) => bridge(() => ({ ok: true, value: id === 's2' ? queued : SWEEP } as const)),
  queueOverview: () => bridge(() => ({ ok: true, value: QUEUE } as const)),
  resumeOnQueue: (_entry, queue) => bridge(() => onQueue(queue.url)),
  watchSweep: (queue) => bridge(() => onQueue(queue.url)),
  sweepCsv: () => bridge(() => ({ ok: true, value: 'vm.swappiness,run_time\r\n0,10\r\n' } as const)),
  followPage: (_run, query) => bridge(() => ({ ok: true, value: {
    page: query.page.startsWith('next-evicted') ? 'app:heap:509' : query.page, dropped: 0,
    events: [{ t: 3_448_000, kind: 'lru_add', task: 'app', args: { list: 'inactive_anon', others: 14, full: 1 }, text: { en: 'The batch is full: with 14 others it reaches the head of inactive_anon.', zh: 'batch 满了：和另外 14 页一起到 inactive_anon 头部。' } }],
  } } as const)),
  divergence: (a, b) => bridge(() => ({ ok: true, value: fakeDivergence(a, b) } as const)),
  difference: (_a, _b, index) => bridge(() => ({ ok: true, value: fakeDifference(index) } as const)),
  travel: (run, query) => (query.to === 'until' ? slowTravel(run) : bridge(() => ({ ok: true, value: { remade: 0 } } as const))),
  apiGuide: () => bridge(() => GUIDE),
  hookPlaces: (text) => bridge(() => text.split('\n').flatMap((line, index) => [.../^ {4}(\w+)[(:,]/.exec(line)?.slice(1) ?? []].filter((hook) => GUIDE.hooks.some(({ name }) => name === hook))
    .map((hook) => ({ hook, use: 'declared' as const, line: index + 1, column: 5, endColumn: 5 + hook.length, text: line })))),
  insertPlace: () => bridge(() => null),
  explainGfp: (mask) => bridge(() => ({ ok: true, value: {
    mask: '0x100cca', name: mask, flags: [{ name: '__GFP_MOVABLE', mask: '0x08', about: { en: 'The page may be moved.', zh: '该页可以移动。' } }], migrateType: 'Movable', highestZone: 'Movable', minShare: 1,
    allocFlags: { fast: ['ALLOC_WMARK_LOW'], slow: ['ALLOC_WMARK_MIN'] }, follows: [{ topic: 'kswapd', answer: 'yes', text: { en: 'It wakes kswapd.', zh: '它会唤醒 kswapd。' } }],
  } } as const)),
  explainEvent: (event) => bridge(() => ({ en: `${event.task} did it.`, zh: `是 ${event.task} 做的。` })),
  reloadPolicy: (file) => bridge(() => { fake.marks.delete(file); emit('policies', policies()); return { ok: true, value: null } as const }),
  writeRules: (rules) => bridge(() => codeOf(rules)),
  readRules: (text) => bridge(() => rulesIn(text)),
  check: (file, text) => bridge(() => checkText(file, text)),
  files: () => bridge(() => [...files.keys()].map((file) => ({ file, kind: file.endsWith('.json') ? 'scenario' as const : 'policy' as const}))),
  read: (file) => bridge(() => content(file)),
  save: (file, text, version) => bridge(() => {
    const known = files.get(file)
    if ((known ? String(known.version) : '') !== version) return refuse(file, 'the file has changed since it was read')
    files.set(file, { text, version: (known?.version ?? 0) + 1 })
    emit('policies', policies())
    emit('file', { file, change: 'changed', version: String((known?.version ?? 0) + 1) })
    return content(file)
  }),
  saveDraft: (file, text) => bridge(() => { const known = files.get(file); if (known) known.draft = text; return { ok: true, value: null } as const }),
  remove: (file) => bridge(() => { files.delete(file); emit('policies', policies()); emit('file', { file, change: 'removed', version: '' }); return { ok: true, value: null } as const }),
  validateScenario: (json) => bridge(() => validate(json)),
  importMachine: (source) => bridge(() => {
    const text = source.kind === 'text' ? source.files.zoneinfo : source.kind === 'config-json' ? source.text : 'managed 1'
    const at = text.split('\n').findIndex((line) => /managed\s*$/.test(line))
    if (at >= 0) return { ok: false, problems: [{ path: `zoneinfo:${at + 1}`, message: '“managed” has no number', line: at + 1 }] } as const
    const scenario = (DESCRIPTION.presets[0] as LabDescription['presets'][number]).scenario
    return { ok: true, value: { scenario: { ...scenario, id: 'imported' }, kernel: 'linux-6.1', read: [{ en: '3 zones of 1 node with their marks', zh: '1 个节点的 3 个 zone 及其水位' }], assumed: [{ en: '1 CPU', zh: '1 个 CPU' }], notModelled: [{ en: 'per-cpu vm stat thresholds', zh: '每 CPU 的 vm stat 阈值' }] } } as const
  }),
  loadSettings: () => bridge(() => settings),
  saveSetting: (key, value) => bridge(() => { settings[key] = value; localStorage.setItem('fake.settings', JSON.stringify(settings)) }),
  on(name, listener) {
    const set = listeners.get(name) ?? new Set()
    listeners.set(name, set.add(listener as (payload: never) => void))
    return () => { set.delete(listener as (payload: never) => void) }
  },
}

function validate(json: string): Result<Scenario> {
  try {
    const value = JSON.parse(json) as Scenario
    if (typeof value.machine?.cpus !== 'number' || value.machine.cpus < 1) return refuse('machine.cpus', `${JSON.stringify(value.machine?.cpus)} is no number of CPUs: 1 to 64`)
    return { ok: true, value }
  } catch (error) {
    return { ok: false, problems: [{ path: '', message: `This is no JSON: ${(error as Error).message}`, line: 1 }] }
  }
}

Object.assign(window, { lab, fake })
