/** Asks before something is lost, or for a name; one question at a time. `ask()` answers undefined when the person changes their mind. */
import { useState } from 'react'
import type { ReactNode } from 'react'
import { createStore, useStore } from '../app/store'
import { useMessages } from '../i18n'
import { Button, Field } from './controls'
import { Dialog } from './dialog'

interface Question {
  readonly title: string
  readonly text: string
  readonly action: string
  readonly danger?: boolean
  /** Asks for a word; the check answers what is wrong with it. */
  readonly input?: { readonly label: string; readonly initial: string; check(value: string): string | undefined }
  answer(value: string | undefined): void
}

const question = createStore<Question | undefined>(undefined)

export function ask(asked: Omit<Question, 'answer'>): Promise<string | undefined> {
  question.get()?.answer(undefined)
  return new Promise((resolve) => {
    question.set({ ...asked, answer: (value) => { question.set(undefined); resolve(value) } })
  })
}

export function Questions(): ReactNode {
  const now = useStore(question)
  return now ? <QuestionDialog key={now.title} question={now} /> : null
}

function QuestionDialog({ question: { title, text, action, danger, input, answer } }: { readonly question: Question }): ReactNode {
  const m = useMessages()
  const [value, setValue] = useState(input?.initial ?? '')
  const wrong = input?.check(value)
  const accept = (): void => { if (!wrong) answer(value) }
  return (
    <Dialog
      title={title} onClose={() => answer(undefined)}
      footer={<><Button onClick={() => answer(undefined)}>{m.cancel}</Button><Button tone={danger ? 'danger' : 'primary'} disabled={!!wrong} onClick={accept}>{action}</Button></>}
    >
      {text && <p>{text}</p>}
      {input && (
        <Field label={input.label} hint={wrong && <span className="bad">{wrong}</span>}>
          <input
            data-autofocus value={value} spellCheck={false} aria-invalid={!!wrong}
            onChange={(event) => setValue(event.target.value)} onKeyDown={(event) => {
              if (event.key !== 'Enter') return
              // Else the rest of this Enter presses the button that the focus goes back to, which asks again.
              event.preventDefault()
              accept()
            }}
          />
        </Field>
      )}
    </Dialog>
  )
}
