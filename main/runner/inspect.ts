/** What a policy says of itself, once evaluated: for lists, sliders and checks. */
import type { ParamSpec } from 'reclaim-lab'
import { loadPolicy } from './compartment'
import type { CompiledPolicy, InspectResult, InspectedParam } from './protocol'

export function inspectPolicy(compiled: CompiledPolicy, at: Int32Array): InspectResult {
  const loaded = loadPolicy(compiled, at)
  if (!loaded.ok) return loaded
  const { definition } = loaded.policy
  return {
    ok: true,
    name: definition.name,
    describe: definition.describe ?? '',
    params: Object.entries(definition.params ?? {}).map(([name, spec]) => paramInfo(name, spec)),
    hooks: Object.keys(definition.hooks ?? {}),
    controller: definition.controller !== undefined,
  }
}

function paramInfo(name: string, spec: ParamSpec): InspectedParam {
  return { name, ...spec }
}
