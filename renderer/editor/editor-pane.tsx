/** The editor: tabs of open documents, what is special about the active one (read-only, draft, edited outside), the code, its problems. */
import { Suspense, lazy, useEffect, useMemo } from 'react'
import type { ReactNode } from 'react'
import { Group, Panel, Separator } from 'react-resizable-panels'
import { useDescription, useTold } from '../app/description'
import { busy } from '../app/idle'
import { useShownKey } from '../app/keys'
import { setSetting, useFlag, useSetting } from '../app/settings'
import { useStore } from '../app/store'
import { useMessages } from '../i18n'
import { experiment } from '../results/experiment-store'
import { mayHoldRules, openRulesOf } from '../rules/rules-form'
import { inWords } from '../scenario/form/schema'
import { editScenario, scenarioDocument } from '../scenario/scenario-document'
import { ScenarioForm } from '../scenario/form/scenario-form'
import { Button, Empty, Segmented, Toggle } from '../ui/controls'
import { askFork, askNew } from './file-questions'
import { DiffPicker, useAgainst } from './diff-picker'
import { activeDocument, changeDocument, documents, isDirty, isReadOnly } from './documents'
import type { OpenDocument } from './documents'
import { EditorNotes } from './editor-notes'
import { EditorProblems } from './editor-problems'
import { editPolicy, RERUN_SETTING, savePolicy } from './files'
import { ReferencePane } from '../reference/reference-pane'
import { REFERENCE_SETTING } from '../reference/reference-store'
import { lineRequest } from './reveal'
import { saveScenario, titleOf } from './scenario-files'
import { EditorTabs } from './tabs'

const CodeView = lazy(async () => {
  const [view, { teach }] = await Promise.all([import('./code-view'), import('./monaco')])
  return { default: Object.assign(view.default, { teach }) }
})

export function EditorPane(): ReactNode {
  const m = useMessages()
  const { open, active } = useStore(documents)
  const withReference = useSetting(REFERENCE_SETTING) === 'on'
  useScenarioText()
  const document = open.find((one) => one.key === active)
  return (
    <section className="pane editor" aria-label={m.editor} id="pane-editor" tabIndex={-1}>
      <EditorTabs />
      <Group id="editor-split" orientation="vertical">
        <Panel id="editor-document" minSize={120} className="editor-document">
          {document ? <ActiveDocument key={document.key === 'scenario' ? 'scenario' : 'code'} document={document} open={open} /> : (
            <Empty title={m.nothingOpen}><p>{m.nothingOpenHint}</p><Button onClick={askNew}>{m.newPolicy}</Button></Empty>
          )}
        </Panel>
        {withReference && <Separator className="separator horizontal" aria-label={m.resize} />}
        {withReference && <Panel id="editor-reference" minSize={140} defaultSize="45%"><ReferencePane /></Panel>}
      </Group>
    </section>
  )
}

function ActiveDocument({ document, open }: { readonly document: OpenDocument; readonly open: readonly OpenDocument[] }): ReactNode {
  const problems = useProblemsOf(document)
  const ejections = useEjectionsOf(document)
  const against = useAgainst(document)
  const view = useScenarioView()
  const asked = useStore(lineRequest)
  const reveal = asked && (asked.document === undefined ? asked.policy === undefined || asked.policy === document.policy : asked.document === document.key) ? asked : undefined
  return (
    <>
      <EditorBar document={document} />
      <EditorNotes document={document} />
      {document.kind === 'scenario' && view === 'form' && <ScenarioForm />}
      <div className="code-box" hidden={document.kind === 'scenario' && view === 'form'}>
        <Suspense fallback={<Loading />}>
          <Taught>
            <CodeView
              document={document} open={open} against={against} problems={problems} ejections={ejections} reveal={reveal}
              onEdit={editActive} onRevealed={forgetRequest}
            />
          </Taught>
        </Suspense>
      </div>
      <EditorProblems document={document} ejections={ejections} />
    </>
  )
}

