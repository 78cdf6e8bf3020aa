/**
 * The one loop: CPUs, tasks, events, samples, until the workload has ended. Built from a RunInput, stepped from outside, ends in a Recording.
 */
import { Clock } from '../core/clock'
import type { Episode } from '../core/clock'
import { assert } from '../core/assert'
import { createBlockLayer } from '../device/block-layer'
import { HungTask } from '../mm/hung-task'
import { Kcompactd, triggerProactive } from '../mm/kcompactd'
import { Kswapd } from '../mm/kswapd'
import { LRU_GEN_PREFIX, applyLruGen } from '../mm/lru-gen-state'
import { removeMemcg, writeMemcg } from '../mm/memcg-write'
import type { Mm } from '../mm/mm'
import { oomReaper } from '../mm/oom-reaper'
import { PG_LOCKED, PG_UPTODATE } from '../mm/page'
import { PageTracer } from '../mm/page-trace'
import { Psi } from '../mm/psi'
import { StallLog, endAllStalls } from '../mm/stall'
import { SysctlTable } from '../mm/sysctl'
import { sysctlAction } from '../mm/sysctl-action'
import { Task } from '../mm/task'
import { Tracepoints } from '../mm/tracepoint'
import { NODE_RECLAIM_SYSCTLS, setupNodeReclaim } from '../mm/node-reclaim'
import { drainRemotePcp, updatePcp } from '../mm/pcp'
import { foldFreePages } from '../mm/zone-stat'
import { writebackSetRatelimit } from '../mm/dirty-limits'
import { setupPerZoneLowmemReserve, setupPerZoneWmarks } from '../mm/watermark'
import { Flusher, endPageWriteback } from '../mm/writeback'
import { traceDecisions } from '../policy/traced'
import { Process } from '../workload/process'
import { WorkloadShared } from '../workload/shared'
import { boot, fillMemory } from './boot'
import { takeMachineState } from './machine-state'
import { PolicySink } from './policy-sink'
import { buildRecording } from './recorder'
import type { MachineState, Recording, Snapshot } from './recording'
import type { Progress, RunInput, Samples, Simulation, WatchedRun } from './run-input'
import { RunPolicies } from './run-policies'
import { Sampler } from './sampler'
import { EVENT_TIMER, Scheduler } from './sched'
import { SimEvents } from './sim-events'
import { takeSnapshot } from './snapshots'
import { stuckDiagnosis } from './stuck'

const EVENT_SAMPLE = 2
const EVENT_BLOCK = 3
const EVENT_CONTROLLER = 4
const EVENT_END = 5
const EVENT_WORKLOAD = 6
const EVENT_VMSTAT = 7
const EVENT_CALL = 8
const EVENT_ATTACH = 9
const EVENT_DETACH = 10
const POLICY_EVENTS = { attach: EVENT_ATTACH, detach: EVENT_DETACH, controller: EVENT_CONTROLLER } as const
const MS = 1e6
const STAT_INTERVAL = 1e9
const DEFAULT_MAX_EVENTS = 20_000
const SLOW_ALLOC_MS = 1
/** Touches that hit count as one charge point together. */
const TOUCHES_PER_POINT = 64

export function createSimulation(input: RunInput): Simulation {
  return new Sim(input)
}

class Sim implements Simulation {
  readonly mm: Mm
  readonly #input: RunInput
  readonly #clock = new Clock()
  readonly #events: SimEvents
  readonly #sched: Scheduler
  readonly #sampler: Sampler
  readonly #processes: Process[] = []
  readonly #policies: RunPolicies
  readonly #sink: PolicySink
  readonly #snapshots: Snapshot[] = []
  readonly #timers = new Map<number, { readonly call: () => void; readonly event: number }>()
  #lastTimer = 0
  #hungTask: HungTask | undefined = undefined
  #end: Recording['summary']['end'] | undefined = undefined
  #diagnosis: string | undefined = undefined
  #quietSamples = 0
  #latest = 0
  /** Times at which the whole state is wanted, the next one last. */
  readonly #looks: number[]
  readonly #states: MachineState[] = []

