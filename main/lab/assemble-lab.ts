/** The lab from its parts: every request of the contract, whatever host carries it. Nothing here throws because of what a person gave: those are `Result`s. */
import type { ComparisonRequest, LabDescription, LabEvents, Result, RunEvent, Scenario, Text } from '../../preload/contract'
import { availableParallelism } from 'node:os'
import { jobOf, type Experiment, type LabRun } from './experiment'
import type { History } from '../store/history/history'
import type { Store } from '../store/store'
import { describeLab } from './describe'
import { createExperiments, type Experiments } from './experiments'
import type { Lab, LabOptions } from './lab-types'
import type { LiveSamples } from './live-samples'
import { createKeeper } from './history/keeper'
import { historyRequests, overview } from './history/requests'
import type { Content, LabParts } from './parts'
import { done, fail, guarded, show, type Failure } from './problems'
import { CHARTS } from '../engine'
import { chartsOfRuns } from './charts/chart-list'
import { openBundle } from './export/bundle'
import { chartFile, detailOf, experimentFile, readExportRequest, runFile, type Recorded } from './export/exports'
import { divergeRequests } from './diverge/requests'
import { explainEvent } from './explain/event'
import { explainGfp } from './explain/gfp'
import { followPage, lifeView } from './follow/follow'
import { parsePageQuery } from './follow/page-query'
import { createRemakings, type Remakings } from './remaking'
import { procFiles } from './proc/proc-files'
import { createStates } from './proc/state-at'
import { createPolicyLibrary, type PolicyLibrary } from './policy-library'
import { defaultKernel, prepare } from './request'
import { wallClock, type Clock } from './clock'
import { createReloads, noteEjections } from './reloads'
import { codeOf, rulesIn, sysctlsOf } from './rules/rules'
import { POLICY_SERIES, eventsOf, runDetail, seriesPlaces, seriesSlice } from './run-views'
import type { Sweep } from './sweep/collect'
import { sweepRequests } from './sweep/requests'
import { createSweeps } from './sweep/sweeps'
import { throttle } from './throttle'
import { travelRequests } from './travel/travel'

const HISTORY_EVENTS_PER_SECOND = 2

/** What a lab needs to know of its host; the workspace is the store's. */
export type LabSurroundings = Pick<LabOptions, 'workspace' | 'kept' | 'why' | 'host'>

/** Without a history nothing outlives the lab. */
export function assembleLab(options: LabSurroundings, parts: LabParts, store: Store, history?: History, clock: Clock = wallClock): Lab {
  const events = createEvents()
  const reloads = createReloads(clock, { released: (file) => { void released(file) }, news: () => { policiesNews.call(false) } })
  const library = createPolicyLibrary(parts, store, reloads)
  const remakings = createRemakings((now) => { events.tell('remaking', now) })
  const historyNews = throttle(1000 / HISTORY_EVENTS_PER_SECOND, () => { void overview(history, keeper?.unavailable()).then((now) => { events.tell('history', now) }) })
  const keeper = history === undefined ? undefined : createKeeper(history, { origin: 'window', changed: () => { historyNews.call(false) } })
  const experiments = createExperiments(parts.runs, (status) => { noteEjections(experiments.find(status.id), reloads); events.tell('experiment', status) }, undefined, keeper)
  const sweeps = createSweeps(parts.runs, availableParallelism(), (status) => { events.tell('sweep', status) }, keeper)
  const policiesNews = throttle(250, () => { library.list().then((policies) => { events.tell('policies', policies) }, () => undefined) })
  /** What was held is loaded now: the editor hears of it as of any change. */
  const released = async (file: string): Promise<void> => {
    const now = await store.read(file)
    if (now.ok) events.tell('file', { file, change: 'changed', version: now.value.version })
    policiesNews.call(false)
  }
  store.onChange((event, by) => {
    if (event.change === 'removed') reloads.removed(event.file)
    else if (by === 'lab') reloads.saved(event.file)
    else if (event.file.startsWith('policies/') && !reloads.changed(event.file)) return
    events.tell('file', event)
    if (event.file.startsWith('policies/')) policiesNews.call(false)
  })
  return {
    ...experimentRequests(parts, library, experiments, remakings, events),
    ...outRequests(parts, library, experiments),
    ...sweepRequests(parts, library, sweeps, experiments, keeper),
    cancel: async (id) => remakings.cancel(id) || cancel(sweeps.find(id) ?? experiments.find(id)),
    ...fileRequests(parts, library, store),
    ...rulesRequests(parts.content),
    reloadPolicy: async (file) => { reloads.resume(file); return done(null) },
    ...historyRequests({ experiments, sweeps, store, changed: () => { historyNews.call(false) }, ...(keeper === undefined ? {} : { keeper }) }),
    describe: () => describe(options, parts, library),
    on: events.on,
    activeRuns: () => experiments.active() + sweeps.active(),
    dispose: async () => {
      experiments.cancelAll()
      sweeps.cancelAll()
      policiesNews.stop()
      reloads.close()
      store.close()
      // Runs still at work end with their processes.
      await Promise.all([parts.runs.close(), parts.compiler.close()])
      await Promise.all([experiments.settled(), sweeps.settled()])
      await keeper?.settled()
      historyNews.stop()
      await history?.close()
      events.clear()
    },
  }
}

