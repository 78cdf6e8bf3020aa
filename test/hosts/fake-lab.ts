/** A lab for host tests: answers that show what arrived, events on demand, and every kind of value the contract can carry. */
import type { Lab } from '../../main/lab/lab-types'
import type { EventName, ExperimentStatus, HistoryOverview, LabEvents, LabDescription, WorkspaceFile } from '../../preload/contract'

export interface FakeLab extends Lab {
  readonly calls: { readonly name: string; readonly args: readonly unknown[] }[]
  emit<E extends EventName>(name: E, payload: LabEvents[E]): void
  /** How many listen. */
  listening(): number
  active: number
  disposed: boolean
}

export const STATUS: ExperimentStatus = { id: 'e1', title: { en: 'One', zh: '一' }, scenario: 's', machines: [{ label: 'linux-6.1' }], state: 'running', fraction: 0.25, runs: [] }

export const SERIES = { times: Float64Array.of(0, 1e9, 2e9), columns: { 'free:0:DMA32': Float64Array.of(1, NaN, -0), nr_free: Float64Array.of(Infinity, -Infinity, 2 ** 53) } }

const NO_ENTRY = { ok: false, problems: [{ path: 'entry', message: 'there is no such entry' }] } as const
const OVERVIEW: HistoryOverview = {
  space: { entries: 0, runs: 0, recordings: 0, recordingBytes: 0, pinnedBytes: 0, removedBytes: 0, databaseBytes: 0, limitBytes: 2 ** 32 },
  reports: [{ id: 1, atMs: 5, kind: 'recording', what: 'x.rec', why: 'is empty', keptAs: '/w/damaged/x.rec' }], tags: ['a'], unclean: [],
}

