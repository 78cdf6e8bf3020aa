/** Runner processes of a test's own making, driven by hand: what each is told is recorded, what it says and when it dies is the test's choice. */
import type { Recording } from '../../main/engine'
import type { ForkRunner, FromRunner, RunJob, RunnerPort, ToRunner } from '../../main/runner/protocol'

export class FakeRunner implements RunnerPort {
  readonly told: ToRunner[] = []
  killed = false
  readonly pid: number
  private readonly messageListeners: ((message: FromRunner) => void)[] = []
  private readonly exitListeners: ((info: { readonly code: number | null; readonly signal: string | null; readonly stderr: string }) => void)[] = []
  private readonly behaviour: (runner: FakeRunner, message: ToRunner) => void

  constructor(pid: number, behaviour: (runner: FakeRunner, message: ToRunner) => void) {
    this.pid = pid
    this.behaviour = behaviour
  }

  send(message: ToRunner): void {
    this.told.push(message)
    queueMicrotask(() => { this.behaviour(this, message) })
  }

  onMessage(listener: (message: FromRunner) => void): void { this.messageListeners.push(listener) }
  onExit(listener: (info: { readonly code: number | null; readonly signal: string | null; readonly stderr: string }) => void): void { this.exitListeners.push(listener) }

  async kill(): Promise<void> {
    this.killed = true
    this.die('')
    await Promise.resolve()
  }

  say(message: FromRunner): void { for (const listener of this.messageListeners) listener(message) }
  die(stderr: string): void { for (const listener of this.exitListeners.splice(0)) listener({ code: 1, signal: null, stderr }) }
}

export interface FakeFleet { readonly fork: ForkRunner; readonly runners: readonly FakeRunner[] }

export function fakeFleet(behaviour: (runner: FakeRunner, message: ToRunner) => void): FakeFleet {
  const runners: FakeRunner[] = []
  return { runners, fork: () => { const runner = new FakeRunner(runners.length + 1, behaviour); runners.push(runner); return runner } }
}

export function job(run: string): RunJob {
  return { run, scenario: {} as RunJob['scenario'], kernel: 'linux-6.1', policies: [], seed: 1, scriptedEjections: [] }
}

export function recordingOf(run: string): Recording {
  return { digest: `digest of ${run}` } as Recording
}
