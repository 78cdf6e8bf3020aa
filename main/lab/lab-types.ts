/** The lab as its hosts see it: every request of the contract, events, and what a host needs to end well. `main/lab/lab.ts` makes one. */
import type { LabEvents, LabRequests } from '../../preload/contract'
import type { ForkRunner } from '../runner/protocol'

export interface LabOptions {
  /** An existing folder the lab may write. */
  readonly workspace: string
  /** False: a temporary folder, gone when the lab closes; `why` says so to the person. */
  readonly kept: boolean
  readonly why?: string
  readonly host: 'electron' | 'browser'
  readonly forkRunner: ForkRunner
}

export interface Lab extends LabRequests {
  /** Returns the function that stops listening. */
  on<E extends keyof LabEvents>(name: E, listener: (payload: LabEvents[E]) => void): () => void
  /** Runs not ended yet; a closed window waits for them. */
  activeRuns(): number
  /** Ends every run and process, writes what is to be written. The lab is of no use afterwards. */
  dispose(): Promise<void>
}

export type CreateLab = (options: LabOptions) => Promise<Lab>
