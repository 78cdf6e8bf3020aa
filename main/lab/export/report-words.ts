/** The words of a report, in both languages. */
import type { ExperimentStatus, Finding, RunState, Text, Verdict } from '../../../preload/contract'
import type { RunSummary } from '../../engine'

const t = (en: string, zh: string): Text => ({ en, zh })

const states: Readonly<Record<RunState | ExperimentStatus['state'], Text>> = { waiting: t('waiting', '等待'), running: t('running', '运行中'), done: t('done', '完成'), cancelled: t('cancelled', '已取消'), failed: t('failed', '失败') }
const verdicts: Readonly<Record<Verdict, Text>> = { better: t('better', '更好'), worse: t('worse', '更差'), different: t('different', '不同'), same: t('same', '相同'), unclear: t('unclear', '不明') }
const finding: Readonly<Record<Finding['kind'], Text>> = {
  differs: t('differs from the base:', '与基准相比：'), 'no-difference': t('makes no difference that can be told.', '没有可辨别的差异。'),
  'too-few-seeds': t('too few seeds to tell chance from effect; so far:', '种子太少，无法区分偶然与效果；目前：'), 'not-finished': t('has no finished run.', '没有完成的运行。'),
}

const ends: Readonly<Record<RunSummary['end'], Text>> = { done: t('done', '所有任务结束'), time: t('time', '时间到'), cancelled: t('cancelled', '已取消'), stuck: t('stuck', '卡住'), panic: t('panic', '内核恐慌') }

export const WORDS = {
  states, verdicts, finding, ends,
  whatRan: t('What ran', '运行了什么'), findings: t('Findings', '结论'), metrics: t('Metrics', '指标'), charts: t('Charts', '图表'), runs: t('Runs', '运行'), hooks: t('Hooks, first seed', '钩子（第一个种子）'), sources: t('Policies', '策略源码'),
  again: t('Run it again', '再次运行'), againText: t('This file holds all that makes its runs: scenarios, policies, parameters, seeds, and the digest each must have. The lab of the same engine version makes them again and compares:', '本文件包含产生这些运行的全部内容：场景、策略、参数、种子，以及每次运行应有的摘要。用同一引擎版本的实验室可以重新运行并比较：'),
  scenarioJson: t('The scenario', '场景'), fact: t('What', '项目'), value: t('Value', '值'), scenario: t('Scenario', '场景'), zones: t('Zones, managed pages', '各 zone 的 managed 页数'), cpus: t('CPUs', 'CPU'), tasks: t('Tasks', '任务'), seeds: t('Seeds', '种子数'), seed: t('Seed', '种子'), engine: t('Engine', '引擎'), state: t('State', '状态'),
  machine: t('Machine', '机器'), kernel: t('Kernel', '内核'), policy: t('Policy', '策略'), sysctls: t('Sysctls', 'sysctl'), none: t('none', '无'), partial: t('Partial: not all runs are in.', '部分结果：并非所有运行都已完成。'), metric: t('Metric', '指标'), unit: t('Unit', '单位'), change: t('Change', '变化'),
  end: t('Ended', '结束'), virtualTime: t('Virtual time', '虚拟时间'), digest: t('Digest', '摘要'), ejections: t('Ejections', '弹出'), hook: t('Hook', '钩子'), called: t('Called', '调用'), overrode: t('Overrode', '改变'), agreed: t('Agreed', '一致'),
}
