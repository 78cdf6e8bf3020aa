/** Words about writing policies, in Chinese. */
import type { GuideMessages } from './guide-en'

export const guideZh: GuideMessages = {
  reference: '策略 API', toggle: 'API', toggleHint: '策略 API 参考，显示在代码下方', find: '在参考中查找', nothing: '没有匹配项。', language: '参考的正文取自 API 的注释，为英文；每个钩子另有一行中文说明。', original: '原文', found: (count) => `${count} 条`,
  when: '何时', binds: '效果', answers: '返回', arguments: '参数', kernelFunctions: '内核函数', inKernels: '代码所在', examples: '示例', noExamples: '没有示例使用它。', insert: '插入', insertHint: '在光标处或 hooks 末尾插入它的片段',
  hooks: '钩子', notifications: '通知', constants: '常量', line: (line) => `第 ${line} 行`,
  source: (kernel, hook) => `${kernel}：${hook}`, none: (kernel) => `${kernel} 没有这个决策`, noneNotified: '由引擎通知，不是内核的决策', taken: (kernel, from) => `${kernel}，取自 ${from}`,
  compare: '与我的对比', compareBase: '与基准对比', showReference: '参考', lensTitle: '基准内核作此决策的代码',
  diffHook: (hook, kernel) => `${kernel} 的 ${hook}`, comparing: (hook, kernel) => `${hook}：${kernel} 的代码与你的代码，各自连同所用的部分。此处只读，会随编辑更新。`, backToFile: '回到文件',
  noHookHere: '请先把光标放在一个钩子上或其中。', noneDeclared: (hook) => `打开的策略都没有 ${hook}。`, notInserted: (hook) => `请先打开一个自己的策略，再插入 ${hook}。`, alreadyThere: (hook) => `${hook} 已经有了。`,
  snippet: '片段', paletteReference: '策略 API', paletteSource: '基准的代码',
}