type ExperimentRequests = Pick<Lab, 'compare' | 'experiment' | 'watchRuns' | 'run' | 'charts' | 'series' | 'events' | 'procFiles' | 'followPage' | 'divergence' | 'difference' | 'travel' | 'explainGfp' | 'explainEvent'>

function experimentRequests(parts: LabParts, library: PolicyLibrary, experiments: Experiments, remakings: Remakings, events: Events): ExperimentRequests {
  const states = createStates(parts.runs)
  const recorded = (run: string): Promise<Result<Recorded>> => findRecorded(experiments, run)
  return {
    compare: async (request: ComparisonRequest) => guarded('request', async () => {
      const prepared = await prepare(request, parts.content, library)
      return prepared.ok ? done({ id: experiments.start(prepared.value).id }) : prepared
    }),
    experiment: async (id) => {
      const experiment = experiments.find(id)
      return experiment === undefined ? missing(experiments, 'id', id) : done(experiment.status())
    },
    watchRuns: async (runs) => { experiments.watch(runs); return done(null) },
    run: async (run) => {
      const result = await recorded(run)
      return result.ok ? done(runDetail(run, result.value.recording, scenarioOf(result.value))) : result
    },
    charts: async (runs) => {
      const results = await Promise.all(runs.slice(0, MOST_CHARTED).map(async (run) => livePlaces(experiments, run) ?? placesOf(await recorded(run))))
      const refused = results.find((result) => !result.ok)
      return refused?.ok === false ? refused : done(chartsOfRuns(CHARTS, results.flatMap((result) => (result.ok ? [result.value] : []))))
    },
    series: async (run, ids, t0, t1, maxPoints) => {
      const live = liveOf(experiments, run)
      if (live !== undefined) return done(seriesSlice(live.of(ids.map((id) => (id.startsWith(POLICY_SERIES) ? id.slice(POLICY_SERIES.length) : id))), ids, t0, t1, maxPoints))
      const result = await recorded(run)
      return result.ok ? done(seriesSlice(result.value.recording, ids, t0, t1, maxPoints)) : result
    },
    events: async (query) => {
      const result = await recorded(query.run)
      return result.ok ? done(eventsOf(result.value.recording, query)) : result
    },
    procFiles: async (run, t) => {
      const result = await recorded(run)
      if (!result.ok) return result
      if (!(t >= 0 && t <= Number.MAX_SAFE_INTEGER)) return fail('t', `must be a time in ns from 0 up, not ${show(t)}`)
      const { experiment, run: wanted } = result.value
      return guarded('run', async () => {
        const state = await states.at(jobOf(wanted, experiment.prepared), t)
        return done({ t: state.t, files: procFiles(state) })
      })
    },
    followPage: async (run, query) => {
      const result = await recorded(run)
      if (!result.ok) return result
      const { experiment, run: wanted, recording } = result.value
      const spec = parsePageQuery(String(query.page), query.from ?? 0, scenarioOf(result.value))
      if (!spec.ok) return spec
      return guarded('run', async () => {
        const followed = await followPage(jobOf(wanted, experiment.prepared), spec.value, parts.runs)
        if (followed.digest !== undefined && wanted.state === 'done' && followed.digest !== recording.digest) return fail('run', `following changed the run: its digest is ${recording.digest}, the followed one's ${followed.digest}. This is a bug of the lab`)
        return done(lifeView(followed))
      })
    },
    ...divergeRequests(parts.runs, remakings, recorded),
    ...travelRequests(parts.runs, remakings, recorded, (check) => { events.tell('travelCheck', check) }),
    explainGfp: async (mask) => explainGfp(mask),
    explainEvent: async (event) => eventInWords(event),
  }
}

/** Of a run that goes on while somebody looks. */
function liveOf(experiments: Experiments, run: string): LiveSamples | undefined {
  const found = experiments.findRun(run)?.run
  return found?.state === 'running' && found.recording === undefined ? found.live : undefined
}

type Places = Parameters<typeof chartsOfRuns>[1][number]

function livePlaces(experiments: Experiments, run: string): Result<Places> | undefined {
  const found = experiments.findRun(run)
  const ids = liveOf(experiments, run)?.ids()
  return found === undefined || ids === undefined ? undefined : done(seriesPlaces(ids.series, ids.policySeries, scenarioOf(found)))
}

function placesOf(recorded: Result<Recorded>): Result<Places> {
  return recorded.ok ? done(detailOf(recorded.value)) : recorded
}

/** Runs that one chart can be of. */
const MOST_CHARTED = 64

async function findRecorded(experiments: Experiments, run: string): Promise<Result<Recorded>> {
  const found = experiments.findRun(run)
  if (found === undefined) return missing(experiments, 'run', run)
  const recording = await experiments.recording(found.run, found.experiment)
  return recording.ok ? done({ ...found, recording: recording.value }) : recording
}