/** Gives Monaco the API's types and the scenario's schema before the first model needs them. */
function Taught({ children }: { readonly children: ReactNode }): ReactNode {
  const { apiTypes, scenarioSchema } = useDescription()
  const told = useTold()
  useMemo(() => { void import('./monaco').then(({ teach }) => teach(apiTypes, inWords(scenarioSchema, told))) }, [apiTypes, scenarioSchema, told])
  return children
}

function Loading(): ReactNode {
  const m = useMessages()
  useEffect(() => busy('editor code'), [])
  return <p className="muted pad">{m.editorLoading}</p>
}

function EditorBar({ document }: { readonly document: OpenDocument }): ReactNode {
  const m = useMessages()
  const [rerun, setRerun] = useFlag(RERUN_SETTING, true)
  const readOnly = isReadOnly(document)
  const saveKey = useShownKey('save')
  return (
    <div className="editor-bar">
      {document.kind === 'scenario' && <ViewChoice />}
      <DiffPicker document={document} />
      <span className="grow" />
      {!readOnly && document.kind === 'policy' && mayHoldRules(document.text) && <Button onClick={() => openRulesOf(document.key)}>{m.rules.edit}</Button>}
      {!readOnly && document.kind === 'policy' && <Toggle on={rerun} label={m.rerunOnSave} onChange={setRerun} />}
      {!readOnly && <Button keys={saveKey} disabled={document.saving} onClick={saveActive} tone={isDirty(document) ? 'primary' : 'plain'}>{m.save}</Button>}
      {document.kind === 'kernel' && <Button tone="primary" onClick={() => askFork({ kind: 'kernel', name: document.title })}>{m.fork}</Button>}
      {document.kind === 'example' && document.policy !== undefined && <Button tone="primary" onClick={() => askFork({ kind: 'policy', name: document.policy as string })}>{m.forkToEdit}</Button>}
    </div>
  )
}

const VIEW_SETTING = 'scenario.view'

function useScenarioView(): 'form' | 'json' {
  return useSetting(VIEW_SETTING) === 'form' ? 'form' : 'json'
}

/** The same scenario as fields or as text. */
function ViewChoice(): ReactNode {
  const m = useMessages()
  return <Segmented label={m.form.view} value={useScenarioView()} onChange={(view) => setSetting(VIEW_SETTING, view)} options={[{ value: 'form', label: m.form.form }, { value: 'json', label: 'JSON' }]} />
}

/** A line is shown once; whoever comes back to the tab finds it as they left it. */
function forgetRequest(): void {
  lineRequest.set(undefined)
}

function editActive(text: string): void {
  const document = activeDocument()
  if (!document || isReadOnly(document)) return
  if (document.kind === 'scenario') {
    changeDocument(document.key, { text, saved: text })
    editScenario(text)
  } else editPolicy(document.key, text)
}

export function saveActive(): void {
  const document = activeDocument()
  if (!document) return
  if (document.kind === 'scenario') saveScenario()
  else if (document.kind === 'policy') savePolicy(document.key)
}

/** The scenario's text lives with the scenario; its tab follows. */
function useScenarioText(): void {
  const scenario = useStore(scenarioDocument)
  useEffect(() => {
    if (scenario) changeDocument('scenario', { text: scenario.text, saved: scenario.text, title: titleOf(scenario.label) })
  }, [scenario])
}

const NOTHING: readonly never[] = []

function useProblemsOf(document: OpenDocument): NonNullable<OpenDocument['check']>['errors'] {
  return document.kind === 'kernel' || document.kind === 'scenario' ? NOTHING : document.check?.errors ?? NOTHING
}

/** Ejections of the last comparison that happened in this policy, one per place. */
function useEjectionsOf(document: OpenDocument): readonly NonNullable<ReturnType<typeof experiment.get>['status']>['runs'][number]['ejections'][number][] {
  const { status } = useStore(experiment)
  return useMemo(() => {
    const seen = new Map((status?.runs ?? []).flatMap((run) => run.ejections).filter((ejection) => ejection.policy === document.policy)
      .map((ejection) => [`${ejection.line} ${ejection.message}`, ejection] as const))
    return seen.size === 0 ? NOTHING : [...seen.values()]
  }, [status, document.policy])
}
