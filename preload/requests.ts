/**
 * The contract's names as values, for the hosts and both bridges: what may be asked with which kinds of arguments, and what may be listened to. Exhaustive by type: a request
 * added to the contract doesn't compile until it stands here. Kinds are what the hosts check before the lab sees a call; the meaning of values is the lab's to check.
 */
import type { EventName, LabRequests, RequestName } from './contract'

export type ArgumentKind = 'string' | 'number' | 'strings' | 'object'

type KindOf<T> = T extends string ? 'string' : T extends number ? 'number' : T extends readonly string[] ? 'strings' : 'object'
type KindsOf<A extends readonly unknown[]> = { readonly [I in keyof A]: KindOf<A[I]> }

export const REQUESTS: { readonly [N in RequestName]: KindsOf<Parameters<LabRequests[N]>> } = {
  describe: [],
  compare: ['object'],
  cancel: ['string'],
  experiment: ['string'],
  watchRuns: ['strings'],
  sweep: ['object'],
  sweepSize: ['strings'],
  sweepStatus: ['string'],
  openSweepPoint: ['string', 'number'],
  sweepCsv: ['string'],
  queueOverview: ['object'],
  watchSweep: ['object', 'string'],
  resumeOnQueue: ['string', 'object'],
  exportFile: ['object'],
  openBundle: ['string'],
  run: ['string'],
  charts: ['strings'],
  series: ['string', 'strings', 'number', 'number', 'number'],
  events: ['object'],
  procFiles: ['string', 'number'],
  followPage: ['string', 'object'],
  divergence: ['string', 'string'],
  difference: ['string', 'string', 'number'],
  travel: ['string', 'object'],
  explainGfp: ['string'],
  explainEvent: ['object'],
  check: ['string', 'string'],
  apiGuide: [],
  hookPlaces: ['string'],
  insertPlace: ['string', 'number'],
  files: [],
  read: ['string'],
  save: ['string', 'string', 'string'],
  saveDraft: ['string', 'string'],
  remove: ['string'],
  reloadPolicy: ['string'],
  validateScenario: ['string', 'string'],
  importMachine: ['object'],
  writeRules: ['object'],
  readRules: ['string'],
  history: ['object'],
  historyOverview: [],
  historyDetail: ['string'],
  historyOpen: ['string'],
  historyResume: ['string'],
  historyCompare: ['strings'],
  historyChange: ['string', 'object'],
  historyRemove: ['string'],
  historyRestore: ['string'],
  historyLimit: ['number'],
  historyEmpty: [],
  historyDismiss: ['string'],
  historyShow: ['strings'],
  fileVersions: ['string'],
  fileVersion: ['string', 'string'],
  keepVersion: ['string', 'string'],
  loadSettings: [],
  saveSetting: ['string', 'string'],
}

const EVENTS: Readonly<Record<EventName, 1>> = { experiment: 1, sweep: 1, file: 1, policies: 1, history: 1, remaking: 1, travelCheck: 1 }

export const REQUEST_NAMES = Object.keys(REQUESTS) as readonly RequestName[]
export const EVENT_NAMES = Object.keys(EVENTS) as readonly EventName[]

export function isRequestName(name: unknown): name is RequestName {
  return typeof name === 'string' && Object.hasOwn(REQUESTS, name)
}

export function isEventName(name: unknown): name is EventName {
  return typeof name === 'string' && Object.hasOwn(EVENTS, name)
}

/** An error as it travels: flat, without a stack (its paths are nobody's business across the wire). */
export interface Fault { readonly name: string; readonly message: string }

/** What becomes of a request in either host. */
export type Answer = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly fault: Fault }

export function toFault(error: unknown): Fault {
  if (error instanceof Error) return { name: error.name, message: error.message }
  return { name: 'Error', message: String(error) }
}

export function toError(fault: Fault): Error {
  const error = new Error(fault.message)
  error.name = fault.name
  return error
}

/** The face of the lab that both bridges show, made of one function that asks and one that listens. */
export type Ask = (name: RequestName, args: readonly unknown[]) => Promise<unknown>

export function requestMethods(ask: Ask): LabRequests {
  const methods = REQUEST_NAMES.map((name) => [name, (...args: unknown[]) => ask(name, args)] as const)
  return Object.fromEntries(methods) as unknown as LabRequests
}
