/** The files of /proc that show memory, from one state of a simulated machine; its sysctls, as `sysctl` prints them; the memory files of its cgroups; and a map of its pageblocks, which is the lab's own. */
import type { MachineState } from '../../engine'
import { cgroup } from './cgroup'
import { buddyinfo, extfragIndex, pagetypeinfo } from './free-lists'
import { lruGen } from './lru-gen'
import { meminfo } from './meminfo'
import { pageblocks } from './pageblocks'
import { swaps } from './swaps'
import { pressureIo, pressureMemory } from './pressure'
import { vmstat } from './vmstat'
import { zoneinfo } from './zoneinfo'

export const PROC_FILES = ['zoneinfo', 'buddyinfo', 'pagetypeinfo', 'extfrag_index', 'pageblocks', 'lru_gen', 'vmstat', 'meminfo', 'swaps', 'pressure/memory', 'pressure/io', 'sysctl', 'cgroup'] as const
export type ProcFile = (typeof PROC_FILES)[number]

const PRINTERS: Readonly<Record<ProcFile, (state: MachineState) => string>> = { zoneinfo, buddyinfo, pagetypeinfo, extfrag_index: extfragIndex, pageblocks, lru_gen: lruGen, vmstat, meminfo, swaps, 'pressure/memory': pressureMemory, 'pressure/io': pressureIo, sysctl, cgroup }

/** What a kernel does not have yet: generations came with 6.1, pressure with 4.20. */
const LATER: Readonly<Record<MachineState['procFiles'], readonly ProcFile[]>> = { 'linux-3.18': ['lru_gen', 'pressure/memory', 'pressure/io'], 'linux-5.15': ['lru_gen'], 'linux-6.1': [] }
type Later = 'lru_gen' | 'pressure/memory' | 'pressure/io'

export type PrintedFiles = Readonly<Record<Exclude<ProcFile, Later>, string>> & Readonly<Partial<Record<Later, string>>>

export function procFiles(state: MachineState): PrintedFiles {
  return Object.fromEntries(PROC_FILES.filter((file) => !LATER[state.procFiles].includes(file)).map((file) => [file, PRINTERS[file](state)])) as PrintedFiles
}

/** `sysctl -a` separates the numbers of a list by tabs. */
function sysctl({ sysctls }: MachineState): string {
  return Object.entries(sysctls).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `${name} = ${typeof value === 'number' ? value : value.join('\t')}\n`).join('')
}
