/** The processes of a workload over time, a row each, a block a phase; a click goes to the phase's fields. */
import type { ReactNode } from 'react'
import type { Scenario } from '../../../preload/contract'
import { useStore } from '../../app/store'
import { timeTicks } from '../../charts/scale'
import { seedShown } from '../../charts/view-store'
import { useMessages } from '../../i18n'
import { experiment } from '../../results/experiment-store'
import { useRunDetail } from '../../results/run-details'
import { duration } from '../../ui/format'
import { endOf, measuredBlocks, statedBlocks } from './phase-times'
import type { Block } from './phase-times'

const MOST_ROWS = 24
const MOST_BLOCKS = 300

export function PhaseTimeline({ scenario }: { readonly scenario: Scenario }): ReactNode {
  const m = useMessages()
  const tasks = useMeasured(scenario)
  const processes = scenario.processes.slice(0, MOST_ROWS)
  const rows = processes.map(({ phases, name }) => {
    const stats = tasks?.find((task) => task.name === name)
    return stats && stats.phases.length > 0 ? measuredBlocks(phases.slice(0, MOST_BLOCKS), stats) : statedBlocks(phases.slice(0, MOST_BLOCKS), scenario.durationMs)
  })
  const end = endOf(rows, scenario)
  return (
    <section className="timeline" aria-label={m.form.timeline} data-testid="timeline">
      <p className="muted small">{tasks ? m.form.timelineMeasured : m.form.timelineStated}</p>
      {rows.map((blocks, i) => (
        <div key={processes[i]?.name} className="timeline-row">
          <span className="timeline-name" title={processes[i]?.name}>{processes[i]?.name}</span>
          <div className="timeline-bar">{blocks.map((block) => <BlockButton key={block.index} block={block} process={i} end={end} />)}</div>
        </div>
      ))}
      <div className="timeline-row" aria-hidden="true">
        <span className="timeline-name" />
        <div className="timeline-axis">{timeTicks(0, end, 5).map((t) => <span key={t} className="muted num" style={{ left: `${(t / end) * 100}%`, transform: `translateX(${-(t / end) * 100}%)` }}>{duration(t)}</span>)}</div>
      </div>
      {scenario.processes.length > MOST_ROWS && <p className="muted small">{m.form.moreProcesses(scenario.processes.length - MOST_ROWS)}</p>}
    </section>
  )
}

/** Of the bar's width: some 24 pixels of a narrow one. */
const NARROWEST_PART = 0.09

const KINDS: Readonly<Record<string, string>> = { touch: 'touch', fread: 'file', fwrite: 'file', stat: 'file', fsync: 'file', sleep: 'wait', at: 'wait', await: 'wait', lock: 'wait', netrx: 'net', work: 'work' }

function BlockButton({ block, process, end }: { readonly block: Block; readonly process: number; readonly end: number }): ReactNode {
  const { phase, index, from, to, open } = block
  const what = 'r' in phase ? `${phase.op} ${phase.r}` : phase.op
  const when = open ? '' : ` · ${duration(from)} – ${duration(to)}`
  const style = { left: `${(from / end) * 100}%`, width: `${Math.max(0, (to - from) / end) * 100}%` }
  const className = `timeline-block ${KINDS[phase.op] ?? 'call'}${open ? ' open' : ''}`
  // What is too narrow to hit is only seen; its fields are below.
  if ((to - from) / end < NARROWEST_PART) return <span className={className} style={style} title={`${index + 1}. ${what}${when}`} />
  return (
    <button type="button" className={className} style={style} title={`${index + 1}. ${what}${when}`} aria-label={`${index + 1}. ${what}${when}`} onClick={() => goTo(`processes[${process}].phases[${index}]`)}>
      <span aria-hidden="true">{what}</span>
    </button>
  )
}

/** Frames that an inner fold may take to appear; one far down a long list never does. */
const PATIENCE = 120

/** Opens what the field is folded into, from the outside in: an inner fold exists only once the outer one is open. */
function goTo(path: string): void {
  const steps = path.split(/(?=\[|\.)/)
  const open = (at: number, left: number): void => {
    const element = document.getElementById(`form-${steps.slice(0, at).join('')}`)
    if (element === null) {
      if (left > 0) requestAnimationFrame(() => open(at, left - 1))
      return
    }
    if (element instanceof HTMLDetailsElement) element.open = true
    if (at < steps.length) return open(at + 1, PATIENCE)
    element.scrollIntoView({ block: 'center' })
    element.querySelector<HTMLElement>('summary, input, select')?.focus()
  }
  open(1, PATIENCE)
}

/** Of the base's run of the shown seed, when it was of this scenario. */
function useMeasured(scenario: Scenario): ReturnType<typeof tasksOf> {
  const { status } = useStore(experiment)
  const seed = useStore(seedShown)
  const run = status?.scenario === scenario.id ? status.runs.find((one) => one.machine === 0 && one.seed === seed && one.digest !== undefined)?.run : undefined
  return tasksOf(useRunDetail(run))
}

function tasksOf(loaded: ReturnType<typeof useRunDetail>): Extract<NonNullable<ReturnType<typeof useRunDetail>>, { state: 'ready' }>['value']['tasks'] | undefined {
  return loaded?.state === 'ready' ? loaded.value.tasks : undefined
}
