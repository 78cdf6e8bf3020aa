/**
 * The lab's own view of a zone as a map of pageblocks, one letter each: no kernel prints it, but crash or page-types could. Two of them, before and after, show what compaction
 * moved and which blocks it can never free.
 */
import type { MachineState, PageblockMap } from '../../engine'

const TYPES = ['Unmovable', 'Movable', 'Reclaimable', 'HighAtomic'] as const
const PER_LINE = 64

const LEGEND = [
  '  . free   - movable pages, half or more of it free   m movable pages, less than half free   M movable pages only',
  '  u the kernel\'s and movable pages or free ones   U the kernel\'s pages only   H huge pages',
].join('\n')

export function pageblocks(state: MachineState): string {
  return `Pageblocks of 512 pages, lowest first\n${LEGEND}\n${state.pageblocks.map(zoneText).join('')}`
}

function zoneText(map: PageblockMap): string {
  const letters = map.pages.map((_, block) => letterOf(map, block))
  const lines: string[] = []
  for (let at = 0; at < letters.length; at += PER_LINE) lines.push(`${String(Math.max(map.startPfn, map.startPfn - map.startPfn % 512 + at * 512)).padStart(10)}  ${letters.slice(at, at + PER_LINE).join('')}\n`)
  return `\nNode ${map.node}, zone ${map.zone.padStart(8)}: ${summary(map, letters)}\n${lines.join('')}`
}

function letterOf(map: PageblockMap, block: number): string {
  const [pages, free] = [map.pages[block], map.free[block]]
  if (map.huge[block] > 0) return 'H'
  if (free === pages) return '.'
  if (map.unmovable[block] === pages) return 'U'
  if (map.unmovable[block] > 0) return 'u'
  if (free === 0) return 'M'
  return free * 2 >= pages ? '-' : 'm'
}

function summary(map: PageblockMap, letters: readonly string[]): string {
  const of = (letter: string): number => letters.filter((each) => each === letter).length
  const types = TYPES.map((name, type) => [name, map.type.filter((each) => each === type).length] as const).filter(([, blocks]) => blocks > 0)
  const kernel = map.unmovable.filter((pages) => pages > 0).length
  return `${letters.length} blocks (${types.map(([name, blocks]) => `${name} ${blocks}`).join(', ')}); ${of('.')} free, ${of('H')} huge, ${kernel} with the kernel's pages, ${map.skip.filter((each) => each === 1).length} passed over by compaction`
}
