/**
 * A preset on a kernel it wasn't written for: what the kernel doesn't have is left out, and said, never silently. Scenarios that people write are refused instead (check-sysctls.ts, check-memcgs.ts).
 */
import type { KernelDefinition, SysctlSpec } from 'reclaim-lab'
import type { Text } from '../../../preload/contract'
import type { Phase, Scenario } from '../../engine'
import { sysctlName } from './check-sysctls'

export interface Fitted {
  readonly scenario: Scenario
  /** What was left out, one sentence each. */
  readonly notes: readonly Text[]
}

type Kernel = Pick<KernelDefinition, 'name' | 'sysctls' | 'traits'>

export function fitToKernel(scenario: Scenario, kernel: Kernel): Fitted {
  const notes = new Map<string, Text>()
  const takes = (name: string, value: number | string | readonly number[]): boolean => {
    const spec = Object.hasOwn(kernel.sysctls, name) ? kernel.sysctls[name] : undefined
    if (spec !== undefined && inRange(spec, value)) return true
    if (!notes.has(name)) notes.set(name, leftOut(kernel.name, name, value, spec))
    return false
  }
  const sysctls = Object.fromEntries(Object.entries(scenario.sysctls).filter(([name, value]) => takes(name, value)))
  const processes = scenario.processes.map((process) => ({ ...process, phases: process.phases.map((phase) => fitPhase(phase, takes)) }))
  const fitted = { ...scenario, sysctls, processes }
  const grouped = (scenario.memcgs ?? []).length > 0 && (scenario.cgroup?.version ?? 2) === 2 && kernel.traits.cgroups === 'v1'
  return { scenario: grouped ? withoutGroups(fitted) : fitted, notes: [...notes.values(), ...(grouped ? [noGroups(kernel.name)] : [])] }
}

/** All in the root, without any limits. */
function withoutGroups({ memcgs: _, cgroup: __, processes, ...rest }: Scenario): Scenario {
  const idle = (phase: Phase): Phase => (phase.op === 'memcg' || phase.op === 'rmdir' ? { op: 'sleep', ms: 0 } : phase)
  return { ...rest, processes: processes.map(({ memcg: ___, phases, ...process }) => ({ ...process, phases: phases.map(idle) })) }
}

function noGroups(kernel: string): Text {
  return { en: `${kernel} has no cgroup v2: the preset's memory cgroups are left out, and nobody is limited or protected.`, zh: `${kernel} 没有 cgroup v2：略去预设的内存 cgroup，谁都不受限制，也不受保护。` }
}

/** A write that can't be made takes no time and does nothing; the phase stays, so that the others keep their numbers. */
function fitPhase(phase: Phase, takes: (name: string, value: number | string) => boolean): Phase {
  if (phase.op !== 'sysctl' || takes(sysctlName(phase.path), phase.v)) return phase
  return { op: 'sleep', ms: 0 }
}

function inRange(spec: SysctlSpec, value: number | string | readonly number[]): boolean {
  const numbers = typeof value === 'string' ? value.trim().split(/\s+/).map(Number) : typeof value === 'number' ? [value] : value
  return numbers.every((each) => each >= spec.min && each <= spec.max)
}

function leftOut(kernel: string, name: string, value: number | string | readonly number[], spec: SysctlSpec | undefined): Text {
  const shown = typeof value === 'object' ? value.join(' ') : String(value)
  if (spec === undefined) return { en: `${kernel} has no ${name}: the preset's ${name}=${shown} is left out.`, zh: `${kernel} 没有 ${name}：略去预设中的 ${name}=${shown}。` }
  return { en: `${kernel} takes ${name} from ${spec.min} to ${spec.max} only: the preset's ${shown} is left out.`, zh: `${kernel} 的 ${name} 只允许 ${spec.min} 到 ${spec.max}：略去预设中的 ${shown}。` }
}
