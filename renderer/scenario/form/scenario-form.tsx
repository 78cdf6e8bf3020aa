/** The scenario as a form over the same text that the JSON view edits, with undo and a timeline of its phases. The schema that makes the form is the one that validates. */
import { useMemo } from 'react'
import type { ReactNode } from 'react'
import { useDescription, useTold } from '../../app/description'
import { useStore } from '../../app/store'
import { useMessages } from '../../i18n'
import { Button } from '../../ui/controls'
import { prettyJson } from '../pretty'
import { canRedo, canUndo, changeScenario, redoScenario, scenarioDocument, undoScenario } from '../scenario-document'
import { FormOf, ObjectField } from './fields'
import type { FormContext } from './fields'
import { inWords, isRecord, setAt } from './schema'
import type { Schema } from './schema'
import { PhaseTimeline } from './timeline'

export function ScenarioForm(): ReactNode {
  const m = useMessages()
  const { scenarioSchema } = useDescription()
  const told = useTold()
  const schema = useMemo(() => inWords(scenarioSchema as Schema, told), [scenarioSchema, told])
  const document = useStore(scenarioDocument)
  const value = useMemo(() => parse(document?.text ?? ''), [document?.text])
  const context = useMemo((): FormContext => ({ problems: document?.problems ?? [], change: (path, next) => { changeScenario(prettyJson(setAt(parse(scenarioDocument.get()?.text ?? ''), path, next))) } }), [document?.problems])
  if (!document) return null
  if (!isRecord(value)) return <p className="pad bad" role="alert">{m.form.noJson}</p>
  return (
    <div className="scenario-form" data-testid="scenario-form" onKeyDown={(event) => { if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z') { event.preventDefault(); (event.shiftKey ? redoScenario : undoScenario)() } }}>
      <div className="row">
        <Button onClick={undoScenario} disabled={!canUndo(document)} keys="Ctrl+Z">{m.form.undo}</Button>
        <Button onClick={redoScenario} disabled={!canRedo(document)} keys="Ctrl+Shift+Z">{m.form.redo}</Button>
      </div>
      {document.scenario && <PhaseTimeline scenario={document.scenario} />}
      <FormOf.Provider value={context}><ObjectField schema={schema} value={value} path={[]} /></FormOf.Provider>
    </div>
  )
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