function outRequests(parts: LabParts, library: PolicyLibrary, experiments: Experiments): Pick<Lab, 'exportFile' | 'openBundle'> {
  return {
    exportFile: async (request) => guarded('export', async () => {
      const read = readExportRequest(request)
      if (!read.ok) return read
      const wanted = read.value
      if ('experiment' in wanted) {
        const experiment = experiments.find(wanted.experiment)
        if (experiment === undefined) return missing(experiments, 'experiment', wanted.experiment)
        // Of one that was reopened; what can't be had is shown without.
        for (const run of experiment.runs) if (run.outcome !== undefined) await experiments.recording(run, experiment)
        return done(experimentFile(wanted.kind, experiment, parts.content))
      }
      const found = await Promise.all(('run' in wanted ? [wanted.run] : wanted.runs).map((run) => findRecorded(experiments, run)))
      const refused = found.find((result) => !result.ok)
      if (refused?.ok === false) return refused
      const recorded = found.flatMap((result) => (result.ok ? [result.value] : []))
      return wanted.kind === 'chart' ? chartFile(wanted, recorded) : done(runFile(wanted.kind, recorded[0]))
    }),
    openBundle: async (text) => guarded('bundle', async () => {
      const prepared = await openBundle(text, parts.content, library)
      return prepared.ok ? done({ id: experiments.start(prepared.value).id }) : prepared
    }),
  }
}

function cancel(one: Experiment | Sweep | undefined): boolean {
  if (one?.status().state !== 'running') return false
  one.cancel()
  return true
}

/** What the run's own machine ran. */
function scenarioOf({ experiment, run }: { readonly experiment: Experiment; readonly run: LabRun }): Scenario {
  return experiment.prepared.machines[run.machine].scenario
}

/** The window gives back an event that it was given; anything else is answered too. */
function eventInWords(event: RunEvent): Text {
  try {
    const { en, zh } = explainEvent(event)
    if (typeof en === 'string' && typeof zh === 'string') return { en, zh }
  } catch {
    // Not an event of the lab: said below.
  }
  return { en: 'This is no event that the lab has recorded.', zh: '这不是本工具记录的事件。' }
}

type FileRequests = Pick<Lab, 'check' | 'apiGuide' | 'hookPlaces' | 'insertPlace' | 'files' | 'read' | 'save' | 'saveDraft' | 'remove' | 'validateScenario' | 'importMachine' | 'loadSettings' | 'saveSetting'>

function fileRequests(parts: LabParts, library: PolicyLibrary, store: Store): FileRequests {
  const { content } = parts
  return {
    check: async (file, text) => library.check(file, text),
    apiGuide: () => parts.compiler.guide(),
    hookPlaces: (text) => parts.compiler.hookPlaces(text),
    insertPlace: (text, offset) => parts.compiler.insertPlace(text, offset),
    files: () => store.files(),
    read: async (file) => {
      const example = content.examples.find((one) => one.file === file)
      return example === undefined ? store.read(file) : done({ ...example, version: 'built-in' })
    },
    save: (file, text, version) => store.save(file, text, version),
    saveDraft: (file, text) => store.saveDraft(file, text),
    remove: (file) => store.remove(file),
    validateScenario: async (json, base) => guarded('scenario', async () => content.parseScenarioText(json, content.kernels.find(({ definition }) => definition.name === base) ?? defaultKernel(content.kernels))),
    importMachine: async (source) => guarded('import', () => content.importMachine(source)),
    loadSettings: () => store.settings.load(),
    saveSetting: (key, value) => store.settings.save(key, value),
  }
}

function rulesRequests({ kernels }: Content): Pick<Lab, 'writeRules' | 'readRules'> {
  const sysctls = sysctlsOf(kernels)
  return { writeRules: async (given) => guarded('rules', async () => codeOf(given, sysctls)), readRules: async (text) => guarded('rules', async () => rulesIn(text)) }
}

function missing(experiments: Experiments, path: string, id: string): Failure {
  return fail(path, experiments.dropped(id) ? `${id} was dropped from memory to make room for newer experiments; run it again` : `there is no ${path === 'run' ? 'run' : 'experiment'} ${id.slice(0, 40)}`)
}

async function describe(options: LabSurroundings, parts: LabParts, library: PolicyLibrary): Promise<LabDescription> {
  const [policies, apiTypes] = await Promise.all([library.list(), parts.compiler.apiTypes()])
  return describeLab(options, parts.content, policies, apiTypes)
}

interface Events {
  readonly on: Lab['on']
  tell<E extends keyof LabEvents>(name: E, payload: LabEvents[E]): void
  clear(): void
}

function createEvents(): Events {
  const listeners: { readonly [E in keyof LabEvents]: Set<(payload: LabEvents[E]) => void> } = { experiment: new Set(), sweep: new Set(), file: new Set(), policies: new Set(), history: new Set(), remaking: new Set(), travelCheck: new Set() }
  return {
    on: (name, listener) => { listeners[name].add(listener); return () => { listeners[name].delete(listener) } },
    tell: (name, payload) => { for (const listener of listeners[name]) listener(payload) },
    clear: () => { for (const set of Object.values(listeners)) set.clear() },
  }
}
