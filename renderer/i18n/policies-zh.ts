/** 关于使用中的策略：文件的哪份文本在运行，以及一台机器上的多个策略。 */
import type { policiesEn } from './policies-en'

export const policiesZh: typeof policiesEn = {
  lastGood: (time) => `最后可用版本，${time}`, heldBadge: '未载入',
  cantRun: (time) => `此策略保存的内容无法运行：运行使用其 ${time} 的最后可用版本。`, wasEjected: (time) => `此策略保存的内容曾被弹出：运行使用其 ${time} 的最后可用版本。`,
  backToGood: '回到最后可用版本', useAllTheSame: '仍要运行它', diffGood: '最后可用版本',
  heldChanges: (count, time) => `外部程序不断修改此文件（十秒内 ${count} 次）。自 ${time} 起不再载入；安静十秒后会自动载入。`,
  heldEjections: (count) => `连续 ${count} 份文本被弹出。在您确认或成功运行之前，不载入外部修改，保存也不会自动运行。`, loadNow: '现在载入', goOn: '继续',
  stack: '这台机器的策略', stackHint: '上面的策略以下面的为基准。时间为虚拟时间毫秒；留空表示从头或到底。', addPolicy: '添加策略', policyAt: (n) => `策略 ${n}`, from: '从', until: '到', node: '节点', memcg: '内存 cgroup', everywhere: '所有',
  fromOf: (n) => `策略 ${n} 起始毫秒`, untilOf: (n) => `策略 ${n} 结束毫秒`, nodeOf: (n) => `策略 ${n} 所在节点`, memcgOf: (n) => `策略 ${n} 所在内存 cgroup`, upOf: (n) => `上移策略 ${n}`, downOf: (n) => `下移策略 ${n}`, takeOff: (n) => `移除策略 ${n}`, unreadable: '这些文字无法显示为控件，请在上方改正。',
}
