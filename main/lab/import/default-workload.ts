/** What an imported machine does when it brings no work of its own: memhog in steps around the marks. */
import type { Phase, ProcessSpec, Text } from '../../engine'
import { hog, sleep, snap } from '../presets/phases'
import type { Notes} from './notes';
import { pagesText, pagesTextZh } from './notes'
import { say } from '../say'

export interface Ramp { readonly processes: readonly ProcessSpec[]; readonly durationMs: number; readonly sampleMs: number }

export interface Room {
  /** What a user process can take until every zone is at LOW plus its reserve: then kswapd is woken. */
  readonly low: number
  /** The same for MIN: then the process reclaims itself. */
  readonly min: number
  /** Page cache and swap, which can make room for more. */
  readonly reclaimable: number
}

interface Step { readonly total: number; readonly why: Text }

export function memhogRamp(room: Room, notes: Notes): Ramp {
  const taken = steps(room)
  const phases: Phase[] = [snap('start')]
  taken.forEach(({ total }, i) => phases.push(...hog(`step${i + 1}`, total - (taken[i - 1]?.total ?? 0)), snap(`step ${i + 1}`), sleep(1000)))
  const tell = (text: (step: Step) => string, between: string) => taken.map(text).join(between)
  notes.assumed.push(say(
    `workload: memhog in steps, a second between them, taking in all (page tables come on top) ${tell(({ total, why }) => `${pagesText(total)}: ${why.en}`, '; ')}`,
    `负载：memhog 分步占用内存，每步间隔 1 秒，累计（页表另计）${tell(({ total, why }) => `${pagesTextZh(total)}：${why.zh}`, '；')}`))
  // Ten µs a page is slow; a run ends when its work does.
  const durationMs = Math.min(3_600_000, 30_000 + Math.ceil(taken[taken.length - 1].total / 100))
  return { processes: [{ name: 'memhog', phases }], durationMs, sampleMs: Math.max(50, Math.ceil(durationMs / 2000)) }
}

/** A page table page maps 512 pages; a few more are upper levels. Without it, filling up to a mark would go past it. */
function besidePageTables(pages: number): number {
  return Math.max(0, Math.floor(pages * 512 / 513) - 8)
}

/** Totals of each step, each at least a page more than the one before. */
function steps(room: Room): readonly Step[] {
  const { reclaimable } = room
  const [low, min] = [besidePageTables(room.low), besidePageTables(room.min)]
  const beyond = min + Math.floor(Math.min(reclaimable / 2, Math.max(1024, min / 10)))
  const wanted: readonly Step[] = [
    { total: Math.floor(low / 2), why: say('half of what is above LOW', 'LOW 以上的一半') },
    { total: low, why: say('down to LOW', '到 LOW') },
    { total: Math.floor((low + min) / 2), why: say('between LOW and MIN: kswapd is awake', 'LOW 与 MIN 之间：kswapd 醒来') },
    ...(reclaimable > 0 ? [{ total: beyond, why: say('beyond MIN: only reclaim makes room', '超过 MIN：只能靠回收') }] : []),
  ]
  const growing: Step[] = []
  for (const step of wanted) if (step.total > (growing[growing.length - 1]?.total ?? 0)) growing.push(step)
  return growing.length > 0 ? growing : [{ total: 1, why: say('there is hardly anything free', '几乎没有空闲内存') }]
}
