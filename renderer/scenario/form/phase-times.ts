/** When the phases of a process happen: as the last run measured them, or, before a run, as far as they say it themselves. */
import type { Phase, Scenario, TaskStats } from '../../../preload/contract'

export interface Block { readonly index: number; readonly phase: Phase; readonly from: number; readonly to: number; /** Its length is not known before a run. */ readonly open: boolean }

const MS = 1e6
/** What a phase of unknown length is drawn with, as a part of the whole. */
const UNKNOWN_PART = 0.04

export function measuredBlocks(phases: readonly Phase[], stats: TaskStats): readonly Block[] {
  return stats.phases.flatMap(({ phase: index, startNs, endNs }) => (phases[index] ? [{ index, phase: phases[index], from: startNs, to: endNs, open: false }] : []))
}

/** ns; the lengths that phases state, one after another, those that state none a little. */
export function statedBlocks(phases: readonly Phase[], durationMs: number): readonly Block[] {
  let now = 0
  return phases.map((phase, index): Block => {
    const stated = phase.op === 'at' ? Math.max(0, phase.ms * MS - now) : statedNs(phase)
    const from = now
    now += stated ?? durationMs * MS * UNKNOWN_PART
    return { index, phase, from, to: now, open: stated === undefined }
  })
}

function statedNs(phase: Phase): number | undefined {
  switch (phase.op) {
    case 'sleep': return phase.ms * MS
    case 'work': return phase.everyMs * phase.count * MS
    case 'netrx': return (Math.max(0, phase.count - 1) * phase.everyMs + phase.holdMs) * MS
    case 'touch': case 'fread': case 'fwrite': case 'stat': return walkNs(phase)
    case 'map': case 'unmap': case 'open': case 'mmapf': case 'signal': case 'snap': case 'sysctl': case 'memcg': case 'rmdir': case 'exit': case 'unlock': case 'fadvise': case 'stall': return 0
    default: return undefined
  }
}

function walkNs({ rate, count, dur, atMs }: Extract<Phase, { op: 'touch' }> | Extract<Phase, { op: 'stat' }> | Extract<Phase, { op: 'fread' | 'fwrite' }>): number | undefined {
  const byRate = rate > 0 ? (count / rate) * 1e9 : atMs === undefined ? undefined : ((atMs.at(-1) ?? 0) - (atMs[0] ?? 0)) * MS
  if (dur === undefined) return byRate
  return byRate === undefined ? dur * MS : Math.min(byRate, dur * MS)
}

/** The right end of the picture, ns. */
export function endOf(rows: readonly (readonly Block[])[], { durationMs }: Scenario): number {
  const last = Math.max(0, ...rows.flatMap((blocks) => blocks.slice(-1).map((block) => block.to)))
  return last > 0 ? last : durationMs * MS
}
