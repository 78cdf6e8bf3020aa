/** The scenario in the editor: opened as a document, saved into the workspace as `<id>.json`. */
import { inBackground, lab } from '../app/lab-client'
import { wordsOf } from '../app/description'
import { notify } from '../app/notices'
import { messages } from '../i18n'
import { scenarioDocument } from '../scenario/scenario-document'
import { putDocument } from './documents'
import { loadVersions } from './versions'

const SCENARIO_KEY = 'scenario'

/** Versions of the scenario files saved in this session, so that an edit from outside is never overwritten unseen. */
const versions = new Map<string, string>()

export function openScenarioDocument(): void {
  const document = scenarioDocument.get()
  if (!document) return
  putDocument({ key: SCENARIO_KEY, kind: 'scenario', file: fileOf(document.label), title: titleOf(document.label), text: document.text, saved: document.text, version: '', saving: false })
}

export function saveScenario(): void {
  inBackground(async () => {
    const document = scenarioDocument.get()
    if (!document) return
    const file = fileOf(document.scenario?.id ?? document.label)
    const version = versions.get(file) ?? await versionOnDisk(file)
    const answer = await lab.save(file, document.text, version)
    if (!answer.ok) return notify(wordsOf(answer.problems), 'bad')
    versions.set(file, answer.value.version)
    await loadVersions(file)
    notify(messages().savedAs(file), 'good')
  })
}

async function versionOnDisk(file: string): Promise<string> {
  const known = (await lab.files()).some((other) => other.file === file)
  if (!known) return ''
  const content = await lab.read(file)
  return content.ok ? content.value.version : ''
}

/** What its tab says. */
export function titleOf(label: string): string {
  return fileOf(label).replace(/^scenarios\//, '')
}

function fileOf(label: string): string {
  const stem = label.replace(/^scenarios\//, '').replace(/\.json$/, '').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '') || 'scenario'
  return `scenarios/${stem}.json`
}
