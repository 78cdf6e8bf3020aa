/** All values the window needs, so that it imports nothing but types. */
import type { ChartInfo, LabDescription, MetricInfo, PolicyInfo, SysctlInfo } from '../../preload/contract'
import { CHARTS, ENGINE_VERSION, METRICS } from '../engine'
import packageJson from '../../package.json' with { type: 'json' }
import type { LabSurroundings } from './assemble-lab'
import type { Content, Kernel } from './parts'
import { defaultKernel } from './request'
import { rulesCatalogue } from './rules/rules'
import { TERMS } from './terms'
import { CHINESE } from './words/chinese'

/** One for each task of a workload with several; `{task}` stands for its name. */
const TASK_METRIC: MetricInfo = {
  id: 'task_throughput.{task}', unit: '/s', better: 'higher',
  label: { en: 'Touches per second: {task}', zh: '每秒访问数：{task}' },
  about: { en: 'Page accesses per second of {task} over the phases in which it touched pages.', zh: '{task} 在访问阶段内的每秒页面访问次数。' },
}

export function describeLab(options: LabSurroundings, content: Content, policies: readonly PolicyInfo[], apiTypes: string): LabDescription {
  return {
    version: packageJson.version, engine: ENGINE_VERSION, host: options.host,
    workspace: { path: options.workspace, kept: options.kept, ...(options.why === undefined ? {} : { why: options.why }) },
    presets: content.presets, kernels: content.kernels.map((kernel) => ({ ...kernel.info, sysctls: sysctlInfos(kernel) })), policies,
    metrics: metricInfos(), charts: chartInfos(), sysctls: sysctlInfos(defaultKernel(content.kernels)), terms: TERMS, chinese: CHINESE,
    apiTypes, skeleton: content.skeleton, scenarioSchema: content.scenarioSchema, rules: rulesCatalogue(),
  }
}

/** Plain data: functions don't cross the bridge. */
export function metricInfos(): readonly MetricInfo[] {
  return [...METRICS.map(({ id, label, about, unit, better }) => ({ id, label, about, unit, better })), TASK_METRIC]
}

function chartInfos(): readonly ChartInfo[] {
  return CHARTS
}

function sysctlInfos(kernel: Kernel): readonly SysctlInfo[] {
  return Object.entries(kernel.definition.sysctls).map(([name, spec]) => ({ name, default: spec.default, min: spec.min, max: spec.max, unit: spec.unit, about: spec.about }))
}