  constructor(input: RunInput) {
    assert(input.kernel.scope === 'full', `${input.kernel.name} only computes marks; runs need a kernel with all hooks`)
    this.#input = input
    this.#looks = [...(input.snapshotsAt ?? [])].sort((a, b) => b - a)
    const { machine } = input.scenario
    this.#events = new SimEvents(this.#clock)
    const psi = new Psi(this.#clock, machine.hz)
    this.#sched = new Scheduler({ cpus: machine.cpus, clock: this.#clock, events: this.#events, psi, hz: machine.hz, preemption: machine.preemption })
    const sysctl = new SysctlTable(input.kernel.sysctls)
    for (const [name, value] of Object.entries(input.scenario.sysctls)) sysctl.preset(name, value)
    this.#sink = new PolicySink(input.policies.length)
    this.#policies = new RunPolicies(input, input.kernel, this.#sink)
    const watch = input.watch?.(this.#watched())
    const decide = watch === undefined ? this.#policies.decide : traceDecisions(this.#policies.decide, watch, input.kernel)
    const io = createBlockLayer(machine.disks, this.#events, EVENT_BLOCK, {
      onEndIo: (cookie, op) => this.#endIo(cookie, op),
      onTagsFree: (_disk, sleeper) => this.#sched.wakeId(sleeper, false),
    })
    this.mm = boot({ scenario: input.scenario, kernel: input.kernel, decide, sysctl, clock: this.#clock, events: this.#events, sched: this.#sched, io, psi, seed: input.seed,
      marksByPolicy: this.#policies.marksByPolicy })
    const mm = this.mm
    mm.threads = { start: (name, body) => this.#startKthread(name, body), timer: (time, call) => this.#timer(time, call), cancelTimer: (id) => this.#cancelTimer(id) }
    mm.oom.startReaper = () => this.#startKthread('oom_reaper', () => () => oomReaper(mm))
    mm.stalls = new StallLog((input.scenario.slowAllocMs ?? SLOW_ALLOC_MS) * MS, input.scenario.durationMs * MS)
    mm.watch = watch
    mm.trace = new Tracepoints(mm, input.maxEvents ?? DEFAULT_MAX_EVENTS)
    this.#policies.booted(mm)
    this.#sched.attach(mm, mm.cost.contextSwitch)
    sysctl.onWrite = (name, changed) => this.#sysctlWritten(name, changed)
    this.#startThreads()
    fillMemory(mm, input.scenario)
    applyLruGen(mm)
    if (input.follow !== undefined) mm.pageTrace = new PageTracer(mm, input.follow)
    this.#sampler = new Sampler(mm, machine.disks)
    this.#startWorkload()
  }

  step(budget: number): boolean {
    let spent = 0
    while (spent < budget && this.#end === undefined) {
      const before = this.#touches()
      this.#turn()
      spent += 1 + (this.#touches() - before) / TOUCHES_PER_POINT
    }
    return this.#end === undefined
  }

  #touches(): number {
    let touches = 0
    for (const process of this.#processes) touches += process.touches
    return touches
  }

  /** What a watcher may ask at any moment. */
  #watched(): WatchedRun {
    return {
      mm: () => this.mm,
      work: () => this.#processes.reduce((sum, process) => sum + process.touchIndex, 0),
      touchIndex: (task) => this.#processes.find((process) => process.task === task)?.touchIndex,
      ended: () => this.#end !== undefined,
    }
  }

  progress(): Progress {
    // CPUs take turns and their clocks differ a little; what is shown never goes back.
    this.#latest = Math.max(this.#latest, this.#clock.now - this.mm.startTime)
    const now = this.#latest
    const touches = this.#touches()
    const planned = this.#processes.reduce((sum, p) => sum + p.plannedTouches(), 0)
    const byTime = now / (this.#input.scenario.durationMs * MS)
    return { now, fraction: this.#end !== undefined ? 1 : Math.min(0.999, Math.max(byTime, planned > 0 ? touches / planned : 0)), touches, ...(this.mm.pageTrace?.found === undefined ? {} : { found: true as const }) }
  }

  samples(from: number, step: number, most: number): Samples {
    return { series: this.#sampler.part(from, step, most), policySeries: this.#sink.part(from, step, most) }
  }

  cancel(): void {
    this.#end ??= 'cancelled'
  }

  finish(): Recording {
    this.#end ??= 'cancelled'
    this.#policies.end()
    this.#sampler.sample()
    this.#sink.sample(this.#clock.now - this.mm.startTime)
    this.#snapshots.push(takeSnapshot(this.mm, 'end'))
    this.#look(Infinity)
    endAllStalls(this.mm)
    return buildRecording({
      input: this.#input, mm: this.mm, sampler: this.#sampler, sink: this.#sink, snapshots: this.#snapshots, ejections: this.#policies.ejections, end: this.#end, diagnosis: this.#diagnosis, states: this.#states,
      tasks: this.#processes.map((p) => p.stats()), hooks: this.#policies.stats(),
    })
  }

  /** One turn: due events first, then the CPU furthest behind runs up to its limit; if all are idle, time jumps. */
  #turn(): void {
    const cpu = this.#sched.nextCpu()
    if (cpu < 0) {
      const next = this.#events.nextTime()
      if (next === Infinity) return this.#stuck()
      this.#look(next)
      this.#sched.idleUntil(next)
      this.#deliver()
      return
    }
    this.#sched.switchTo(cpu)
    this.#deliver()
    this.#look(this.#clock.now + 1)
    if (this.#end === undefined) this.#sched.run()
    if (this.mm.panicked !== undefined && this.#end === undefined) {
      this.#end = 'panic'
      this.#diagnosis = this.mm.panicked
    }
  }

  /** The states wanted before `until`. No event is queued for them: one would cut a task's turn short and could change the run. */
  #look(until: number): void {
    for (;;) {
      const next = this.#looks.at(-1)
      if (next === undefined || next + this.mm.startTime >= until) return
      this.#looks.pop()
      const now = this.#clock.now - this.mm.startTime
      // While every CPU idles nothing changes until the next event, so the state is that of the time itself.
      this.#states.push(takeMachineState(this.mm, this.#end === undefined ? Math.max(now, next) : now))
    }
  }

  #deliver(): void {
    const events = this.#events
    while (events.nextTime() <= this.#clock.now && this.#end === undefined) {
      events.pop()
      this.#handle(events.kind, events.a)
    }
  }

  #handle(kind: number, a: number): void {
    if (kind === EVENT_TIMER) this.#sched.wakeId(a, true)
    else if (kind === EVENT_BLOCK) this.#interrupt(a)
    else if (kind === EVENT_SAMPLE) this.#sample()
    else if (kind === EVENT_CONTROLLER) this.#runController(a)
    else if (kind === EVENT_ATTACH) this.#policies.attach(a)
    else if (kind === EVENT_DETACH) this.#policies.detach(a)
    else if (kind === EVENT_WORKLOAD) this.#processes.find((process) => process.task.id === a)?.interrupt()
    else if (kind === EVENT_VMSTAT) this.#vmstatUpdate()
    else if (kind === EVENT_CALL) this.#timerFires(a)
    else if (kind === EVENT_END) this.#end = 'time'
  }

  /** A request of a disk ended, or its throttle lets the next one start. */
  #interrupt(payload: number): void {
    if (payload >= 0) this.#clock.now += this.mm.cost.ioComplete
    this.mm.io.deliver(payload, this.#clock.now)
  }

  /** IO completion, in the interrupt. */
  #endIo(pfn: number, op: number): void {
    const mm = this.mm
    if (op === 1) {
      endPageWriteback(mm, pfn)
      return
    }
    mm.frames.flags[pfn] = (mm.frames.flags[pfn] & ~PG_LOCKED) | PG_UPTODATE
    if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('read_done', { pages: mm.io.endingPages }, 'interrupt')
    mm.wakePage(pfn)
  }

  #startThreads(): void {
    const { mm } = this
    for (const node of mm.nodes) {
      const task = this.#newTask({ name: `kswapd${node.id}`, kthread: true, isKswapd: true })
      const kswapd = new Kswapd(mm, node, task)
      mm.kswapds.push(kswapd)
      this.#sched.add({ task, episode: undefined, advance: () => kswapd.advance() }, false)
      mm.current = task
      this.#sched.sleep('kswapd', Infinity, kswapd.wait, false, true)
    }
    this.#startFlusher('kworker/flush', this.#fileDisks()[0] ?? 0)
  }

  /** Disks that hold files, by number. */
  #fileDisks(): readonly number[] {
    const { files, trees } = this.#input.scenario
    return [...new Set([...files, ...(trees ?? [])].flatMap(({ disk }) => (disk === undefined ? [] : [this.mm.io.diskIndex(disk)])))].sort((a, b) => a - b)
  }

  #startFlusher(name: string, disk: number): void {
    const { mm } = this
    const task = this.#newTask({ name, kthread: true })
    if (mm.writeback.wbs[disk] === undefined) return
    const flusher = new Flusher(mm, task, disk)
    mm.flushers.push(flusher)
    this.#sched.add({ task, episode: undefined, advance: () => flusher.advance() }, false)
  }

