/** Entries, runs and recordings for tests of the history; of no test runner, since a process of its own uses them too. */
import type { Recording } from '../../../main/engine'
import type { NewEntry, NewRun, RecordingAbout } from '../../../main/store/history/history'
import { summary } from '../../engine/metrics/recordings'

export function newEntry(changes: Partial<NewEntry> = {}): NewEntry {
  return {
    id: 'e0000001', kind: 'comparison', origin: 'window', title: { en: 'Small machine', zh: '小机器' }, scenario: 'small', kernel: 'linux-6.1', engine: 'test', lab: '0.1.0',
    machines: [{ label: 'linux-6.1' }, { label: 'early', policy: 'early' }], seeds: 2, runs: 4, spec: { some: ['thing', 1.5, NaN] }, ...changes,
  }
}

export function newRun(changes: Partial<NewRun> = {}): NewRun {
  const { machine = 0, seed = 1 } = changes
  return { point: 0, machine, seed, key: `key-${machine}-${seed}`, state: 'done', engine: 'test', digest: `d${machine}${seed}`, end: 'done', ejections: [], metrics: { run_time: 1000 + seed, kswapd_cpu: machine / 3 }, ...changes }
}

export function recording(changes: Partial<Recording> = {}): Recording {
  const times = Float64Array.from({ length: 50 }, (_, i) => i * 1e8)
  return {
    engine: 'test', scenario: 'small', kernel: 'linux-6.1', policies: [], seed: 1, digest: 'd01',
    series: { times, ids: ['nr_free_pages', 'share'], columns: [times.map((_, i) => 1000 - i * 7), times.map((_, i) => (i === 3 ? NaN : i / 7))] },
    policySeries: { times: new Float64Array(), ids: [], columns: [] },
    events: Array.from({ length: 700 }, (_, i) => ({ t: i * 1e6, kind: 'mm_vmscan_kswapd_wake' as const, duration: 0, task: 'kswapd0', args: { order: i % 3, nid: 0 } })),
    snapshots: [], hooks: [], ejections: [], summary: summary({ durationNs: 5e9 }), ...changes,
  }
}

export function about(entry: NewEntry, run: NewRun): RecordingAbout {
  const { spec: _, ...rest } = entry
  return { format: 1, entry: rest, createdMs: 1_000, run, machine: { label: rest.machines[run.machine].label, kernel: 'linux-6.1' }, outline: { seeds: rest.seeds } }
}
