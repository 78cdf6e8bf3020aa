/** The scenario of the comparison: the preset's, or the person's own where it is valid. */
import type { Scenario } from '../../preload/contract'
import { useStore } from '../app/store'
import { scenarioDocument } from './scenario-document'
import { presetNamed, setup } from './setup-store'

export function useScenario(): Scenario | undefined {
  const { scenario } = useStore(setup)
  const document = useStore(scenarioDocument)
  return scenario.kind === 'preset' ? presetNamed(scenario.id)?.scenario : document?.scenario
}
