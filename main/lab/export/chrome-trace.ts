/**
 * A run as a trace in Chrome's JSON format, which ui.perfetto.dev and chrome://tracing open: tasks are threads, the kernel's events slices and instants under their own
 * names with their arguments, series counter tracks. Times are µs of virtual time.
 * Slices of a thread must nest in that format: what overlaps without nesting goes to a second track of its task.
 */
import type { RunEvent, SlowAlloc } from '../../../preload/contract'
import { CHARTS, sliceSeries, type Recording } from '../../engine'

/** Points a counter gets at most; min and max of each stretch stay. */
const COUNTER_POINTS = 2_000
const TASKS = 1
const COUNTERS = 2

interface TraceEvent {
  readonly ph: 'M' | 'X' | 'i' | 'C'
  readonly name: string
  readonly pid: number
  readonly tid: number
  readonly ts?: number
  readonly dur?: number
  readonly s?: 't'
  readonly cat?: string
  readonly args: Readonly<Record<string, unknown>>
}

interface Slice { readonly task: string; readonly name: string; readonly cat: string; readonly t0: number; readonly t1: number; readonly args: Readonly<Record<string, unknown>> }

export function chromeTrace(recording: Recording, about: { readonly title: string; readonly machine: string }): string {
  const threads = new Map<string, number>()
  const thread = (task: string): number => threads.get(task) ?? (threads.set(task, threads.size + 1), threads.size)
  const instants = recording.events.filter((event) => !isSlice(event)).map((event) => instant(event, thread(event.task)))
  const slices = placed(slicesOf(recording)).map(({ slice, track }) => complete(slice, thread(track)))
  const names: TraceEvent[] = [
    { ph: 'M', name: 'process_name', pid: TASKS, tid: 0, args: { name: `${about.machine}, seed ${recording.seed}: tasks` } },
    { ph: 'M', name: 'process_name', pid: COUNTERS, tid: 0, args: { name: `${about.machine}, seed ${recording.seed}: series` } },
    ...[...threads].map(([name, tid]): TraceEvent => ({ ph: 'M', name: 'thread_name', pid: TASKS, tid, args: { name } })),
  ]
  const body = [...names, ...[...slices, ...instants, ...counters(recording)].sort((a, b) => (a.ts ?? 0) - (b.ts ?? 0) || (b.dur ?? 0) - (a.dur ?? 0))]
  const otherData = { title: about.title, scenario: recording.scenario, kernel: recording.kernel, policies: recording.policies.join(', '), seed: recording.seed, engine: recording.engine, digest: recording.digest, eventsDropped: recording.summary.eventsDropped, counterPoints: COUNTER_POINTS }
  return `{"displayTimeUnit":"ns","otherData":${JSON.stringify(otherData)},"traceEvents":[\n${body.map((event) => JSON.stringify(event)).join(',\n')}\n]}\n`
}

/** Begin and sleep stand for themselves only where their other half is missing; the end event has the whole stretch. */
function isSlice(event: RunEvent): boolean {
  return event.duration > 0 || event.kind === 'mm_vmscan_kswapd_wake' || event.kind === 'mm_vmscan_kswapd_sleep'
}

function instant(event: RunEvent, tid: number): TraceEvent {
  return { ph: 'i', name: event.kind, cat: category(event.kind), pid: TASKS, tid, ts: event.t / 1000, s: 't', args: argsOf(event) }
}

function complete({ name, cat, t0, t1, args }: Slice, tid: number): TraceEvent {
  return { ph: 'X', name, cat, pid: TASKS, tid, ts: t0 / 1000, dur: (t1 - t0) / 1000, args }
}

function slicesOf(recording: Recording): readonly Slice[] {
  const stretches = recording.events.filter((event) => event.duration > 0).map((event): Slice => ({
    task: event.task, name: sliceName(event.kind), cat: category(event.kind), t0: event.t, t1: event.t + event.duration, args: argsOf(event),
  }))
  return [...stretches, ...awake(recording), ...recording.summary.stalls.worst.map(slowAlloc)]
}

