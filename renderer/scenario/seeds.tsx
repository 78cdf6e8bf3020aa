/** How many seeds: more tell chance from effect, and take longer. */
import type { ReactNode } from 'react'
import { useStore } from '../app/store'
import { useMessages } from '../i18n'
import { setSeeds, setup } from './setup-store'

export function Seeds(): ReactNode {
  const m = useMessages()
  const { seeds, policies, variants } = useStore(setup)
  return (
    <div className="row">
      <input className="seeds num" type="number" min={1} max={100} aria-label={m.seeds} value={seeds} onChange={(event) => setSeeds(event.target.valueAsNumber)} />
      <span className="muted small">{m.seedsHint(seeds * (policies.length + variants.length + 1))}</span>
    </div>
  )
}
