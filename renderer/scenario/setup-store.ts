/** What the next comparison is made of: a machine with its workload, the base kernel, the policies that take part, seeds, and overrides. */
import type { PresetInfo } from '../../preload/contract'
import { description, policyNamed } from '../app/description'
import { offerUndo } from '../app/notices'
import { createStore } from '../app/store'
import { messages } from '../i18n'
import { sysctlsAsVariant, variantChoice } from './variant-text'
import type { VariantChoice } from './variant-text'

export type ScenarioChoice =
  | { readonly kind: 'preset'; readonly id: string }
  /** JSON that the person imported or edits; the text lives in the scenario document. */
  | { readonly kind: 'custom'; readonly label: string }

/** A sysctl as typed; checked against the kernel's range before it is used. */
export interface SysctlOverride { readonly name: string; readonly text: string }
export type ParamValue = number | boolean | string

export interface Setup {
  readonly scenario: ScenarioChoice
  readonly base: string
  /** Names of the policies in the comparison, in the order of their machines. */
  readonly policies: readonly string[]
  /** Machines between the base's and the policies'. */
  readonly variants: readonly VariantChoice[]
  readonly seeds: number
  /** What a sweep varies, an axis a line. */
  readonly sweep: string
  readonly sysctls: readonly SysctlOverride[]
  /** `policy.param` -> value, only where it differs from the default. */
  readonly params: Readonly<Record<string, ParamValue>>
}

export const setup = createStore<Setup>({ scenario: { kind: 'preset', id: '' }, base: '', policies: [], variants: [], seeds: 1, sweep: '', sysctls: [], params: {} })

export function presetNamed(id: string): PresetInfo | undefined {
  return description().presets.find((preset) => preset.id === id)
}

/** A preset brings its base, policies, variants and seeds; overrides of the sysctls belong to the machine before it and go. */
export function choosePreset(id: string): void {
  const preset = presetNamed(id)
  if (!preset) return
  const before = setup.get()
  if (before.scenario.kind === 'preset' && isChanged(before)) offerUndo(messages().presetReplaced, () => setup.set(before))
  setup.update((now) => ({ ...now, scenario: { kind: 'preset', id }, base: preset.base, policies: preset.policies, variants: preset.variants.map(variantChoice), seeds: preset.seeds, sysctls: [] }))
}

export function chooseCustom(label: string): void {
  setup.update((now) => ({ ...now, scenario: { kind: 'custom', label } }))
}

export function chooseBase(base: string): void {
  setup.update((now) => ({ ...now, base }))
}

export function setSeeds(seeds: number): void {
  const whole = Math.min(100, Math.max(1, Math.round(seeds)))
  if (Number.isFinite(whole)) setup.update((now) => ({ ...now, seeds: whole }))
}

export function togglePolicy(name: string, on: boolean): void {
  setup.update((now) => ({ ...now, policies: on ? [...now.policies.filter((other) => other !== name), name] : now.policies.filter((other) => other !== name) }))
}

/** After a rename or fork: the new one takes the old one's place, if it had one. */
export function replacePolicy(old: string, next: string): void {
  setup.update((now) => {
    const without = now.policies.filter((name) => name !== next)
    return { ...now, policies: without.map((name) => (name === old ? next : name)), params: renameParams(now.params, old, next) }
  })
}

export function setParam(policy: string, param: string, value: ParamValue): void {
  const key = `${policy}.${param}`
  const standard = policyNamed(policy)?.params.find((info) => info.name === param)?.default
  setup.update((now) => {
    const { [key]: _old, ...rest } = now.params
    return { ...now, params: value === standard ? rest : { ...rest, [key]: value } }
  })
}

/** Takes one variant away; what is undone puts it back in its place. */
export function removeVariant(index: number): void {
  const { variants } = setup.get()
  const gone = variants[index]
  if (!gone) return
  setVariants(variants.filter((_, at) => at !== index))
  offerUndo(messages().taken(gone.label), () => { setup.update((now) => ({ ...now, variants: now.variants.toSpliced(index, 0, gone) })) })
}

export function removeSysctl(name: string): void {
  const index = setup.get().sysctls.findIndex((one) => one.name === name)
  const gone = setup.get().sysctls[index]
  if (!gone) return
  setup.update((now) => ({ ...now, sysctls: now.sysctls.filter((one) => one !== gone) }))
  offerUndo(messages().taken(`${gone.name} = ${gone.text}`), () => { setup.update((now) => (now.sysctls.some((one) => one.name === name) ? now : { ...now, sysctls: now.sysctls.toSpliced(index, 0, gone) })) })
}

export function setVariants(variants: readonly VariantChoice[]): void {
  setup.update((now) => ({ ...now, variants }))
}

export function setSweep(sweep: string): void {
  setup.update((now) => ({ ...now, sweep }))
}

export function setSysctls(sysctls: readonly SysctlOverride[]): void {
  setup.update((now) => ({ ...now, sysctls }))
}

/** The overrides become a machine of their own beside the base, which keeps the scenario's values. */
export function sysctlsToVariant(): void {
  setup.update((now) => ({ ...now, variants: [...now.variants, sysctlsAsVariant(now.sysctls, now.variants)], sysctls: [] }))
}

/** Are there variants or sysctls which are not the preset's own? */
function isChanged({ scenario, variants, sysctls }: Setup): boolean {
  const own = scenario.kind === 'preset' ? presetNamed(scenario.id)?.variants.map(variantChoice) ?? [] : []
  return sysctls.length > 0 || variants.length > own.length || variants.some((one, at) => one.label !== own[at]?.label || one.text !== own[at]?.text)
}

function renameParams(params: Setup['params'], old: string, next: string): Setup['params'] {
  const entries = Object.entries(params).map(([key, value]) => [key.startsWith(`${old}.`) ? next + key.slice(old.length) : key, value] as const)
  return Object.fromEntries(entries)
}
