/** 历史的文字。 Words of the history, in Simplified Chinese. */
import type { HistoryMessages } from './history-en'

export const historyZh: HistoryMessages = {
  title: '历史', now: '比较', show: '窗格显示的内容', search: '搜索', searchHint: '名称、策略、标签…', tag: '标签', anyTag: '所有标签', anyKind: '所有种类', kinds: { comparison: '比较', sweep: '扫参' }, kind: '种类', onlyPinned: '已固定', showRemoved: '已移除',
  empty: '还没有保存任何内容', emptyHint: '您运行的每次比较和扫参都会保存在这里。', noneFits: '没有符合的内容', more: (count) => `再显示 ${count} 项`,
  name: '名称', when: '时间', machines: '机器', state: '状态', size: '大小', tags: '标签', choose: (name) => `选择 ${name}`, pin: (name) => `固定 ${name}：腾空间时绝不清除`, unpin: (name) => `取消固定 ${name}`, actions: (name) => `${name} 的更多操作`,
  states: { running: '运行中', done: '完成', cancelled: '已取消', failed: '失败', interrupted: '被中断' }, endedOf: (ended, runs) => `${ended} / ${runs}`, seeds: (seeds) => `${seeds} 个种子`,
  otherEngine: (engine) => `引擎 ${engine}`, otherEngineWhy: '由另一版本的引擎生成：可以查看，但绝不与本版本的运行混合。', fromTerminal: '终端', fromQueue: '队列', found: '已找回', foundWhy: '数据库损坏后从记录文件中找回。',
  open: '打开', goOn: '补做缺少的运行', goOnQueued: '在队列上补做', rename: '命名…', editTags: '标签…', editNote: '备注…', remove: '移除', restore: '恢复', nameLabel: '名称', tagsLabel: '标签，用逗号分隔', noteLabel: '备注', save: '保存',
  removed: (name) => `已移除 ${name}。`, undo: '撤销', tooLong: (most) => `最多 ${most} 个字符。`,
  compare: (count) => `比较 ${count} 台机器`, compareHint: '选择两台以上工作负载和引擎相同的机器。最先选择的是基准。', cantCompare: '这些不能比较', base: '基准',
  space: (recordings, size, limit) => `${recordings} 份记录占用 ${size}，上限 ${limit}。`, spaceRest: (database, removed) => `数据库 ${database}，已移除 ${removed}。`, limit: '上限，GiB', limitHint: '超过上限时清除最旧的记录，绝不清除已固定的。数值保留，运行可以重做。', emptyRemoved: '彻底删除已移除的', emptyRemovedAsk: '已移除的内容及其记录将无法恢复。',
  unavailable: '历史无法写入，运行结果不会保存：', refresh: '重新查看',
  unclean: '实验室上次没有正常关闭。当时的内容：', reports: (count) => `历史中发现 ${count} 处损坏或错误。`, details: '详情', reportTitle: '发现的损坏', keptAs: '现在位于', reportKinds: { database: '数据库', recording: '记录', digest: '摘要' },
  failed: '历史无法完成此操作', versionsOf: '早先的文本', whys: { saved: '已保存', outside: '来自外部', kept: '未保存，已留存' }, restoreText: '恢复此文本', restored: '早先的文本已放入编辑器；保存后才生效。被替换的文本留在早先的文本中。',
}
