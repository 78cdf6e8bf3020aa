/** Makes the lab's request out of the setup. Policies that are being edited run as they stand in the editor, saved or not. */
import type { ComparisonRequest, PolicyRef, Problem, Result, ScenarioRef } from '../../preload/contract'
import { policyNamed, sysctlsOf } from '../app/description'
import { messages } from '../i18n'
import { unsavedText } from '../editor/documents'
import { checkScenarioNow, scenarioDocument } from '../scenario/scenario-document'
import { setup } from '../scenario/setup-store'
import type { Setup } from '../scenario/setup-store'
import { readSysctl } from '../scenario/sysctl-value'
import { readVariant } from '../scenario/variant-text'

export async function buildRequest(): Promise<Result<ComparisonRequest>> {
  const now = setup.get()
  const scenario = await scenarioRef(now)
  if (!scenario.ok) return scenario
  const set = overrides(now)
  if (!set.ok) return set
  const variants = now.variants.map((variant) => readVariant(variant, messages()))
  const wrong = variants.flatMap((reading) => (reading.ok ? [] : reading.problems))
  if (wrong.length > 0) return { ok: false, problems: wrong }
  return { ok: true, value: { scenario: scenario.value, base: now.base, policies: now.policies.map(policyRef), variants: variants.flatMap((reading) => (reading.ok ? [reading.value] : [])), seeds: now.seeds, set: set.value } }
}

async function scenarioRef(now: Setup): Promise<Result<ScenarioRef>> {
  if (now.scenario.kind === 'preset') return { ok: true, value: { kind: 'preset', id: now.scenario.id } }
  const runnable = await checkScenarioNow()
  const document = scenarioDocument.get()
  if (!document) return refused('scenario', messages().scenarioMissing)
  if (!runnable || !document.scenario) return { ok: false, problems: document.problems }
  return { ok: true, value: { kind: 'inline', scenario: document.scenario } }
}

function policyRef(name: string): PolicyRef {
  const file = policyNamed(name)?.file
  const text = file === undefined ? undefined : unsavedText(file)
  return file === undefined || text === undefined ? { kind: 'name', name } : { kind: 'source', file, text }
}

function overrides(now: Setup): Result<ComparisonRequest['set']> {
  const problems: Problem[] = []
  const set: Record<string, number | string | boolean> = {}
  for (const { name, text } of now.sysctls) {
    const reading = readSysctl(name, text, sysctlsOf(now.base), messages())
    if (reading.ok) set[name] = reading.value
    else problems.push({ path: name || 'sysctl', message: reading.message })
  }
  for (const [key, value] of Object.entries(now.params)) {
    if (now.policies.some((policy) => key.startsWith(`${policy}.`))) set[key] = value
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: set }
}

function refused(path: string, message: string): Result<never> {
  return { ok: false, problems: [{ path, message }] }
}
