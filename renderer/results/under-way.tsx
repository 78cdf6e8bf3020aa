/** What the lab says while it makes runs again for a question: how far it is, and a way to stop it. */
import { useEffect, useState } from 'react'
import type { ReactNode } from 'react'
import type { Problem, Remaking } from '../../preload/contract'
import { inBackground, lab, onLab } from '../app/lab-client'
import { useMessages } from '../i18n'
import { Button, Progress } from '../ui/controls'
import { Problems } from '../ui/problems'

export function UnderWay({ kind, runs, text, onCancel }: { readonly kind: Remaking['kind']; readonly runs: readonly string[]; readonly text: string; onCancel?(): void }): ReactNode {
  const m = useMessages()
  const [now, setNow] = useState<Remaking>()
  const key = `${kind} ${runs.join(' ')}`
  useEffect(() => onLab('remaking', (told) => {
    if (`${told.kind} ${told.runs.join(' ')}` === key || (told.kind === kind && told.runs.length === 1 && runs.includes(told.runs[0] ?? ''))) setNow(told.over ? undefined : told)
  }), [key])
  const cancel = (): void => {
    onCancel?.()
    if (now !== undefined) inBackground(async () => { await lab.cancel(now.id) })
  }
  return (
    <p className="muted under-way" role="status">
      <span>{text}</span>
      {now && <><Progress fraction={now.fraction} label={text} /><Button onClick={cancel}>{m.cancel}</Button></>}
    </p>
  )
}

/** Why there is no answer; that it was cancelled is nobody's fault. */
export function Unanswered({ problems }: { readonly problems: readonly Problem[] }): ReactNode {
  const m = useMessages()
  return problems[0]?.path === 'cancelled' ? <p className="muted" role="status">{m.remakingCancelled}</p> : <Problems problems={problems} />
}
