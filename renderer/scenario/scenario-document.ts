/** The scenario as JSON: what the person imported or edits. Kept as they wrote it, checked by the lab when it rests, autosaved as a draft. */
import type { Problem, Scenario } from '../../preload/contract'
import { createDebounce } from '../app/debounce'
import { inBackground, lab } from '../app/lab-client'
import { notify } from '../app/notices'
import { createStore } from '../app/store'
import { setSetting, setting } from '../app/settings'
import { messages } from '../i18n'
import { chooseCustom, setup } from './setup-store'

export interface ScenarioDocument {
  readonly label: string
  readonly text: string
  readonly problems: readonly Problem[]
  /** Set when the text is a valid scenario. */
  readonly scenario?: Scenario
  /** Texts before and after, as far as the form changed them. */
  readonly past: readonly string[]
  readonly future: readonly string[]
}

const DRAFT = 'scenario.draft'
const DRAFT_LABEL = 'scenario.draft.label'
const checkSoon = createDebounce(350, 'scenario check')

export const scenarioDocument = createStore<ScenarioDocument | undefined>(undefined)

/** Opens a scenario as the custom one and makes it the choice. */
export function openScenario(label: string, text: string): void {
  scenarioDocument.set({ label, text, problems: [], past: [], future: [] })
  chooseCustom(label)
  keepDraft(label, text)
  inBackground(check)
}

export function editScenario(text: string): void {
  const now = scenarioDocument.get()
  if (!now || now.text === text) return
  scenarioDocument.set({ ...now, text })
  keepDraft(now.label, text)
  checkSoon.call(() => inBackground(check))
}

const MOST_STEPS = 100

/** A change by the form, which can be undone. */
export function changeScenario(text: string): void {
  const now = scenarioDocument.get()
  if (!now || now.text === text) return
  scenarioDocument.set({ ...now, past: [...now.past.slice(1 - MOST_STEPS), now.text], future: [] })
  editScenario(text)
}

export function canUndo({ past }: ScenarioDocument): boolean {
  return past.length > 0
}

export function canRedo({ future }: ScenarioDocument): boolean {
  return future.length > 0
}

export function undoScenario(): void {
  const now = scenarioDocument.get()
  const text = now?.past.at(-1)
  if (!now || text === undefined) return
  scenarioDocument.set({ ...now, past: now.past.slice(0, -1), future: [now.text, ...now.future] })
  editScenario(text)
}

export function redoScenario(): void {
  const now = scenarioDocument.get()
  const [text, ...rest] = now?.future ?? []
  if (!now || text === undefined) return
  scenarioDocument.set({ ...now, past: [...now.past, now.text], future: rest })
  editScenario(text)
}

/** What was being edited when the lab was last closed. */
export function savedScenarioDraft(): { readonly label: string; readonly text: string } | undefined {
  const text = setting(DRAFT)
  return text ? { label: setting(DRAFT_LABEL) ?? 'scenario', text } : undefined
}

/** Another kernel has other sysctls, so the base's change asks again. */
let checkedFor = ''
setup.subscribe(() => {
  const { base } = setup.get()
  if (base === checkedFor) return
  checkedFor = base
  if (scenarioDocument.get()) inBackground(check)
})

/** Checks at once and answers whether the scenario can run. */
export async function checkScenarioNow(): Promise<boolean> {
  checkSoon.cancel()
  await check()
  return scenarioDocument.get()?.scenario !== undefined
}

/** Longer settings are refused by the lab: a traced workload belongs in a file. */
const LONGEST_DRAFT = 90_000
let told = ''

function keepDraft(label: string, text: string): void {
  if (text.length > LONGEST_DRAFT) {
    if (told !== label) notify(messages().tooLongForDraft, 'bad')
    told = label
    return
  }
  setSetting(DRAFT, text)
  setSetting(DRAFT_LABEL, label)
}

async function check(): Promise<void> {
  const asked = scenarioDocument.get()
  if (!asked) return
  const { base } = setup.get()
  const answer = await lab.validateScenario(asked.text, base)
  const now = scenarioDocument.get()
  if (!now || now.text !== asked.text || setup.get().base !== base) return
  const outcome = answer.ok ? { scenario: answer.value, problems: [] } : { scenario: undefined, problems: answer.problems }
  scenarioDocument.set({ ...now, ...outcome })
}