/** kswapd of a node from its wake to its next sleep, or to the end. */
function awake({ events, summary }: Recording): readonly Slice[] {
  const since = new Map<string, RunEvent>()
  const slices: Slice[] = []
  const close = (wake: RunEvent, t1: number): void => { slices.push({ task: wake.task, name: 'kswapd awake', cat: 'vmscan', t0: wake.t, t1, args: argsOf(wake) }) }
  for (const event of events) {
    if (event.kind === 'mm_vmscan_kswapd_wake' && !since.has(event.task)) since.set(event.task, event)
    const wake = since.get(event.task)
    if (event.kind !== 'mm_vmscan_kswapd_sleep' || wake === undefined) continue
    close(wake, event.t)
    since.delete(event.task)
  }
  for (const wake of since.values()) close(wake, Math.max(wake.t, summary.durationNs))
  return slices
}

function slowAlloc(one: SlowAlloc): Slice {
  return { task: one.task, name: 'slow allocation', cat: 'page_alloc', t0: one.t, t1: one.t + one.duration, args: { order: one.order, gfp: one.gfp, ...one.parts, ...one.sleeps } }
}

/** Longest first where they begin together; each goes to the first track of its task where it nests. */
function placed(slices: readonly Slice[]): readonly { readonly slice: Slice; readonly track: string }[] {
  const open = new Map<string, Slice[]>()
  const fits = (track: string, slice: Slice): boolean => {
    const stack = open.get(track) ?? []
    while (stack.length > 0 && stack[stack.length - 1].t1 <= slice.t0) stack.pop()
    const around = stack.at(-1)
    if (around !== undefined && around.t1 < slice.t1) return false
    open.set(track, [...stack, slice])
    return true
  }
  return [...slices].sort((a, b) => a.t0 - b.t0 || b.t1 - a.t1).map((slice) => {
    let track = slice.task
    for (let n = 2; !fits(track, slice); n++) track = `${slice.task} (${n})`
    return { slice, track }
  })
}

/** The tracepoint's pair as one stretch. */
function sliceName(kind: RunEvent['kind']): string {
  return kind.replace(/_(begin|end)$/, '')
}

/** As the kernel groups its tracepoints. */
function category(kind: RunEvent['kind']): string {
  if (kind.startsWith('mm_vmscan')) return 'vmscan'
  if (kind === 'mark_victim' || kind === 'lowmemory_kill' || kind === 'oom_reap' || kind === 'panic') return 'oom'
  if (kind.startsWith('sched')) return 'sched'
  if (kind.startsWith('policy')) return 'policy'
  return kind.startsWith('mm_') || kind.startsWith('memcg') ? 'kmem' : 'lab'
}

function argsOf({ args, cause, log }: RunEvent): Readonly<Record<string, unknown>> {
  const why = cause === undefined ? {} : { cause_task: cause.task, cause_gfp: cause.gfp, cause_order: cause.order, call_path: cause.path.join(' > '), zones: cause.zones.map((zone) => `${zone.node} ${zone.zone}: ${zone.free} free, mark ${zone.mark}, reserve ${zone.reserve}`).join('; ') }
  return { ...args, ...why, ...(log === undefined ? {} : { log: log.join('\n') }) }
}

/** What the charts show, in their units; policies' own counters as they are. */
function counters(recording: Recording): readonly TraceEvent[] {
  const charted = CHARTS.flatMap((chart) => chart.lines.map(({ series }) => series)).map(shape)
  const ids = recording.series.ids.filter((id) => charted.some((one) => one.test(id)))
  const end = recording.summary.durationNs
  return [
    ...counterEvents(sliceSeries(recording.series, ids, 0, end, COUNTER_POINTS), ''),
    ...counterEvents(sliceSeries(recording.policySeries, recording.policySeries.ids, 0, end, COUNTER_POINTS), 'policy.'),
  ]
}

/** A counter holds until its next value: one that stays the same needs no event. */
function counterEvents({ times, columns }: ReturnType<typeof sliceSeries>, prefix: string): readonly TraceEvent[] {
  return Object.entries(columns).flatMap(([id, column]) => Array.from(column, (value, i): readonly TraceEvent[] => {
    if (!Number.isFinite(value) || (i > 0 && i < column.length - 1 && column[i - 1] === value)) return []
    return [{ ph: 'C', name: prefix + id, pid: COUNTERS, tid: 0, ts: times[i] / 1000, args: { value } }]
  }).flat())
}

function shape(series: string): RegExp {
  return new RegExp(`^${series.replace(/[.+?^$()|[\]\\]/g, '\\$&').replace(/\{\w+\}|\*/g, '.+')}$`)
}
