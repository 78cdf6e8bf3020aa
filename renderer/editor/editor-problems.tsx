/** Under the code: what stops the policy from running, what is only suspicious, where it was ejected, and what it declares. */
import type { ReactNode } from 'react'
import type { Ejection, Problem } from '../../preload/contract'
import { told } from '../app/description'
import { inBackground } from '../app/lab-client'
import { useStore } from '../app/store'
import { useMessages } from '../i18n'
import { scenarioDocument } from '../scenario/scenario-document'
import { Problems } from '../ui/problems'
import { duration, integer } from '../ui/format'
import type { OpenDocument } from './documents'
import { lineOfPath } from './json-place'
import { placesIn } from './hook-places'
import { revealIn, revealLine } from './reveal'

export function EditorProblems({ document, ejections }: { readonly document: OpenDocument; readonly ejections: readonly Ejection[] }): ReactNode {
  if (document.kind === 'scenario') return <ScenarioProblems />
  if (document.kind === 'kernel') return null
  return <PolicyProblems document={document} ejections={ejections} />
}

function PolicyProblems({ document, ejections }: { readonly document: OpenDocument; readonly ejections: readonly Ejection[] }): ReactNode {
  const m = useMessages()
  const { check } = document
  const pick = (problem: Problem): void => revealLine(document.policy, problem.line ?? 1, problem.column ?? 1)
  return (
    <div className="editor-problems" data-testid="problems">
      {ejections.map((ejection, index) => (
        <div key={index} className="problems error ejection" role="alert">
          <button type="button" className="link" onClick={() => revealLine(document.policy, ejection.line ?? 1, ejection.column ?? 1)}>
            ⏏ {ejection.line !== undefined && `${m.line(ejection.line)}${m.colon}`}{m.ejectedAt(ejection.kind, ejection.hook, told(ejection.message))}
          </button>
          <p className="muted small">
            {m.ejectedWhen(duration(ejection.t), integer(ejection.call))}
            {ejection.value !== undefined && <> {m.answered} <code>{told(ejection.value)}</code></>}
            {ejection.allowed !== undefined && <> {m.allowed} <code>{told(ejection.allowed)}</code></>}
          </p>
          {ejection.dump !== '[]' && <p className="muted small">{m.askedWith} <code>{ejection.dump}</code></p>}
        </div>
      ))}
      {check && <Problems problems={check.errors} title={check.errors.length > 0 ? m.cannotRun : undefined} onPick={pick} />}
      {check && <Problems problems={check.warnings} tone="warning" title={m.typeProblems} onPick={pick} />}
      {check?.ok && (
        <p className="check-ok small muted">
          <span className="good">✓ {m.checked}</span> {check.hooks.length === 0 ? m.noHooks : <>{m.hooksDeclared} <span className="hook-links">{check.hooks.map((hook) => <span key={hook}><button type="button" className="link" title={m.toHook} onClick={() => revealHook(document, hook)}><code>{hook}</code></button> </span>)}</span></>}
          <span className="grow" /><span className="num">{m.compiledIn(integer(Math.max(1, check.compileMs)))}</span>
        </p>
      )}
    </div>
  )
}

/** To a hook's code; one that only stands in a list of names is there. */
function revealHook({ key, text }: OpenDocument, hook: string): void {
  inBackground(async () => {
    const own = (await placesIn(text)).filter((place) => place.hook === hook)
    const place = own.find(({ use }) => use === 'declared') ?? own[0]
    if (place !== undefined) revealIn(key, place.line, place.column)
  })
}

function ScenarioProblems(): ReactNode {
  const m = useMessages()
  const document = useStore(scenarioDocument)
  if (!document) return null
  const pick = (problem: Problem): void => revealLine(undefined, problem.line ?? lineOfPath(document.text, problem.path) ?? 1, problem.column ?? 1)
  return (
    <div className="editor-problems" data-testid="problems">
      <Problems problems={document.problems} title={m.scenarioProblems} onPick={pick} />
      {document.scenario && <p className="check-ok small muted"><span className="good">✓ {m.scenarioGood}</span></p>}
    </div>
  )
}
