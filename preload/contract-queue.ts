/** The part of the window's contract that is about sweeps: those whose runs other machines make, and their points. Types only. */
import type { Text } from '../main/engine/sim/contract-types'
import type { Result } from './contract'

/** A queue by its address, `redis://host:6379/0` or `rediss://…` with TLS. A password never stands in it; it and the key are kept nowhere. */
export interface QueueRef {
  readonly url: string
  readonly username?: string
  readonly password?: string
  /** PEM texts: who signs the server's certificate, where the system doesn't know them; an own certificate with its key, where the server asks for one. */
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  /** The name in the server's certificate, where it isn't the host's. */
  readonly servername?: string
}

/** A sweep that lies on a queue. */
export interface QueuedSweep {
  readonly id: string
  readonly title: Text
  /** Runs of other engine versions are shown and never mixed with this one's. */
  readonly engine: string
  readonly runs: number
  readonly ended: number
  readonly cancelled: boolean
  /** ISO. */
  readonly at: string
}

export interface QueueWorkerInfo {
  /** Host and process. */
  readonly name: string
  readonly engine: string
  /** `held`: it has results that the server doesn't take now. `gone`: silent for some time. */
  readonly state: 'works' | 'waits' | 'held' | 'refuses' | 'ends' | 'gone'
  readonly parallel: number
  readonly running: number
  readonly made: number
  readonly secondsAgo: number
}

/** How a queue stands, as far as one sweep is concerned. */
export interface QueueStatus {
  /** Without user and password. */
  readonly address: string
  /** The sweep's name on the queue, to watch it from elsewhere. */
  readonly sweep: string
  /** The version that makes its runs; workers of others refuse them. */
  readonly engine: string
  readonly connected: boolean
  /** What is wrong with the connection or the server, in the server's words. */
  readonly message?: string
  /** Runs of all sweeps. */
  readonly waiting: number
  readonly running: number
  readonly workers: readonly QueueWorkerInfo[]
  /** Runs that two workers made with two digests; they are in no curve. */
  readonly alarms: readonly { readonly run: string; readonly digests: readonly [string, string]; readonly by: readonly [string, string] }[]
  /** Runs that are neither done nor on the queue: it has lost them. Give the sweep again to put them back. */
  readonly missing: number
  /** Why a sweep that is only watched makes no entry of the history. */
  readonly unkept?: string
}

export interface QueueOverview {
  readonly address: string
  readonly sweeps: readonly QueuedSweep[]
  readonly workers: readonly QueueWorkerInfo[]
  readonly queues: readonly { readonly engine: string; readonly waiting: number; readonly running: number; readonly alarms: number }[]
}

/** A point of a sweep, open as a comparison: how many runs it has, of how many a recording is kept (others are made again when they are looked at), how many are not in. */
export interface OpenedPoint { readonly id: string; readonly runs: number; readonly kept: number; readonly missing: number }

export interface SweepPointRequests {
  /** How many points these axes make; what is wrong with them. */
  sweepSize(sweep: readonly string[]): Promise<Result<{ readonly points: number }>>
  /** The runs of one point as a comparison: `id` is one for `experiment`. They are those of the sweep, by digest. */
  openSweepPoint(sweep: string, point: number): Promise<Result<OpenedPoint>>
}

export interface QueueRequests {
  /** The sweeps and workers there are on a queue. */
  queueOverview(queue: QueueRef): Promise<Result<QueueOverview>>
  /** Watches a sweep that somebody put there: its state follows as events; `cancel` takes it off the queue. */
  watchSweep(queue: QueueRef, sweep: string): Promise<Result<{ readonly id: string }>>
  /** Goes on with a sweep of the history there: what workers have made meanwhile is taken in, what is missing is put on the queue. */
  resumeOnQueue(entry: string, queue: QueueRef): Promise<Result<{ readonly id: string }>>
}
