/** What the lab is (presets, policies, metrics, terms …), asked once and kept fresh when policies change. */
import { useMemo } from 'react'
import type { LabDescription, MetricInfo, PolicyInfo, Problem, SysctlInfo, Text } from '../../preload/contract'
import { lab, onLab } from './lab-client'
import { language } from '../i18n/language'
import { teller } from '../../preload/told'
import type { Tell } from '../../preload/told'
import { createStore, useStore } from './store'

const store = createStore<LabDescription | undefined>(undefined)

let following = false

/** Again after a lost connection: the lab may be another one. */
export async function loadDescription(): Promise<void> {
  store.set(await lab.describe())
  if (following) return
  following = true
  onLab('policies', (policies) => store.update((now) => now && { ...now, policies }))
}

/** Only called after `loadDescription`; the window is not drawn before. */
export function description(): LabDescription {
  const now = store.get()
  if (!now) throw new Error('the description is used before it was loaded')
  return now
}

export function useDescription(): LabDescription {
  useStore(store)
  return description()
}

/** Says a text that stands in English in a policy, a kernel or the schema in the window's language, where the lab has it in that. */
export function useTold(): (text: string) => string {
  const { chinese } = useDescription()
  const now = useStore(language)
  return useMemo(() => (now === 'zh' ? tellerOf(chinese) : (text: string) => text), [chinese, now])
}

/** The same where no component asks. */
export function told(text: string): string {
  const chinese = store.get()?.chinese
  return language.get() === 'zh' && chinese ? tellerOf(chinese)(text) : text
}

/** What is wrong, in the window's language, as one text. */
export function wordsOf(problems: readonly Problem[]): string {
  return problems.map((problem) => told(problem.message)).join(language.get() === 'zh' ? '；' : ' ')
}

let made: { readonly of: LabDescription['chinese']; readonly tell: Tell } | undefined

/** Its patterns are made once. */
function tellerOf(chinese: LabDescription['chinese']): Tell {
  if (made?.of !== chinese) made = { of: chinese, tell: teller(chinese) }
  return made.tell
}

export function policyNamed(name: string): PolicyInfo | undefined {
  return description().policies.find((policy) => policy.name === name)
}

/** The sysctls of a kernel: android-3.18 has others than linux-6.1. */
export function sysctlsOf(kernel: string): readonly SysctlInfo[] {
  const { kernels, sysctls } = description()
  return kernels.find(({ name }) => name === kernel)?.sysctls ?? sysctls
}

/** Metrics that exist once per task are described with `{task}` in their id. */
export function metricInfo(id: string): MetricInfo | undefined {
  const { metrics } = description()
  const exact = metrics.find((metric) => metric.id === id)
  if (exact) return exact
  for (const metric of metrics) {
    const prefix = metric.id.split('{task}')[0]
    if (prefix !== metric.id && id.startsWith(prefix)) return forTask(metric, id.slice(prefix.length))
  }
  return undefined
}

function forTask(metric: MetricInfo, task: string): MetricInfo {
  const fill = (text: Text): Text => ({ en: text.en.replaceAll('{task}', task), zh: text.zh.replaceAll('{task}', task) })
  return { ...metric, id: metric.id.replace('{task}', task), label: fill(metric.label), about: fill(metric.about) }
}