  /** After all processes: their numbers, and with them their seeds, don't depend on it. */
  #startLaterThreads(): void {
    for (const disk of this.#fileDisks().slice(1)) this.#startFlusher(`kworker/flush-${this.#input.scenario.machine.disks[disk].name}`, disk)
    if (!this.mm.traits.kcompactd) return
    for (const node of this.mm.nodes) {
      const task = this.#newTask({ name: `kcompactd${node.id}`, kthread: true })
      const kcompactd = new Kcompactd(this.mm, node, task)
      this.mm.kcompactds.push(kcompactd)
      const runnable = { task, episode: undefined, advance: () => kcompactd.advance() }
      const current = this.mm.current
      this.#sched.add(runnable, false, this.mm.cpuOfNode(node.id, 0))
      this.mm.current = task
      kcompactd.advance()
      this.mm.current = current
    }
  }

  #newTask(spec: { name: string; nice?: number; oomScoreAdj?: number; kthread?: boolean; isKswapd?: boolean }): Task {
    const task = new Task({ ...spec, id: this.mm.tasks.length })
    this.mm.tasks.push(task)
    return task
  }

  #startWorkload(): void {
    const { scenario, seed } = this.#input
    const { mm } = this
    const readahead = scenario.machine.disks.map((disk) => disk.readaheadPages)
    const shared = new WorkloadShared(mm, {
      snapshot: (label) => this.#snapshots.push(takeSnapshot(mm, label)),
      writeSysctl: (name, value) => this.#writeSysctl(name, value),
      writeMemcg: (path, knob, value) => writeMemcg(mm, path, knob, value),
      removeMemcg: (path) => mm.trace.memcgWrite(path, 'rmdir', 0, { result: removeMemcg(mm, path) }),
      exited: () => this.#exited(),
      interruptAt: (time, task) => this.#events.schedule(time, EVENT_WORKLOAD, task),
    }, seed, (file) => readahead[file.disk] ?? 0)
    for (const spec of scenario.processes) {
      const task = this.#newTask({ name: spec.name, nice: spec.nice ?? 0, oomScoreAdj: spec.oomScoreAdj ?? 0 })
      task.memcg = mm.memcgs.find(spec.memcg ?? '')?.id ?? 0
      const process = new Process(mm, shared, task, spec)
      this.#processes.push(process)
      this.#sched.add(process, false, spec.node === undefined ? undefined : mm.cpuOfNode(spec.node, process.task.id))
    }
    this.#hungTask = this.#startKhungtaskd()
    this.#startLaterThreads()
    this.#sampler.start()
    this.#snapshots.push(takeSnapshot(mm, 'start'))
    this.#events.schedule(0, EVENT_SAMPLE, 0)
    this.#events.schedule(scenario.durationMs * MS, EVENT_END, 0)
    // Only with several nodes do per-cpu lists hold pages of other nodes.
    this.#events.schedule(STAT_INTERVAL, EVENT_VMSTAT, 0)
    this.#policies.start({ at: (time, what, policy) => this.#events.schedule(time, POLICY_EVENTS[what], policy) })
  }

  /** khungtaskd comes last: tasks are dealt to CPUs by number. */
  #startKhungtaskd(): HungTask | undefined {
    if (!this.mm.sysctl.has('kernel.hung_task_timeout_secs')) return undefined
    const hungTask = new HungTask(this.mm)
    this.mm.threads.start('khungtaskd', (task) => hungTask.body(task))
    const first = hungTask.nextLook()
    if (first < Infinity) this.#timer(first, () => hungTask.wake())
    return hungTask
  }

  #startKthread(name: string, body: (task: Task) => () => Episode<unknown> | undefined): Task {
    const task = this.#newTask({ name, kthread: true })
    this.#sched.add({ task, episode: undefined, advance: body(task) }, true)
    task.sleepKillable = true
    task.waitReason = name
    return task
  }

  /** A timer's number is also its event's payload. */
  #timer(time: number, call: () => void): number {
    const id = ++this.#lastTimer
    this.#timers.set(id, { call, event: this.#events.schedule(Math.max(time, this.#clock.now), EVENT_CALL, id) })
    return id
  }

  #cancelTimer(id: number): void {
    const timer = this.#timers.get(id)
    if (timer !== undefined) this.#events.cancel(timer.event)
    this.#timers.delete(id)
  }

  #timerFires(id: number): void {
    const timer = this.#timers.get(id)
    this.#timers.delete(id)
    timer?.call()
  }

  #exited(): void {
    if (!this.#processes.some((p) => p.awaited)) this.#end = 'done'
  }

  #sample(): void {
    this.#sampler.sample()
    this.#sink.sample(this.#clock.now - this.mm.startTime)
    this.#events.schedule(this.#clock.now + this.#input.scenario.sampleMs * MS, EVENT_SAMPLE, 0)
    // Nobody runs, nobody has a timer, no IO is under way, kswapd sleeps: twice in a row means for ever.
    const hopeless = stuckDiagnosis(this.mm, this.#input.scenario.machine.disks.length)
    this.#quietSamples = hopeless === undefined ? 0 : this.#quietSamples + 1
    if (this.#quietSamples >= 2) this.#stuck(hopeless)
  }

  #stuck(diagnosis = stuckDiagnosis(this.mm, 0) ?? 'no task can run and no event is pending'): void {
    this.#end = 'stuck'
    this.#diagnosis = diagnosis
  }

  /** The CPUs' vmstat workers, all at once (sysctl_stat_interval). */
  #vmstatUpdate(): void {
    for (let cpu = 0; cpu < this.mm.cpus; cpu++) {
      foldFreePages(this.mm.zones, cpu)
      drainRemotePcp(this.mm, cpu)
    }
    this.#events.schedule(this.#clock.now + STAT_INTERVAL, EVENT_VMSTAT, 0)
  }

  #runController(index: number): void {
    const next = this.#policies.runController(index)
    if (next !== undefined) this.#events.schedule(next, EVENT_CONTROLLER, index)
  }

  #writeSysctl(name: string, value: number | readonly number[]): Episode<void> | undefined {
    const refused = this.mm.sysctl.refuse(name, value)
    if (refused === undefined) this.mm.sysctl.write(name, value)
    else this.mm.trace.log('sysctl_write', { name, value: String(value), refused })
    return refused === undefined ? sysctlAction(this.mm, name, value) : undefined
  }

  /** What a write sets off. Marks are recomputed by these writes only. */
  #sysctlWritten(name: string, changed: boolean): void {
    const { mm } = this
    const written = mm.sysctl.value(name)
    const value = typeof written === 'number' ? String(written) : written.join(' ')
    mm.trace.sysctlWrite(name, value)
    if (name === 'vm.min_free_kbytes' || name === 'vm.watermark_scale_factor' || name === 'vm.extra_free_kbytes') setupPerZoneWmarks(mm)
    else if (name === 'vm.lowmem_reserve_ratio') setupPerZoneLowmemReserve(mm)
    else if (name.startsWith(LRU_GEN_PREFIX)) applyLruGen(mm)
    else if (NODE_RECLAIM_SYSCTLS.includes(name)) setupNodeReclaim(mm)
    else if (name.startsWith('kernel.hung_task_timeout') || name.startsWith('kernel.hung_task_check_interval')) this.#hungTask?.wake()
    else if (name === 'vm.dirty_ratio' || name === 'vm.dirty_bytes') {
      if (changed) writebackSetRatelimit(mm)
    }
    else if (name === 'vm.compaction_proactiveness') triggerProactive(mm)
    else if (name === 'vm.percpu_pagelist_high_fraction' || name === 'vm.percpu_pagelist_fraction') for (const zone of mm.zones) updatePcp(mm, zone)
  }
}
