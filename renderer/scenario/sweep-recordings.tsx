/** Which recordings a sweep keeps, and what that costs on the disk, before it is started. */
import type { ReactNode } from 'react'
import { lab } from '../app/lab-client'
import { useStore } from '../app/store'
import { useAnswer } from '../app/use-answer'
import { bytes } from '../history/entry-text'
import { historyOverview } from '../history/history-store'
import { useMessages } from '../i18n'
import { integer } from '../ui/format'
import { KEPT, axesOf, sweepRecordings, type Kept } from './recording-rule'
import { setup } from './setup-store'

export function SweepRecordings(): ReactNode {
  const m = useMessages().keeping
  const { kept, seed } = useStore(sweepRecordings)
  const { seeds } = useStore(setup)
  return (
    <div className="sweep-recordings">
      <label className="inline">{m.label}{' '}
        <select value={kept} onChange={(event) => sweepRecordings.update((now) => ({ ...now, kept: event.target.value as Kept }))} data-testid="sweep-recordings">
          {KEPT.map((one) => <option key={one} value={one}>{m.rules[one]}</option>)}
        </select>
      </label>
      {kept === 'seed' && <label className="inline">{m.seed}{' '}<input type="number" min={1} max={seeds} value={Math.min(seed, seeds)} onChange={(event) => { const next = Math.round(Number(event.target.value)); if (next >= 1) sweepRecordings.update((now) => ({ ...now, seed: next })) }} /></label>}
      {kept === 'none' ? <p className="muted small">{m.noneHint}</p> : <Cost kept={kept} />}
    </div>
  )
}

/** Where the history has none to go by; presets mostly take 15 to 45 kB. */
const TYPICAL = 30_000

function Cost({ kept }: { readonly kept: Exclude<Kept, 'none'> }): ReactNode {
  const m = useMessages().keeping
  const { sweep, policies, seeds } = useStore(setup)
  const space = useStore(historyOverview)?.space
  const axes = axesOf(sweep)
  const size = useAnswer(axes.length === 0 ? undefined : axes.join('\n'), () => lab.sweepSize(axes))
  if (size?.ok !== true || space === undefined) return null
  const each = space.recordings > 0 ? space.recordingBytes / space.recordings : TYPICAL
  const count = size.value.points * (1 + policies.length) * (kept === 'seed' ? 1 : seeds)
  const room = Math.max(0, space.limitBytes - space.recordingBytes)
  return (
    <p className="small" data-testid="recordings-cost" role="status">
      {(kept === 'failed' ? m.costAtMost : m.cost)(integer(count), bytes(count * each), bytes(each), space.recordings > 0)}{' '}
      {count * each > room ? <span className="bad">{m.tooMuch(bytes(room), bytes(space.limitBytes))}</span> : <span className="muted">{m.room(bytes(room), bytes(space.limitBytes))}</span>}
    </p>
  )
}
