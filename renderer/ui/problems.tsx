/** What is wrong with something a person gave: where, what, and what would do. */
import type { ReactNode } from 'react'
import type { Problem } from '../../preload/contract'
import { useTold } from '../app/description'
import { useMessages } from '../i18n'

interface ProblemsProps {
  readonly problems: readonly Problem[]
  readonly title?: string
  readonly tone?: 'error' | 'warning'
  onPick?(problem: Problem): void
}

export function Problems({ problems, title, tone = 'error', onPick }: ProblemsProps): ReactNode {
  const m = useMessages()
  const told = useTold()
  if (problems.length === 0) return null
  return (
    <div className={`problems ${tone}`} role={tone === 'error' ? 'alert' : 'status'}>
      {title && <p className="problems-title">{title}</p>}
      <ul>
        {problems.map((problem, index) => (
          <li key={index}>
            <span aria-hidden="true" className="problem-mark">{tone === 'error' ? '✕' : '!'}</span>
            {onPick
              ? <button type="button" className="link" onClick={() => onPick(problem)}><Where problem={problem} line={m.line} />{told(problem.message)}</button>
              : <span><Where problem={problem} line={m.line} />{told(problem.message)}</span>}
          </li>
        ))}
      </ul>
    </div>
  )
}

function Where({ problem, line }: { readonly problem: Problem; readonly line: (line: number) => string }): ReactNode {
  const named = problem.path !== '' && <code>{problem.path}</code>
  const placed = problem.line !== undefined && !problem.path.endsWith(`:${problem.line}`) && <span className="muted">{line(problem.line)}</span>
  return <>{named}{named && ' '}{placed}{placed && ' '}</>
}
