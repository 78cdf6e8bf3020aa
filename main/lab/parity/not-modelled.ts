/** What a measured run needs that the engine can't do yet. Such a run is named with its reasons and left out of the figures; it would only show what is missing. */
import type { KernelDefinition } from 'reclaim-lab'
import { z } from 'zod'
import { sysctlName } from '../scenario/check-sysctls'

const phase = z.looseObject({ op: z.string() })
const needs = z.object({ workload: z.array(z.object({ phases: z.array(phase) })) })

/** `config`: the configuration as read, already imported once. */
export function notModelled(config: string, kernel: KernelDefinition): readonly string[] {
  const { workload } = needs.parse(JSON.parse(config))
  const phases = workload.flatMap(process => process.phases)
  const written = phases.flatMap(({ op, path }) => (op === 'sysctl' && typeof path === 'string' ? [sysctlName(path)] : []))
  const unknown = new Set(written.filter(name => !Object.hasOwn(kernel.sysctls, name)))
  return [...unknown].map(name => `writes to ${name}`)
}
