/** The files of /proc that show memory, from one state of a simulated machine; its sysctls, as `sysctl` prints them; the memory files of its cgroups; and a map of its pageblocks, which is the lab's own. */
import type { MachineState } from '../../engine'
import { cgroup } from './cgroup'
import { buddyinfo, extfragIndex, pagetypeinfo } from './free-lists'
import { lruGen } from './lru-gen'
import { meminfo } from './meminfo'
import { pageblocks } from './pageblocks'
import { swaps } from './swaps'
import { vmstat } from './vmstat'
import { zoneinfo } from './zoneinfo'

export const PROC_FILES = ['zoneinfo', 'buddyinfo', 'pagetypeinfo', 'extfrag_index', 'pageblocks', 'lru_gen', 'vmstat', 'meminfo', 'swaps', 'sysctl', 'cgroup'] as const
export type ProcFile = (typeof PROC_FILES)[number]

const PRINTERS: Readonly<Record<ProcFile, (state: MachineState) => string>> = { zoneinfo, buddyinfo, pagetypeinfo, extfrag_index: extfragIndex, pageblocks, lru_gen: lruGen, vmstat, meminfo, swaps, sysctl, cgroup }

/** Generations came with 6.1: a kernel before has no such file. */
export type PrintedFiles = Readonly<Record<Exclude<ProcFile, 'lru_gen'>, string>> & { readonly lru_gen?: string }

export function procFiles(state: MachineState): PrintedFiles {
  return Object.fromEntries(PROC_FILES.filter((file) => file !== 'lru_gen' || state.procFiles === 'linux-6.1').map((file) => [file, PRINTERS[file](state)])) as PrintedFiles
}

/** `sysctl -a` separates the numbers of a list by tabs. */
function sysctl({ sysctls }: MachineState): string {
  return Object.entries(sysctls).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `${name} = ${typeof value === 'number' ? value : value.join('\t')}\n`).join('')
}
