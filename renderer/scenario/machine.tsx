/** Which machine and workload: a preset, a saved scenario, something imported; what it is in a few lines; ways to change it. */
import { useEffect, useState } from 'react'
import type { ReactNode } from 'react'
import type { Scenario } from '../../preload/contract'
import { useDescription, wordsOf } from '../app/description'
import { inBackground, lab, onLab } from '../app/lab-client'
import { notify } from '../app/notices'
import { showPane } from '../app/panes'
import { useStore } from '../app/store'
import { openScenarioDocument } from '../editor/scenario-files'
import { useMessages, useText } from '../i18n'
import { Button } from '../ui/controls'
import { Terms } from '../ui/term'
import { ImportDialog } from './import-dialog'
import { MachineSummary } from './machine-summary'
import { prettyJson } from './pretty'
import { openScenario, savedScenarioDraft, scenarioDocument } from './scenario-document'
import { chooseCustom, choosePreset, setup } from './setup-store'
import { useScenario } from './use-scenario'

export function Machine(): ReactNode {
  const m = useMessages()
  const [importing, setImporting] = useState(false)
  const { scenario: choice } = useStore(setup)
  const document = useStore(scenarioDocument)
  const scenario = useScenario()
  return (
    <>
      <ScenarioSelect />
      {scenario && <About scenario={scenario} />}
      {choice.kind === 'custom' && document && document.problems.length > 0 && <p className="bad" role="alert">✕ {m.scenarioBroken(document.problems.length)}</p>}
      <div className="row">
        <Button onClick={() => setImporting(true)}>{m.importMachine}</Button>
        <Button onClick={() => openAsText(scenario)} disabled={choice.kind === 'preset' && !scenario}>{m.editScenario}</Button>
      </div>
      {scenario && <MachineSummary scenario={scenario} />}
      {importing && <ImportDialog onClose={() => setImporting(false)} />}
    </>
  )
}

function ScenarioSelect(): ReactNode {
  const m = useMessages()
  const say = useText()
  const { presets } = useDescription()
  const { scenario: choice } = useStore(setup)
  const document = useStore(scenarioDocument)
  const files = useScenarioFiles()
  const draft = savedScenarioDraft()
  const value = choice.kind === 'preset' ? `preset:${choice.id}` : 'custom:'
  const pick = (picked: string): void => {
    const [kind, rest] = [picked.slice(0, picked.indexOf(':')), picked.slice(picked.indexOf(':') + 1)]
    if (kind === 'preset') choosePreset(rest)
    else if (kind === 'file') openSaved(rest)
    else if (document) chooseCustom(document.label)
    else if (draft) openScenario(draft.label, draft.text)
  }
  return (
    <select aria-label={m.machineAndWorkload} value={value} onChange={(event) => pick(event.target.value)} data-testid="preset">
      {[...new Set(presets.map((preset) => say(preset.group)))].map((group) => <optgroup key={group} label={group}>{presets.filter((preset) => say(preset.group) === group).map((preset) => <option key={preset.id} value={`preset:${preset.id}`}>{say(preset.title)}</option>)}</optgroup>)}
      {(document ?? draft) && <optgroup label={m.yours}><option value="custom:">{(document ?? draft)?.label}</option></optgroup>}
      {files.length > 0 && <optgroup label={m.savedScenarios}>{files.map((file) => <option key={file} value={`file:${file}`}>{file.replace(/^scenarios\//, '')}</option>)}</optgroup>}
    </select>
  )
}

function About({ scenario }: { readonly scenario: Scenario }): ReactNode {
  const say = useText()
  return <p className="about"><Terms text={say(scenario.about)} /></p>
}

function useScenarioFiles(): readonly string[] {
  const [files, setFiles] = useState<readonly string[]>([])
  useEffect(() => {
    const load = (): void => inBackground(async () => setFiles((await lab.files()).filter((file) => file.kind === 'scenario').map((file) => file.file)))
    load()
    return onLab('file', load)
  }, [])
  return files
}

function openSaved(file: string): void {
  inBackground(async () => {
    const content = await lab.read(file)
    if (content.ok) openScenario(file.replace(/^scenarios\/|\.json$/g, ''), content.value.text)
    else notify(wordsOf(content.problems), 'bad')
  })
}

/** A preset becomes a copy that the person may change; the preset itself stays. */
function openAsText(scenario: Scenario | undefined): void {
  if (setup.get().scenario.kind === 'preset') {
    if (!scenario) return
    openScenario(scenario.id, prettyJson(scenario))
  }
  openScenarioDocument()
  showPane('editor')
}
