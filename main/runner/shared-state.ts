/**
 * What the worker (engine + policies) and the supervisor share without messages, because the worker is busy for seconds at a time: heartbeat, cancel flag, and which
 * policy is being called, so that a killer knows whom to blame. Plain stores on the worker's side: they cost a nanosecond, and a worker that hangs has long flushed them.
 */
import { HOOKS, NOTIFICATIONS } from 'reclaim-lab'
import type { HookName } from 'reclaim-lab'
import type { ScriptedEjection } from '../engine'

export type CalledHook = HookName | 'controller' | 'init' | 'exit'

export const MAX_POLICIES = 8

const HEARTBEAT = 0
const CANCEL = 1
/** The policy called last, counted from 1; 0 before any. */
const LAST = 2
/** Somebody looks at the run while it goes on. */
const WATCHED = 3
const FIRST_POLICY = 4
const POLICY_WORDS = 4
const ACTIVE = 0
const CALL = 1
const HOOK = 2
const LINE = 3

const LOADING = -1
const HOOK_NAMES: readonly string[] = [...Object.keys(HOOKS), ...Object.keys(NOTIFICATIONS), 'controller', 'init', 'exit']
const HOOK_IDS: ReadonlyMap<string, number> = new Map(HOOK_NAMES.map((name, id) => [name, id]))

export function createSharedBuffer(): SharedArrayBuffer {
  return new SharedArrayBuffer(4 * (FIRST_POLICY + MAX_POLICIES * POLICY_WORDS))
}

/** The worker's end. */
export interface WorkerState {
  beat(): void
  cancelAsked(): boolean
  /** Tells that the cancel was heard and the run is being closed. */
  cancelHeard(): void
  watched(): boolean
  loading(policy: number): void
  /** The word in which this policy keeps the line it is at. */
  lineOf(policy: number): Int32Array
  /** The engine is about to make this call. */
  calling(policy: number, call: number, hook: CalledHook): void
  entered(policy: number): void
  left(policy: number): void
  /** The call of this policy that was made last. */
  lastCall(policy: number): Called
}

export function workerState(buffer: SharedArrayBuffer): WorkerState {
  const words = new Int32Array(buffer)
  const at = (policy: number): number => FIRST_POLICY + policy * POLICY_WORDS
  return {
    beat: () => { words[HEARTBEAT] = (words[HEARTBEAT] ?? 0) + 1 },
    cancelAsked: () => Atomics.load(words, CANCEL) === 1,
    cancelHeard: () => { Atomics.store(words, CANCEL, 2) },
    watched: () => Atomics.load(words, WATCHED) === 1,
    lineOf: policy => words.subarray(at(policy) + LINE, at(policy) + LINE + 1),
    loading: policy => { words[at(policy) + HOOK] = LOADING; words[at(policy) + ACTIVE] = 1 },
    calling: (policy, call, hook) => { words[at(policy) + CALL] = call; words[at(policy) + HOOK] = HOOK_IDS.get(hook) ?? 0; words[at(policy) + ACTIVE] = 1; words[LAST] = policy + 1 },
    entered: policy => { words[at(policy) + ACTIVE] = 1 },
    left: policy => { words[at(policy) + ACTIVE] = 0 },
    lastCall: policy => ({ at: 'call', policy, call: words[at(policy) + CALL] ?? 0, hook: HOOK_NAMES[words[at(policy) + HOOK] ?? 0] ?? 'unknown', line: words[at(policy) + LINE] ?? 0 }),
  }
}

export interface Called { readonly at: 'call'; readonly policy: number; readonly line: number; readonly call: number; readonly hook: string }

export type Suspect = { readonly at: 'load'; readonly policy: number; readonly line: number } | Called

/** The supervisor's end. */
export interface SupervisorState {
  /** Before a task is handed over. */
  reset(): void
  /** Changes whenever the worker got on: a step done, a policy called. */
  progressMark(): string
  askCancel(): void
  cancelHeard(): boolean
  watch(on: boolean): void
  /** The innermost policy being called now: a base is called from inside the policy above it, and stands before it. */
  suspect(): Suspect | undefined
  /** The call made last, over or not. */
  lastCall(): Called | undefined
}

export function supervisorState(buffer: SharedArrayBuffer): SupervisorState {
  const words = new Int32Array(buffer)
  const policies = Array.from({ length: MAX_POLICIES }, (_, policy) => policy)
  const word = (policy: number, offset: number): number => Atomics.load(words, FIRST_POLICY + policy * POLICY_WORDS + offset)
  const seen = (policy: number): Suspect => {
    const [hook, line] = [word(policy, HOOK), word(policy, LINE)]
    return hook === LOADING ? { at: 'load', policy, line } : { at: 'call', policy, line, call: word(policy, CALL), hook: HOOK_NAMES[hook] ?? 'unknown' }
  }
  return {
    reset: () => { words.fill(0) },
    progressMark: () => [Atomics.load(words, HEARTBEAT), ...policies.map(policy => word(policy, CALL) * 2 + word(policy, ACTIVE))].join(','),
    askCancel: () => { Atomics.store(words, CANCEL, 1) },
    cancelHeard: () => Atomics.load(words, CANCEL) === 2,
    watch: on => { Atomics.store(words, WATCHED, on ? 1 : 0) },
    suspect: () => {
      const policy = policies.find(candidate => word(candidate, ACTIVE) === 1)
      return policy === undefined ? undefined : seen(policy)
    },
    lastCall: () => {
      const last = Atomics.load(words, LAST) === 0 ? undefined : seen(Atomics.load(words, LAST) - 1)
      return last?.at === 'call' ? last : undefined
    },
  }
}

/** The ejection that a re-run repeats at the same call. */
export function forcedEjection(suspect: Called, kind: 'stall' | 'memory' | 'fuel', message: string): ScriptedEjection {
  return { policy: suspect.policy, call: suspect.call, kind, message: `${suspect.hook}: ${message}`, ...(suspect.line > 0 ? { line: suspect.line } : {}) }
}
