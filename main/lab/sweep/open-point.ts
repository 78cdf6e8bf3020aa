/**
 * The runs of one point of a sweep as a comparison: with the numbers they came to, at once; their recordings from the history where they are kept, else made again to the same
 * digest when one is looked at. It is only looked at, so it makes no entry of its own.
 */
import type { OpenedPoint, Result, Text } from '../../../preload/contract'
import type { History, StoredRun } from '../../store/history/history'
import { plannedRuns, type LabRun } from '../experiment'
import type { Experiments } from '../experiments'
import { restoredRun } from '../history/restore'
import { done, fail, show } from '../problems'
import type { PreparedExperiment } from '../request'
import type { Sweep } from './collect'

export async function openPoint({ prepared, plan, rows, status }: Sweep, point: number, experiments: Experiments, history: History | undefined): Promise<Result<OpenedPoint>> {
  if (prepared === undefined) return fail('sweep', 'is only watched: what makes its runs is not known here')
  if (!Number.isInteger(point) || point < 0 || point >= plan.points.length) return fail('point', `must be a whole number from 0 to ${plan.points.length - 1}, not ${show(point)}`)
  const entry = status().history
  const stored = entry === undefined || history === undefined ? [] : ((await history.entry(entry))?.runs ?? []).filter((run) => run.point === point)
  const there = new Map<string, StoredRun>(stored.map((run) => [`${run.machine}.${run.seed}`, run]))
  // What has not been written yet.
  const fresh = rows().filter((row) => row.point === point && !row.ejected && !there.has(`${row.machine}.${row.seed}`))
  for (const { machine, seed, digest, engine, metrics } of fresh) there.set(`${machine}.${seed}`, { point, machine, seed, key: '', state: 'done', end: 'done', digest, engine, metrics, ejections: [], recorded: false })
  if (there.size === 0) return fail('point', 'has no run yet')
  const kept = [...there.values()].filter(({ recorded }) => recorded).length
  const counts = { runs: there.size, kept, missing: plan.machines.length * plan.seeds - there.size }
  const live = experiments.adopt(atPoint(prepared.experiments[point], whereOf(plan, point), counts), (id) => runsOf(id, prepared.experiments[point], there, entry))
  return done({ id: live.id, ...counts })
}

/** Those that have not ended are left out. */
function runsOf(id: string, prepared: PreparedExperiment, there: ReadonlyMap<string, StoredRun>, entry: string | undefined): readonly LabRun[] {
  return plannedRuns(id, prepared).flatMap((planned) => {
    const run = there.get(`${planned.machine}.${planned.seed}`)
    if (run === undefined) return []
    const { kept, ...restored } = restoredRun(planned, run, entry ?? '')
    return [entry === undefined || run.key === '' || kept === undefined ? restored : { ...restored, kept }]
  })
}

function whereOf({ axes, points }: Sweep['plan'], point: number): string {
  return axes.map(({ name }, i) => `${name} = ${points[point][i]}`).join(', ')
}

function atPoint(prepared: PreparedExperiment, where: string, counts: { readonly runs: number; readonly kept: number; readonly missing: number }): PreparedExperiment {
  const title = { en: `${prepared.title.en} · ${where}`, zh: `${prepared.title.zh} · ${where}` }
  return { ...prepared, title, notes: [...prepared.notes ?? [], noteOf(counts)] }
}

function noteOf({ runs, kept, missing }: { readonly runs: number; readonly kept: number; readonly missing: number }): Text {
  const from = kept === runs ? { en: 'all recordings are kept', zh: '全部录制已保留' }
    : kept === 0 ? { en: 'no recording is kept: a run is made again, to the same digest, when it is looked at', zh: '未保留录制：查看某次运行时会重新运行，结果摘要相同' }
      : { en: `${kept === 1 ? 'one recording is' : `${kept} recordings are`} kept; other runs are made again, to the same digest, when they are looked at`, zh: `已保留 ${kept} 份录制；其余运行在查看时重新运行，结果摘要相同` }
  const rest = missing === 0 ? { en: '', zh: '' } : { en: ` ${missing} ${missing === 1 ? 'run is' : 'runs are'} not in and left out.`, zh: `另有 ${missing} 次运行尚无结果，未列入。` }
  return { en: `A point of a sweep, ${runs} ${runs === 1 ? 'run' : 'runs'}: ${from.en}.${rest.en}`, zh: `扫参中的一点，共 ${runs} 次运行：${from.zh}。${rest.zh}` }
}
