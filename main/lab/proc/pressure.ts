/** /proc/pressure/memory and /proc/pressure/io as 5.15 and 6.1 print them (kernel/sched/psi.c:psi_show). 3.18 has neither. */
import type { MachineState } from '../../engine'
import { PSI_FIXED_1 } from '../../engine'

type Pressure = MachineState['pressure']['memory']

export function pressureMemory({ pressure }: MachineState): string {
  return lines(pressure.memory)
}

export function pressureIo({ pressure }: MachineState): string {
  return lines(pressure.io)
}

function lines({ some, full }: Pressure): string {
  return line('some', some) + line('full', full)
}

function line(name: string, { avg: [avg10, avg60, avg300], total }: Pressure['some']): string {
  return `${name} avg10=${percent(avg10)} avg60=${percent(avg60)} avg300=${percent(avg300)} total=${Math.floor(total / 1000)}\n`
}

/** LOAD_INT, LOAD_FRAC. */
function percent(load: number): string {
  return `${Math.floor(load / PSI_FIXED_1)}.${String(Math.floor(((load % PSI_FIXED_1) * 100) / PSI_FIXED_1)).padStart(2, '0')}`
}
