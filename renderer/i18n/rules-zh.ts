/** 由规则生成策略的表单用语。条件与动作自带文字。 */
import type { rulesEn } from './rules-en'

export const rulesZh: typeof rulesEn = {
  units: { looks: '次', 'pages/look': '页/次', ms: '毫秒', x: '倍' },
  open: '由规则新建策略…', edit: '规则…', title: '由规则新建策略', titleOf: (name) => `${name} 的规则`, describe: '用途（可留空）', replace: '替换代码',
  hint: '同一决策的规则按顺序询问，第一条成立的规则作答；都不成立时由基准决定。', schemes: '方案', schemesHint: '与 DAMON 相同：策略定期查看一部分页面，对符合条件者采取动作。多个方案时由第一个符合的处理。',
  addRule: '添加规则', addScheme: '添加方案', addCondition: '+ 条件', rule: (n) => `规则 ${n}`, scheme: (n) => `方案 ${n}`, removeRule: (n) => `删除规则 ${n}`, removeScheme: (n) => `删除方案 ${n}`, removeCondition: (rule, n) => `删除规则 ${rule} 的条件 ${n}`,
  always: '总是', when: '当', and: '且', then: '则', condition: (rule, n) => `规则 ${rule} 的条件 ${n}`, action: (rule) => `规则 ${rule} 的动作`,
  refused: '这些规则还不能使用', notes: '允许，但可能并非本意', preview: 'TypeScript 策略', replaced: '代码已由规则重新生成，尚未保存；原来的内容保留在版本中。',
  edited: '此策略的代码在由规则生成之后被手工修改过。替换会按下面的规则重新生成；现在的内容会保留在版本中。',
}
