/**
 * A process of the workload: a flat state machine over its phases. Touches that hit are plain loops; anything that may sleep is an episode.
 * The vocabulary is the one of the recorded workloads (see sim/scenario.ts:Phase).
 */
import type { Episode } from '../core/clock'
import { BLOCK, RUN } from '../core/clock'
import { PTE_DIRTY, PTE_PRESENT, PTE_WRITE, PTE_YOUNG, PTE_ZERO, contentOf } from '../mm/area'
import type { Area } from '../mm/area'
import { anonFaultFast, exitMmap, handleFault } from '../mm/memory'
import { acquireLock, releaseAllLocks, releaseLock } from '../mm/lock'
import { handleOverHigh } from '../mm/memcg-high'
import type { Mm } from '../mm/mm'
import { closePaths, statHit } from '../mm/namei'
import { oomExited } from '../mm/oom-victim'
import { PAGE_COUNTER_MAX } from '../mm/page-counter'
import type { Task } from '../mm/task'
import type { PhaseStats, TaskStats } from '../sim/recording'
import type { Phase, ProcessSpec } from '../sim/scenario'
import type { Runnable } from '../sim/sched'
import { fileOperations } from './file-operations'
import { NetRx } from './netrx'
import type { NetRxPhase } from './netrx'
import { createPattern } from './patterns'
import { PhaseState } from './phase-state'
import type { WorkloadShared } from './shared'
import { statPath } from './stat'
import type { StatPhase } from './stat'
import { areaOf, openFileOf, systemCall } from './system-call'
import type { SyscallPhase } from './system-call'
import { refreshVmStats } from '../mm/zone-stat'
import { hardwareRead, hardwareWrite } from './tlb'

const MS = 1e6
/** Rated phases wake on this grid. */
const GRID = 5 * MS
const HIT = PTE_PRESENT | PTE_YOUNG
const WRITE_HIT = PTE_PRESENT | PTE_YOUNG | PTE_DIRTY | PTE_WRITE

/** The tracepoints know a fault's own. */
const FAULT_PATH: readonly string[] = []
const NO_PATH: readonly string[] = []
const STAT_PATH = ['vfs_statx', 'filename_lookup', 'path_lookupat', 'lookup_slow', 'kmem_cache_alloc_lru']
const SYSCTL_PATH = ['ksys_write', 'vfs_write', 'proc_sys_call_handler']

type TouchPhase = Extract<Phase, { op: 'touch' }>
type FilePhase = Extract<Phase, { op: 'fread' | 'fwrite' }>
type WalkPhase = TouchPhase | FilePhase | StatPhase

export class Process implements Runnable {
  episode: Episode<unknown> | undefined = undefined
  readonly #finished: PhaseStats[] = []
  #state: PhaseState | undefined = undefined
  #next = 0
  #end: TaskStats['end'] = 'running'
  touches = 0
  #doneBefore = 0
  readonly task: Task
  readonly #spec: ProcessSpec
  readonly #mm: Mm
  readonly #shared: WorkloadShared

  constructor(mm: Mm, shared: WorkloadShared, task: Task, spec: ProcessSpec) {
    this.#mm = mm
    this.#shared = shared
    this.task = task
    this.#spec = spec
  }

  get ended(): boolean {
    return this.task.exited
  }

  /** How many touches, reads, writes, lookups and turns of work it has behind it: its place in its own program, by which two runs are compared. */
  get touchIndex(): number {
    return this.#doneBefore + (this.#state?.done ?? 0)
  }

  /** Must the run wait for it? */
  get awaited(): boolean {
    return this.#spec.daemon !== 1 && !this.task.exited
  }

  /** Touches of rated and unrated phases still to come, for progress; 0 when unknown. */
  plannedTouches(): number {
    return this.#spec.phases.reduce((sum, p) => sum + ('count' in p && p.op !== 'netrx' && p.op !== 'work' ? (p.dur !== undefined && p.rate > 0 ? Math.min(p.count, (p.rate * p.dur) / 1000) : p.count) : 0), 0)
  }

