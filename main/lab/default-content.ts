/** The lab's own data as it ships: presets, kernels, example policies, the scenario schema, the importer. */
import type { KernelDefinition } from 'reclaim-lab'
import { listSources, readSource } from '../compile/sources'
import { kernelNamed, kernelNames } from '../runner/kernels'
import { importMachine } from './import/import-machine'
import type { Content, Kernel } from './parts'
import { PRESETS } from './presets'
import { defaultKernel } from './request'
import { parseScenario, parseScenarioText, scenarioJsonSchema } from './scenario-schema'

const KERNELS = 'plugins/kernels'
const POLICIES = 'plugins/policies'
const SKELETON = `${POLICIES}/skeleton.ts`

export function createContent(): Content {
  const kernels = kernelNames().map(kernel)
  return {
    presets: PRESETS,
    kernels,
    examples: listSources(POLICIES).map((path) => ({ file: path.replace(`${POLICIES}/`, 'examples/'), text: readSource(path) })),
    skeleton: readSource(SKELETON),
    scenarioSchema: scenarioJsonSchema(),
    parseScenario: (value, on) => parseScenario(value, on.definition.sysctls, { cgroups: on.definition.traits.cgroups }),
    parseScenarioText: (text, on, name) => parseScenarioText(text, on.definition.sysctls, name, { cgroups: on.definition.traits.cgroups }),
    importMachine: (source) => importMachine(source, defaultKernel(kernels).definition, kernels.map(({ definition }) => definition)),
  }
}

function kernel(name: string): Kernel {
  const definition: KernelDefinition = kernelNamed(name)
  return { definition, info: { name, describe: definition.describe, scope: definition.scope, source: readSource(`${KERNELS}/${name}.ts`) } }
}
