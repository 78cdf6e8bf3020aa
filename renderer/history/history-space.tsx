/** How much room the history takes, its limit, and what is removed for good. */
import { useState } from 'react'
import type { ReactNode } from 'react'
import { inBackground } from '../app/lab-client'
import { useStore } from '../app/store'
import { useMessages } from '../i18n'
import { ask } from '../ui/confirm'
import { Button } from '../ui/controls'
import { bytes } from './entry-text'
import { emptyRemoved, historyOverview, setLimit } from './history-store'

export function HistorySpace(): ReactNode {
  const m = useMessages().history
  const space = useStore(historyOverview)?.space
  if (!space || space.limitBytes === 0) return null
  const removeForGood = async (): Promise<void> => {
    if (await ask({ title: m.emptyRemoved, text: m.emptyRemovedAsk, action: m.emptyRemoved, danger: true }) !== undefined) emptyRemoved()
  }
  return (
    <footer className="history-space" data-testid="history-space">
      <p>{m.space(space.recordings, bytes(space.recordingBytes), bytes(space.limitBytes))} <span className="muted">{m.spaceRest(bytes(space.databaseBytes), bytes(space.removedBytes))}</span></p>
      <div className="row">
        <Limit key={space.limitBytes} gib={space.limitBytes / 2 ** 30} />
        <Button tone="quiet" onClick={() => inBackground(removeForGood)}>{m.emptyRemoved}</Button>
      </div>
      <p className="muted">{m.limitHint}</p>
    </footer>
  )
}

/** Applied when it is left or Enter is pressed; what makes no sense goes back. */
function Limit({ gib }: { readonly gib: number }): ReactNode {
  const m = useMessages().history
  const shown = String(Math.round(gib * 1000) / 1000)
  const [text, setText] = useState(shown)
  const apply = (): void => {
    const value = Number(text)
    if (text !== shown && value >= 0.001 && value <= 2 ** 20) setLimit(value)
    else setText(shown)
  }
  return (
    <label className="inline">{m.limit}{' '}
      <input inputMode="decimal" size={6} value={text} onChange={(event) => setText(event.target.value)} onBlur={apply} onKeyDown={(event) => { if (event.key === 'Enter') apply() }} />
    </label>
  )
}