  stats(): TaskStats {
    const phases = [...this.#finished]
    if (this.#state?.started === true && !this.ended) phases.push(this.#phaseStats(this.#state))
    return { name: this.task.name, end: this.#end, phases }
  }

  advance(): Episode<unknown> | undefined {
    const mm = this.#mm
    while (mm.clock.now < mm.clock.limit && this.task.runnable) {
      if (this.task.killed) return this.#exit('killed')
      const state = this.#current()
      if (state === undefined) return this.#exit('exited')
      const episode = this.#work(state)
      if (episode !== undefined) return episode
    }
    return undefined
  }

  #current(): PhaseState | undefined {
    if (this.#state === undefined && this.#next < this.#spec.phases.length) {
      this.#state = new PhaseState(this.#next, this.#spec.phases[this.#next])
      this.#next++
    }
    const state = this.#state
    if (state !== undefined && !state.started) state.begin(this.task, this.#mm.clock.now)
    return state
  }

  #finish(): undefined {
    const state = this.#state
    if (state !== undefined) this.#finished.push(this.#phaseStats(state))
    this.#doneBefore += state?.done ?? 0
    this.#state = undefined
    return undefined
  }

  #phaseStats(state: PhaseState): PhaseStats {
    return state.stats(this.#mm.clock.now, this.#mm.startTime, this.task.minflt, this.task.majflt)
  }

  #work(state: PhaseState): Episode<unknown> | undefined {
    const phase = state.phase
    switch (phase.op) {
      case 'touch':
        return this.#touch(state, phase)
      case 'fread':
      case 'fwrite':
        return this.#fileIo(state, phase)
      case 'stat':
        return this.#stat(state, phase)
      case 'map':
      case 'open':
      case 'mmapf':
      case 'unmap':
      case 'dontneed':
      case 'fsync':
      case 'fadvise':
      case 'truncate':
      case 'drop_caches':
        return this.#call(phase)
      case 'work':
        return this.#burn(state, phase)
      case 'netrx':
        return this.#netrx(state, phase)
      case 'lock':
        return this.#lock(state, phase)
      case 'unlock':
        this.#mm.clock.now += this.#mm.cost.lock
        releaseLock(this.#mm, this.#shared.lock(this.task, phase.name), this.task)
        return this.#finish()
      case 'stall':
        this.#shared.stallDisk(phase.disk, phase.ms)
        return this.#finish()
      case 'sleep':
        return this.#sleepUntil(state, state.start + phase.ms * MS)
      case 'at':
        return this.#sleepUntil(state, this.#mm.startTime + phase.ms * MS)
      case 'signal':
        this.#shared.signal(phase.k)
        return this.#finish()
      case 'await':
        return this.#await(phase.k, phase.n)
      case 'sysctl':
        this.#mm.clock.now += this.#mm.cost.sysctlWrite
        return this.#after(this.#shared.writeSysctl(phase.path, phase.v))
      case 'memcg':
        return this.#writeMemcg(phase)
      case 'rmdir':
        this.#mm.clock.now += this.#mm.cost.sysctlWrite
        this.#shared.removeMemcg(phase.path)
        return this.#finish()
      case 'snap':
        return this.#after(this.#shared.snapshot(phase.label, [phase.set1, phase.set2, phase.set3]))
      case 'exit':
        return this.#exit('exited')
    }
  }

  /** The phase ends with the work that is left of it. */
  #after(work: Episode<void> | undefined): Episode<void> | undefined {
    return work === undefined ? this.#finish() : this.#finishAfter(work)
  }

  *#finishAfter(work: Episode<void>): Episode<void> {
    this.task.callPath = SYSCTL_PATH
    yield* work
    this.#finish()
  }

  *#call(phase: SyscallPhase): Episode<void> {
    yield* systemCall(this.#mm, this.#shared, this.task, phase)
    this.#finish()
  }

