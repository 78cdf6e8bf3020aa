/** What /proc of the simulated machine would print at an instant. The lab makes the run again up to there, so it is asked only when wanted. */
import { useState } from 'react'
import type { ReactNode } from 'react'
import { lab } from '../app/lab-client'
import { notify } from '../app/notices'
import { useAnswer } from '../app/use-answer'
import { useMessages } from '../i18n'
import { Button, Segmented } from '../ui/controls'
import { duration } from '../ui/format'
import { Problems } from '../ui/problems'

export function ProcView({ run, t }: { readonly run: string; readonly t: number }): ReactNode {
  const m = useMessages()
  const [file, setFile] = useState('zoneinfo')
  const answer = useAnswer(`${run} ${t}`, () => lab.procFiles(run, t))
  if (!answer) return <p className="muted">{m.procAsking}</p>
  if (!answer.ok) return <Problems problems={answer.problems} />
  const names = Object.keys(answer.value.files)
  const shown = names.includes(file) ? file : names[0] ?? ''
  const text = answer.value.files[shown] ?? ''
  return (
    <div className="proc" data-testid="proc">
      <div className="row">
        <Segmented label={m.procFile} value={shown} options={names.map((name) => ({ value: name, label: name }))} onChange={setFile} />
        <Button tone="quiet" onClick={() => { void navigator.clipboard.writeText(text).then(() => notify(m.copied, 'good'), () => notify(m.notCopied, 'bad')) }}>{m.copy}</Button>
        <span className="muted small">{m.at(duration(answer.value.t))}</span>
      </div>
      <pre tabIndex={0} aria-label={shown}>{text}</pre>
    </div>
  )
}