export function fakeLab(): FakeLab {
  const calls: { name: string; args: readonly unknown[] }[] = []
  const listeners = new Map<EventName, Set<(payload: never) => void>>()
  function log<T>(name: string, args: readonly unknown[], value: T): Promise<T> {
    calls.push({ name, args })
    return Promise.resolve(value)
  }
  return {
    calls,
    active: 0,
    disposed: false,
    describe: () => log('describe', [], { version: '1', engine: 'e', host: 'browser', workspace: { path: '/w', kept: true }, skeleton: undefined } as unknown as LabDescription),
    compare: (request) => log('compare', [request], { ok: true, value: { id: 'e1' } } as const),
    cancel: (id) => log('cancel', [id], true),
    experiment: (id) => log('experiment', [id], id === 'e1' ? { ok: true, value: STATUS } as const : { ok: false, problems: [{ path: 'id', message: `no experiment ${id}` }] } as const),
    watchRuns: (runs) => log('watchRuns', [runs], { ok: true, value: null } as const),
    exportFile: (request) => log('exportFile', [request], { ok: true, value: { name: 'a.csv', type: 'text/csv', text: 'a\r\n' } } as const),
    openBundle: (text) => log('openBundle', [text], { ok: false, problems: [{ path: 'bundle', message: 'is no JSON' }] } as const),
    charts: (runs) => log('charts', [runs], { ok: true, value: [] } as const),
    run: (run) => Promise.reject(new RangeError(`no run ${run}`)),
    series: (...args) => log('series', args, { ok: true, value: SERIES } as const),
    events: (query) => log('events', [query], { ok: true, value: [] } as const),
    procFiles: (run, t) => log('procFiles', [run, t], { ok: true, value: { t, files: { vmstat: 'nr_free_pages 1\n' } } } as const),
    sweep: (request) => log('sweep', [request], { ok: true, value: { id: 's1' } } as const),
    sweepSize: (sweep) => log('sweepSize', [sweep], { ok: true, value: { points: 3 } } as const),
    openSweepPoint: (sweep, point) => log('openSweepPoint', [sweep, point], { ok: true, value: { id: 'e3', runs: 2, kept: 1, missing: 0 } } as const),
    sweepStatus: (id) => log('sweepStatus', [id], { ok: false, problems: [{ path: 'id', message: 'no sweep' }] } as const),
    queueOverview: (queue) => log('queueOverview', [queue], { ok: false, problems: [{ path: 'queue', message: 'no queue' }] } as const),
    resumeOnQueue: (entry, queue) => log('resumeOnQueue', [entry, queue], { ok: true, value: { id: 's1' } } as const),
    watchSweep: (queue, sweep) => log('watchSweep', [queue, sweep], { ok: true, value: { id: 's1' } } as const),
    sweepCsv: (id) => log('sweepCsv', [id], { ok: true, value: 'a,b\r\n' } as const),
    followPage: (run, query) => log('followPage', [run, query], { ok: true, value: { page: query.page, events: [], dropped: 0 } } as const),
    divergence: (a, b) => log('divergence', [a, b], { ok: false, problems: [{ path: 'b', message: `no run ${b}` }] } as const),
    difference: (a, b, index) => log('difference', [a, b, index], { ok: false, problems: [{ path: 'index', message: `no difference ${index}` }] } as const),
    travel: (run, query) => log('travel', [run, query], { ok: true, value: { remade: 0 } } as const),
    apiGuide: () => log('apiGuide', [], { sections: [], constants: [], hooks: [], snippets: [], starter: '' }),
    hookPlaces: (text) => log('hookPlaces', [text], []),
    insertPlace: (text, offset) => log('insertPlace', [text, offset], null),
    explainGfp: (mask) => log('explainGfp', [mask], { ok: false, problems: [{ path: 'mask', message: `no flag ${mask}` }] } as const),
    explainEvent: (event) => log('explainEvent', [event], { en: event.kind, zh: event.kind }),
    check: (file, text) => log('check', [file, text], { ok: true, errors: [], warnings: [], params: [], hooks: [], compileMs: 1.5 }),
    writeRules: (rules) => log('writeRules', [rules], { ok: false, problems: [{ path: 'rules', message: 'no' }] } as const),
    readRules: (text) => log('readRules', [text], { ok: false, problems: [{ path: 'rules', message: 'no' }] } as const),
    reloadPolicy: (file) => log('reloadPolicy', [file], { ok: true, value: null } as const),
    files: () => log('files', [], [] as readonly WorkspaceFile[]),
    read: (file) => log('read', [file], { ok: true, value: { file, text: 'x'.repeat(3_000_000), version: '1' } } as const),
    save: (file, text, version) => log('save', [file, text, version], { ok: true, value: { file, text, version: '2' } } as const),
    saveDraft: (file, text) => log('saveDraft', [file, text], { ok: true, value: null } as const),
    remove: (file) => log('remove', [file], { ok: true, value: null } as const),
    validateScenario: (json, base) => log('validateScenario', [json, base], { ok: false, problems: [{ path: 'machine.zones[1].managed', message: 'missing', line: 3 }] } as const),
    importMachine: (source) => log('importMachine', [source], { ok: false, problems: [] } as const),
    history: (query) => log('history', [query], { ok: true, value: { entries: [], total: 0 } } as const),
    historyOverview: () => log('historyOverview', [], OVERVIEW),
    historyDetail: (entry) => log('historyDetail', [entry], NO_ENTRY),
    historyOpen: (entry) => log('historyOpen', [entry], NO_ENTRY),
    historyResume: (entry) => log('historyResume', [entry], NO_ENTRY),
    historyCompare: (runs) => log('historyCompare', [runs], { ok: true, value: { kind: 'comparison', id: 'e2' } } as const),
    historyChange: (entry, change) => log('historyChange', [entry, change], NO_ENTRY),
    historyRemove: (entry) => log('historyRemove', [entry], { ok: true, value: null } as const),
    historyRestore: (entry) => log('historyRestore', [entry], { ok: true, value: null } as const),
    historyLimit: (bytes) => log('historyLimit', [bytes], { ok: true, value: OVERVIEW.space } as const),
    historyEmpty: () => log('historyEmpty', [], { ok: true, value: OVERVIEW.space } as const),
    historyDismiss: (what) => log('historyDismiss', [what], { ok: true, value: null } as const),
    historyShow: (entries) => log('historyShow', [entries], { ok: true, value: null } as const),
    fileVersions: (file) => log('fileVersions', [file], { ok: true, value: [{ id: 'v1', atMs: 1, bytes: 2, why: 'saved' }] } as const),
    fileVersion: (file, id) => log('fileVersion', [file, id], { ok: true, value: 'earlier text' } as const),
    keepVersion: (file, text) => log('keepVersion', [file, text], { ok: true, value: null } as const),
    loadSettings: () => log('loadSettings', [], { theme: 'dark', '__proto__x': '1' }),
    saveSetting: (key, value) => log('saveSetting', [key, value], undefined),
    on<E extends EventName>(name: E, listener: (payload: LabEvents[E]) => void) {
      const set = listeners.get(name) ?? new Set()
      listeners.set(name, set.add(listener))
      return () => void set.delete(listener)
    },
    emit(name, payload) { for (const listener of listeners.get(name) ?? []) listener(payload as never) },
    listening: () => [...listeners.values()].reduce((sum, set) => sum + set.size, 0),
    activeRuns() { return this.active },
    dispose() { this.disposed = true; return Promise.resolve() },
  }
}
