/** The only user of `window.lab`. Counts requests in flight, and turns a bridge that fails into a state the window shows. */
import type { EventName, LabEvents, LabRequests, RequestName } from '../../preload/contract'
import { busy } from './idle'
import { createStore } from './store'

/** Set when a request could not be answered at all (not when it was answered with problems). `lost`: there is no connection at present. */
export const bridgeTrouble = createStore<{ readonly lost: boolean; readonly message: string } | undefined>(undefined)

let connected = true

/** The browser host's bridge tells when its connection goes and comes; `onBack` runs when it is there again. Electron's never goes. */
export function watchConnection(onBack: () => void): void {
  window.addEventListener('lab-connection', (event) => {
    const now = (event as CustomEvent<{ readonly connected: boolean }>).detail.connected
    if (now === connected) return
    connected = now
    bridgeTrouble.set(now ? undefined : { lost: true, message: '' })
    if (now) onBack()
  })
}

export function hasBridge(): boolean {
  return typeof window.lab === 'object' && window.lab !== null
}

export const lab: LabRequests = {
  describe: tracked('describe', () => window.lab.describe()),
  compare: tracked('compare', (request) => window.lab.compare(request)),
  cancel: tracked('cancel', (id) => window.lab.cancel(id)),
  watchRuns: tracked('watchRuns', (runs) => window.lab.watchRuns(runs)),
  experiment: tracked('experiment', (id) => window.lab.experiment(id)),
  sweep: tracked('sweep', (request) => window.lab.sweep(request)),
  sweepSize: tracked('sweepSize', (sweep) => window.lab.sweepSize(sweep)),
  openSweepPoint: tracked('openSweepPoint', (sweep, point) => window.lab.openSweepPoint(sweep, point)),
  sweepStatus: tracked('sweepStatus', (id) => window.lab.sweepStatus(id)),
  sweepCsv: tracked('sweepCsv', (id) => window.lab.sweepCsv(id)),
  queueOverview: tracked('queueOverview', (queue) => window.lab.queueOverview(queue)),
  watchSweep: tracked('watchSweep', (queue, sweep) => window.lab.watchSweep(queue, sweep)),
  resumeOnQueue: tracked('resumeOnQueue', (entry, queue) => window.lab.resumeOnQueue(entry, queue)),
  exportFile: tracked('exportFile', (request) => window.lab.exportFile(request)),
  openBundle: tracked('openBundle', (text) => window.lab.openBundle(text)),
  run: tracked('run', (run) => window.lab.run(run)),
  charts: tracked('charts', (runs) => window.lab.charts(runs)),
  series: tracked('series', (run, ids, t0, t1, max) => window.lab.series(run, ids, t0, t1, max)),
  events: tracked('events', (query) => window.lab.events(query)),
  procFiles: tracked('procFiles', (run, t) => window.lab.procFiles(run, t)),
  followPage: tracked('followPage', (run, query) => window.lab.followPage(run, query)),
  divergence: tracked('divergence', (a, b) => window.lab.divergence(a, b)),
  difference: tracked('difference', (a, b, index) => window.lab.difference(a, b, index)),
  travel: tracked('travel', (run, query) => window.lab.travel(run, query)),
  apiGuide: tracked('apiGuide', () => window.lab.apiGuide()),
  hookPlaces: tracked('hookPlaces', (text) => window.lab.hookPlaces(text)),
  insertPlace: tracked('insertPlace', (text, offset) => window.lab.insertPlace(text, offset)),
  explainGfp: tracked('explainGfp', (mask) => window.lab.explainGfp(mask)),
  explainEvent: tracked('explainEvent', (event) => window.lab.explainEvent(event)),
  check: tracked('check', (file, text) => window.lab.check(file, text)),
  files: tracked('files', () => window.lab.files()),
  read: tracked('read', (file) => window.lab.read(file)),
  save: tracked('save', (file, text, version) => window.lab.save(file, text, version)),
  saveDraft: tracked('saveDraft', (file, text) => window.lab.saveDraft(file, text)),
  remove: tracked('remove', (file) => window.lab.remove(file)),
  reloadPolicy: tracked('reloadPolicy', (file) => window.lab.reloadPolicy(file)),
  validateScenario: tracked('validateScenario', (json, base) => window.lab.validateScenario(json, base)),
  importMachine: tracked('importMachine', (source) => window.lab.importMachine(source)),
  writeRules: tracked('writeRules', (rules) => window.lab.writeRules(rules)),
  readRules: tracked('readRules', (text) => window.lab.readRules(text)),
  history: tracked('history', (query) => window.lab.history(query)),
  historyOverview: tracked('historyOverview', () => window.lab.historyOverview()),
  historyDetail: tracked('historyDetail', (entry) => window.lab.historyDetail(entry)),
  historyOpen: tracked('historyOpen', (entry) => window.lab.historyOpen(entry)),
  historyResume: tracked('historyResume', (entry) => window.lab.historyResume(entry)),
  historyCompare: tracked('historyCompare', (runs) => window.lab.historyCompare(runs)),
  historyChange: tracked('historyChange', (entry, change) => window.lab.historyChange(entry, change)),
  historyRemove: tracked('historyRemove', (entry) => window.lab.historyRemove(entry)),
  historyRestore: tracked('historyRestore', (entry) => window.lab.historyRestore(entry)),
  historyLimit: tracked('historyLimit', (bytes) => window.lab.historyLimit(bytes)),
  historyEmpty: tracked('historyEmpty', () => window.lab.historyEmpty()),
  historyDismiss: tracked('historyDismiss', (what) => window.lab.historyDismiss(what)),
  historyShow: tracked('historyShow', (entries) => window.lab.historyShow(entries)),
  fileVersions: tracked('fileVersions', (file) => window.lab.fileVersions(file)),
  fileVersion: tracked('fileVersion', (file, id) => window.lab.fileVersion(file, id)),
  keepVersion: tracked('keepVersion', (file, text) => window.lab.keepVersion(file, text)),
  loadSettings: tracked('loadSettings', () => window.lab.loadSettings()),
  saveSetting: tracked('saveSetting', (key, value) => window.lab.saveSetting(key, value)),
}

export function onLab<E extends EventName>(name: E, listener: (payload: LabEvents[E]) => void): () => void {
  return window.lab.on(name, listener)
}

/** Runs work that talks to the lab from an event handler: a failing bridge is already on screen, everything else is a bug and goes to the console. */
export function inBackground(work: () => Promise<unknown>): void {
  work().catch((error: unknown) => {
    if (!(error instanceof BridgeError)) console.error(error)
  })
}

class BridgeError extends Error {}

function tracked<R extends RequestName>(name: R, call: LabRequests[R]): LabRequests[R] {
  const wrapped = async (...args: readonly unknown[]): Promise<unknown> => {
    const done = busy(name)
    try {
      return await (call as (...args: readonly unknown[]) => Promise<unknown>)(...args)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      bridgeTrouble.set({ lost: !connected, message: connected ? message : '' })
      throw new BridgeError(`${name}: ${message}`)
    } finally {
      done()
    }
  }
  return wrapped as LabRequests[R]
}
