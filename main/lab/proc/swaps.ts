/** /proc/swaps (mm/swapfile.c:swap_show): kB, without the header page. Since 4.17 short numbers are followed by a second tab. */
import type { MachineState } from '../../engine'

/** From here on a number fills its column. */
const WIDE = 10_000_000

export function swaps({ swapAreas, procFiles }: MachineState): string {
  const old = procFiles === 'linux-3.18'
  const number = (kb: number): string => `${kb}${!old && kb < WIDE ? '\t' : ''}\t`
  const lines = swapAreas.map(({ device, pages, used, priority }) => `${`/dev/${device}`.padEnd(40)}partition\t${number(pages * 4)}${number(used * 4)}${priority}\n`)
  return `Filename\t\t\t\tType\t\tSize\t${old ? '' : '\t'}Used\t${old ? '' : '\t'}Priority\n${lines.join('')}`
}
