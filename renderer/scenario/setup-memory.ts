/** The setup is remembered over a restart: what of it still exists is taken up again. */
import type { ParamInfo } from '../../preload/contract'
import { description, policyNamed } from '../app/description'
import { setSetting, setting } from '../app/settings'
import { openScenario, savedScenarioDraft } from './scenario-document'
import { choosePreset, presetNamed, setup } from './setup-store'
import type { Setup } from './setup-store'
import { isRecord } from './form/schema'

const SETTING = 'setup'

/** Takes up the last setup, or the first preset, and remembers changes from here on. */
export function startSetup(): void {
  const first = description().presets[0]
  if (first) choosePreset(first.id)
  const last = readSetup(setting(SETTING))
  if (last) setup.update((now) => ({ ...now, ...last }))
  const draft = savedScenarioDraft()
  if (last?.scenario?.kind === 'custom' && draft) openScenario(draft.label, draft.text)
  setup.subscribe(() => setSetting(SETTING, JSON.stringify(setup.get())))
}

/** A scenario of the person's own comes back from its draft; without one the setup was for something that is gone. */
function readSetup(text: string | undefined): Partial<Setup> | undefined {
  const saved = parse(text)
  if (!saved?.scenario) return undefined
  if (saved.scenario.kind === 'preset' ? !presetNamed(saved.scenario.id) : savedScenarioDraft()?.label !== saved.scenario.label) return undefined
  const base = description().kernels.some((kernel) => kernel.name === saved.base && kernel.scope === 'full') ? saved.base : undefined
  const policies = Array.isArray(saved.policies) ? saved.policies.filter((name) => typeof name === 'string' && policyNamed(name)) : undefined
  const seeds = typeof saved.seeds === 'number' && saved.seeds >= 1 && saved.seeds <= 100 ? saved.seeds : undefined
  const kept = { scenario: saved.scenario, base, policies, variants: variantsOf(saved), seeds, sweep: typeof saved.sweep === 'string' ? saved.sweep : undefined, sysctls: sysctlsOf(saved), params: paramsOf(saved) }
  return Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined))
}

function sysctlsOf({ sysctls }: Partial<Setup>): Setup['sysctls'] | undefined {
  return Array.isArray(sysctls) && sysctls.every((one: unknown) => isRecord(one) && typeof one.name === 'string' && typeof one.text === 'string') ? sysctls : undefined
}

/** Parts of a machine are a preset's own and are taken from it again. */
function variantsOf({ variants, scenario }: Partial<Setup>): Setup['variants'] | undefined {
  if (!Array.isArray(variants) || !variants.every((one: unknown) => isRecord(one) && typeof one.label === 'string' && typeof one.text === 'string')) return undefined
  const own = scenario?.kind === 'preset' ? presetNamed(scenario.id)?.variants ?? [] : []
  return (variants as Setup['variants']).map(({ label, text }) => {
    const machine = own.find((one) => one.label === label)?.machine
    return { label, text, ...(machine === undefined ? {} : { machine }) }
  })
}

/** Only what the policies still declare, and within its range. */
function paramsOf({ params }: Partial<Setup>): Setup['params'] | undefined {
  if (!isRecord(params)) return undefined
  const known = new Map<string, ParamInfo>(description().policies.flatMap((policy) => policy.params.map((info) => [`${policy.name}.${info.name}`, info] as const)))
  return Object.fromEntries(Object.entries(params).filter(([key, value]) => {
    const info = known.get(key)
    if (!info || typeof value !== typeof info.default) return false
    if (typeof value === 'number') return value >= (info.min ?? -Infinity) && value <= (info.max ?? Infinity)
    return info.kind !== 'choice' || (info.choices ?? []).includes(String(value))
  }))
}

function parse(text: string | undefined): Partial<Setup> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? 'null')
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}
