/** A walk through the window: a card beside each part in turn, which is outlined. Escape or ✕ ends it; arrows go on and back. */
import { useEffect, useRef, useState } from 'react'
import type { ReactNode } from 'react'
import { useMessages } from '../i18n'
import { Button } from '../ui/controls'
import { Dialog } from '../ui/dialog'
import { showPane } from './panes'
import type { PaneName } from './panes'

/** What each step of the messages is about. */
const TARGETS: readonly { readonly pane?: PaneName; readonly selector: string }[] = [
  { pane: 'setup', selector: '[data-testid="preset"]' }, { pane: 'setup', selector: '#pane-setup' }, { selector: '[data-testid="run"], [data-testid="cancel"]' },
  { pane: 'results', selector: '#pane-results' }, { pane: 'editor', selector: '#pane-editor' }, { selector: '.top-bar' },
]

export function Tour({ onClose }: { onClose(): void }): ReactNode {
  const m = useMessages()
  const [at, setAt] = useState(0)
  const card = useRef<HTMLDivElement>(null)
  const step = m.tour.steps[at]
  useEffect(() => {
    const target = TARGETS[at]
    if (target?.pane) showPane(target.pane)
    const element = target && document.querySelector(target.selector)
    element?.classList.add('toured')
    element?.scrollIntoView({ block: 'nearest' })
    card.current?.focus()
    return () => element?.classList.remove('toured')
  }, [at])
  if (!step) return null
  const last = at === m.tour.steps.length - 1
  return (
    <Dialog
      title={step.title} onClose={onClose}
      footer={<><span className="muted small num">{at + 1} / {m.tour.steps.length}</span><span className="grow" />{at > 0 && <Button onClick={() => setAt(at - 1)}>{m.tour.back}</Button>}<Button tone="primary" onClick={() => (last ? onClose() : setAt(at + 1))}>{last ? m.tour.end : m.tour.next}</Button></>}
    >
      <div ref={card} tabIndex={-1} onKeyDown={(event) => { if (event.key === 'ArrowRight' && !last) setAt(at + 1); if (event.key === 'ArrowLeft' && at > 0) setAt(at - 1) }} data-testid="tour"><p>{step.text}</p></div>
    </Dialog>
  )
}
