/** What a sweep varies: a line an axis. It runs the setup's scenario, base, policies and seeds. */
import type { ReactNode } from 'react'
import { useStore } from '../app/store'
import { startSweep } from '../results/sweep-store'
import { useMessages } from '../i18n'
import { Button } from '../ui/controls'
import { QueueSetup } from './queue-setup'
import { setSweep, setup } from './setup-store'
import { SweepRecordings } from './sweep-recordings'

export function SweepSetup(): ReactNode {
  const m = useMessages()
  const { sweep } = useStore(setup)
  return (
    <div className="sweep-setup">
      <textarea aria-label={m.sweepAxes} rows={2} spellCheck={false} placeholder="vm.swappiness=0..200:20" value={sweep} onChange={(event) => setSweep(event.target.value)} />
      <p className="muted small">{m.sweepHint}</p>
      <SweepRecordings />
      <Button onClick={() => startSweep()} disabled={sweep.trim() === ''}>{m.runSweep}</Button>
      <QueueSetup />
    </div>
  )
}
