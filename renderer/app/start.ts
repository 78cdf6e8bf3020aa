/** What happens once, before the window is drawn: the first comparison is set up, the editor opens on one of its policies, events of the lab are followed. */
import { keepDrafts, openPolicy, watchFiles } from '../editor/files'
import { followHistory } from '../history/history-store'
import { askAgain, followExperiments, showLast } from '../results/experiment-store'
import { followSweeps } from '../results/sweep-store'
import { startSetup } from '../scenario/setup-memory'
import { setup } from '../scenario/setup-store'
import { description, loadDescription, policyNamed } from './description'
import { inBackground, watchConnection } from './lab-client'

export function startWindow(): void {
  startSetup()
  followExperiments()
  followSweeps()
  followHistory()
  inBackground(showLast)
  watchFiles()
  keepDrafts()
  watchConnection(() => inBackground(async () => { await loadDescription(); await askAgain() }))
  const policy = setup.get().policies.find((name) => policyNamed(name)) ?? description().policies[0]?.name
  if (policy !== undefined) openPolicy(policy)
}