  /** A write to a file of a memory cgroup: the writer does the reclaim that it causes. */
  *#writeMemcg({ path, knob, v }: Extract<Phase, { op: 'memcg' }>): Episode<void> {
    this.#mm.clock.now += this.#mm.cost.sysctlWrite
    yield* this.#shared.writeMemcg(path, knob, v === 'max' ? PAGE_COUNTER_MAX : v)
    this.#finish()
  }

  /** Turn n is due at the n-th multiple of its period; late ones follow at once. */
  #burn(state: PhaseState, phase: Extract<Phase, { op: 'work' }>): undefined {
    const due = state.start + state.done * phase.everyMs * MS
    if (state.done >= phase.count) return this.#finish()
    if (due > this.#mm.clock.now) this.#mm.sched.sleep('work', due, undefined, false, true)
    else {
      if (phase.statRefresh === 1) refreshVmStats(this.#mm)
      this.#mm.clock.now += phase.us * 1000
      state.done++
    }
    return undefined
  }

  /** Its device's interrupts do the work; the process sleeps until the last buffer is given back. */
  #netrx(state: PhaseState, phase: NetRxPhase): undefined {
    state.netrx ??= new NetRx(this.#mm, this.task, phase)
    this.interrupt()
    if (state.netrx.nextTime === Infinity) {
      state.netrx.close()
      return this.#finish()
    }
    const end = state.start + (Math.max(0, phase.count - 1) * phase.everyMs + phase.holdMs) * MS
    this.#mm.sched.sleep('netrx', Math.max(end, this.#mm.clock.now + 1), undefined, false, true)
    return undefined
  }

  /** An interrupt of the device that the current phase stands for. It may come when the phase is over. */
  interrupt(): void {
    const netrx = this.#state?.netrx
    if (netrx === undefined || netrx.nextTime > this.#mm.clock.now) return
    netrx.interrupt()
    if (netrx.nextTime < Infinity) this.#shared.interruptAt(netrx.nextTime, this.task.id)
  }

  /** Waits in uninterruptible sleep; only whoever hands the lock over ends it. */
  #lock(state: PhaseState, phase: Extract<Phase, { op: 'lock' }>): undefined {
    if (state.pending >= 0) return this.#finish()
    state.pending = 0
    this.#mm.clock.now += this.#mm.cost.lock
    this.task.callPath = NO_PATH
    const lock = this.#shared.lock(this.task, phase.name, phase)
    return acquireLock(this.#mm, lock, phase.mode ?? 'write') ? this.#finish() : undefined
  }

  #sleepUntil(state: PhaseState, time: number): undefined {
    if (state.pending >= 0 || time <= this.#mm.clock.now) return this.#finish()
    state.pending = 0
    this.#mm.sched.sleep('sleep', time, undefined, false, true)
    return undefined
  }

  /** Waits for n signals, looking every millisecond as the recorded workload did. */
  #await(k: number, n: number): undefined {
    if (this.#shared.signals(k) >= n) return this.#finish()
    this.#mm.sched.sleep(`await ${k}`, this.#mm.clock.now + MS, undefined, false, true)
    return undefined
  }

  /** Is touch number `done` due? If not, sleeps to the grid point at which it is. Ends the phase by count or time. */
  #due(state: PhaseState, phase: WalkPhase): 'now' | 'later' | 'over' {
    const now = this.#mm.clock.now
    if (state.done >= phase.count || (phase.dur !== undefined && now >= state.start + phase.dur * MS)) return 'over'
    const { rate, atMs } = phase
    if (rate === 0 && atMs === undefined) return 'now'
    const due = atMs === undefined ? state.start + (state.done * 1e9) / rate : this.#mm.startTime + atMs[state.done % atMs.length] * MS
    if (due <= now) return 'now'
    const wake = atMs === undefined ? state.start + Math.ceil((due - state.start) / GRID) * GRID : due
    this.#mm.sched.sleep('rate', wake, undefined, false, true)
    return 'later'
  }

  #cursorOf(state: PhaseState, phase: WalkPhase): NonNullable<PhaseState['cursor']> {
    state.cursor ??= createPattern(phase, this.#shared.seedFor(this.task.id, state.index))
    return state.cursor
  }

  /** Touches of memory until the limit, the phase's end, or something that needs an episode. */
  #touch(state: PhaseState, phase: TouchPhase): Episode<unknown> | undefined {
    const mm = this.#mm
    const clock = mm.clock
    const area = areaOf(this.task, phase.r)
    const pte = area.pte
    const cursor = this.#cursorOf(state, phase)
    const write = phase.rw !== 'r'
    if (phase.rw === 'f') area.content ??= contentOf(area)
    const content = phase.rw === 'f' ? area.content : undefined
    const fillb = phase.fillb ?? 4096
    const fill = phase.rw === 'f' ? Math.ceil(((phase.fillb ?? 4096) * mm.cost.fillKib) / 1024) : 0
    const hitCost = mm.cost.touchHit + fill
    const loop = mm.cost.touchLoop
    let hits = 0
    let result: Episode<unknown> | undefined
    while (clock.now < clock.limit) {
      const due = this.#due(state, phase)
      if (due === 'later') break
      if (due === 'over') {
        if (hits > 0) state.latency?.add(hitCost, hits)
        this.touches += hits
        return this.#finish()
      }
      const index = state.pending >= 0 ? state.pending : cursor.next()
      const entry = pte[index]
      if (content !== undefined) content[index] = fillb
      if (write ? (entry & WRITE_HIT) === WRITE_HIT || hardwareWrite(mm, area, index, entry) : (entry & HIT) === HIT || hardwareRead(mm, area, index, entry)) {
        clock.now += hitCost + loop
        hits++
        state.done++
        state.pending = -1
        continue
      }
      const start = clock.now
      mm.watch?.touching(this.task)
      if (area.file === undefined && anonFaultFast(mm, area, index, write)) {
        if (this.task.memcgNrPagesOverHigh > 0) {
          state.pending = index
          result = this.#slowTouch(state, area, index, write, fill, start)
          break
        }
        clock.now += mm.cost.touchHit + fill
        state.latency?.add(clock.now - start)
        clock.now += loop
        this.touches++
        state.done++
        state.pending = -1
        continue
      }
      state.pending = index
      result = this.#slowTouch(state, area, index, write, fill)
      break
    }
    if (hits > 0) state.latency?.add(hitCost, hits)
    this.touches += hits
    return result
  }

  /** A touch that faults. `faultedAt`: it has, at that time, and only owes its memory cgroup something before it returns to user space; by then the page may be gone again. */
  *#slowTouch(state: PhaseState, area: Area, index: number, write: boolean, fill: number, faultedAt = -1): Episode<void> {
    const mm = this.#mm
    const start = faultedAt < 0 ? mm.clock.now : faultedAt
    let faulted = faultedAt >= 0
    this.task.callPath = FAULT_PATH
    for (;;) {
      const done = faulted || (yield* handleFault(mm, area, index, write))
      faulted = false
      if (this.task.memcgNrPagesOverHigh > 0) yield* handleOverHigh(mm)
      if (this.task.killed) return
      const entry = area.pte[index]
      if (done && (entry < 0 ? !write || (entry & PTE_WRITE) !== 0 : entry === PTE_ZERO && !write)) break
      if (mm.clock.now >= mm.clock.limit) yield RUN
    }
    mm.clock.now += mm.cost.touchHit + fill
    state.latency?.add(mm.clock.now - start)
    mm.clock.now += mm.cost.touchLoop
    state.pending = -1
    state.done++
    this.touches++
  }

  /** Buffered reads or writes until the limit, the phase's end, or something that needs an episode. */
  #fileIo(state: PhaseState, phase: FilePhase): Episode<unknown> | undefined {
    const mm = this.#mm
    const open = openFileOf(this.task, phase.r)
    const ops = fileOperations(open)
    const cursor = this.#cursorOf(state, phase)
    while (mm.clock.now < mm.clock.limit) {
      const due = this.#due(state, phase)
      if (due === 'later') return undefined
      if (due === 'over') return this.#finish()
      const index = state.pending >= 0 ? state.pending : cursor.next()
      const start = mm.clock.now
      mm.watch?.touching(this.task)
      const hit = phase.op === 'fread' ? ops.readHit(mm, open, index) : ops.writeHit(mm, this.task, open, index)
      if (!hit) {
        state.pending = index
        return phase.op === 'fread' ? this.#slowCall(state, ops.readPath, ops.read(mm, open, index)) : this.#slowCall(state, ops.writePath, ops.write(mm, this.task, open, index))
      }
      this.#servedIo(state, start)
    }
    return undefined
  }

  #servedIo(state: PhaseState, start: number): void {
    state.latency?.add(this.#mm.clock.now - start)
    this.#mm.clock.now += this.#mm.cost.touchLoop
    state.pending = -1
    state.done++
    this.touches++
  }

  /** A read, write or lookup that may sleep. `work` answers false where the call fails. */
  *#slowCall(state: PhaseState, path: readonly string[], work: Episode<boolean>): Episode<void> {
    const start = this.#mm.clock.now
    this.task.callPath = path
    const done = yield* work
    if (this.task.memcgNrPagesOverHigh > 0) yield* handleOverHigh(this.#mm)
    if (!done) state.errors++
    if (!this.task.killed) this.#servedIo(state, start)
  }

  /** Files of a tree looked up until the limit, the phase's end, or something that needs an episode. */
  #stat(state: PhaseState, phase: StatPhase): Episode<unknown> | undefined {
    const mm = this.#mm
    const { sb, tree } = this.#shared.tree(phase.path)
    const cursor = this.#cursorOf(state, phase)
    const opens = phase.read === 1 || phase.keepOpen === 1
    while (mm.clock.now < mm.clock.limit) {
      const due = this.#due(state, phase)
      if (due === 'later') return undefined
      if (due === 'over') return this.#finish()
      const index = state.pending >= 0 ? state.pending : cursor.next()
      const start = mm.clock.now
      if (opens || !statHit(mm, sb, tree.base + index)) {
        state.pending = index
        return this.#slowCall(state, STAT_PATH, statPath(mm, this.task, sb, tree.base + index, phase))
      }
      this.#servedIo(state, start)
    }
    return undefined
  }

  /** do_exit: the address space goes, then the task. */
  *#exit(end: 'exited' | 'killed'): Episode<void> {
    const mm = this.#mm
    this.#state?.netrx?.close()
    if (this.#state?.started === true) this.#finish()
    yield* exitMmap(mm, this.task.areas.values())
    this.task.areas.clear()
    this.task.files.clear()
    closePaths(this.task)
    this.task.exited = true
    this.#end = end
    oomExited(mm, this.task)
    releaseAllLocks(mm, this.task)
    mm.trace.log('task_exit', { how: end }, { task: this.task.name })
    this.#shared.exited()
    mm.sched.sleep('exited', Infinity)
    yield BLOCK
  }
}
