/** 扫参：保留哪些录制，打开曲线上的一点。 */
import type { keepingEn, pointEn } from './sweep-en'

export const keepingZh: typeof keepingEn = {
  label: '保留录制', seed: '种子', rules: { none: '不保留', failed: '失败的运行', seed: '一个种子', all: '全部运行' },
  noneHint: '每次运行的数值都会保留。没有录制的运行在打开时重新运行，结果摘要相同。',
  cost: (count, total, each, measured) => `${count} 份录制，约占磁盘 ${total}（每份 ${each}，${measured ? '按历史记录的平均值' : '按多数预设'}）。`,
  costAtMost: (count, total, each, measured) => `卡住、panic 或策略被弹出的运行：最多 ${count} 份录制，占磁盘 ${total}（每份 ${each}，${measured ? '按历史记录的平均值' : '按多数预设'}）。`,
  room: (room, limit) => `历史记录上限 ${limit}，还剩 ${room}。`,
  tooMuch: (room, limit) => `历史记录上限 ${limit}，只剩 ${room}：扫参结束时会清除最早的录制。可在“历史”中提高上限。`,
  unkept: '只是观看，不进入历史：',
  kept: (kept) => `已保留 ${kept} 份录制。`, refused: (count, why) => `${count} 份未保留：${why}`,
}

export const pointZh: typeof pointEn = {
  open: (where) => `以比较的方式打开 ${where} 的运行`,
  curve: (title) => `${title}：方向键选点，Enter 打开该点的运行`, hint: '点击一个点可打开它的运行。',
  opened: (where, count, kept) => `已在下方打开：${where}，共 ${count} 次运行；${kept === count ? '来自录制' : kept === 0 ? '未保留录制，查看时重新运行，结果摘要相同' : `${kept} 次来自录制，其余在查看时重新运行，结果摘要相同`}。`,
}
