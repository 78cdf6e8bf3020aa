/** The files of /proc that show memory, from one state of a simulated machine; its sysctls, as `sysctl` prints them; the memory files of its cgroups; and a map of its pageblocks, which is the lab's own. */
import type { MachineState } from '../../engine'
import { cgroup } from './cgroup'
import { buddyinfo, extfragIndex, pagetypeinfo } from './free-lists'
import { lruGen } from './lru-gen'
import { meminfo, vmstat } from './meminfo'
import { pageblocks } from './pageblocks'
import { zoneinfo } from './zoneinfo'

export const PROC_FILES = ['zoneinfo', 'buddyinfo', 'pagetypeinfo', 'extfrag_index', 'pageblocks', 'lru_gen', 'vmstat', 'meminfo', 'sysctl', 'cgroup'] as const
export type ProcFile = (typeof PROC_FILES)[number]

const PRINTERS: Readonly<Record<ProcFile, (state: MachineState) => string>> = { zoneinfo, buddyinfo, pagetypeinfo, extfrag_index: extfragIndex, pageblocks, lru_gen: lruGen, vmstat, meminfo, sysctl, cgroup }

export function procFiles(state: MachineState): Readonly<Record<ProcFile, string>> {
  return Object.fromEntries(PROC_FILES.map((file) => [file, PRINTERS[file](state)])) as Record<ProcFile, string>
}

/** `sysctl -a` separates the numbers of a list by tabs. */
function sysctl({ sysctls }: MachineState): string {
  return Object.entries(sysctls).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `${name} = ${typeof value === 'number' ? value : value.join('\t')}\n`).join('')
}
