/** 窗口的简体中文文字。内核的术语和名称保持原样。 */
import type { Messages } from './en'

const n = (count: number): string => count.toLocaleString('zh-CN')

export const zh: Messages = {
  setup: '设置', editor: '编辑器', results: '结果', panes: '面板', language: '语言', resize: '调整面板大小', close: '关闭', dismiss: '知道了', reloadPage: '重新加载',
  fatalTitle: '无法显示实验室', fatalText: '您的策略、场景和草稿都已保留。出错信息：',
  bridgeLost: '与实验室的连接已断开，正在重试。您输入的内容仍在。', bridgeFailed: '实验室无法回答：', notKept: '不会保留任何内容：工作区是临时文件夹。',
  none: '无', cancel: '取消', listComma: '，', fullStop: '。',
  shortcuts: '键盘快捷键',
  shortcutGroups: [
    { title: '任何位置', keys: [['Ctrl+Enter', '运行比较'], ['Esc Esc', '取消比较'], ['Ctrl+S', '保存、检查并重新运行'], ['Alt+1 / Alt+2 / Alt+3', '转到设置、编辑器、结果'], ['?', '本页']] },
    { title: '图表（获得焦点时）', keys: [['W / S', '放大、缩小'], ['A / D', '向前、向后移动'], ['+ / − / 0', '放大、缩小、显示全部'], ['← / →', '移动；在事件泳道中：上一个、下一个事件'], [', / .', '打开事件时：上一个、下一个事件'], ['Esc', '关闭事件']] },
    { title: '编辑器', keys: [['Ctrl+Space', '补全'], ['F8', '下一个问题'], ['F12', '转到定义'], ['Ctrl+F', '查找'], ['Ctrl+M', '让 Tab 键离开编辑器']] },
  ],

  run: '运行', cancelling: '正在取消…', starting: '正在启动…', runProgress: '进度',
  runsDone: (done, all) => `已完成 ${n(done)} / ${n(all)} 次运行`, toGo: (time) => `约剩 ${time}`,
  experimentStates: { running: '运行中', done: '完成', cancelled: '已取消', failed: '失败' },
  refused: '无法运行此比较', failed: '比较失败',
  nothingRun: '可以开始比较', nothingRunHint: '每台机器运行相同的负载，只有策略不同。',

  machineAndWorkload: '机器与负载', compareWith: '比较', sysctls: 'sysctl', seeds: '随机种子数', seed: '种子',
  presets: '预设', yours: '我的', savedScenarios: '已保存', importMachine: '导入机器…', editJson: '编辑 JSON',
  scenarioBroken: (count) => `场景有 ${n(count)} 个问题，暂时无法运行。`, scenarioMissing: '没有打开的场景。',
  zone: 'zone', size: '大小', cpus: 'CPU', swap: '交换', tasks: '任务', atMost: '最长时间',
  nodeZone: (node, zone) => `节点 ${node} ${zone}`,
  baseKernel: '基准内核', policies: '策略，各自在独立的机器上运行', noPolicies: '还没有策略。', newPolicy: '新建策略…', viewSource: '源码', fork: '派生', forkHint: '在工作区中生成可修改的副本', rename: '重命名', remove: '删除',
  moreOf: (name) => `${name} 的更多操作`, takeIn: (name) => `将 ${name} 加入比较`, openInEditor: '在编辑器中打开', example: '示例', broken: '有误', ejected: '已弹出',
  backTo: (value) => `恢复为 ${value}`, paramRange: (min, max, step) => `范围 ${min} 至 ${max}${step === '' ? '' : `，步长 ${step}`}。`,
  sysctlsNone: '与机器相同。', addSysctl: '覆盖某个 sysctl…', removeSysctl: (name) => `移除 ${name}`,
  sysctlUnknown: (name) => `${name || '它'} 不是实验室认识的 sysctl。`, sysctlCount: (wanted, got) => `需要 ${wanted} 个数字，得到 ${got} 个。`,
  sysctlNotWhole: (word) => `“${word}” 不是整数。`, sysctlRange: (value, min, max) => `${value} 超出范围 ${min}…${max}。`,
  seedsHint: (runs) => `共 ${n(runs)} 次运行。从 5 个种子起，才能区分偶然与效果。`,

  importFrom: '导入来源', importFiles: '机器的文件', thisMachine: '本机', importHint: '粘贴文件内容，或把文件拖到这里。片段也可以：每个 zone 需要名称和 managed。',
  thisMachineHint: '读取运行本实验室的机器的 /proc/zoneinfo、meminfo、vmstat、buddyinfo 和 /proc/sys/vm。不作任何修改，数据不会离开本机。', configHint: '已记录运行的 config.json：机器、sysctl 和负载。',
  openFiles: '打开文件…', needed: '必需', zoneinfoNeeded: '需要 zoneinfo。', readIt: '读取', useMachine: '使用这台机器', importRefused: '无法读取', wasRead: '已读取', wasAssumed: '假定', notModelled: '未建模',

  findingsWaiting: '运行完成后，差异会显示在这里。', findingsNone: '没有运行完成，无法比较。', partial: '部分结果：运行尚未全部完成。', cancelledPartial: '已取消：仅统计已完成的运行。',
  seedsRun: (seeds) => `${n(seeds)} 个种子`, setupChanged: '此后设置已改变：再次运行以更新结果。',
  baseAlone: '只运行了基准。加入一个策略即可比较。',
  comparedWith: (base) => `与 ${base} 相比：`, noDifference: (base) => `与 ${base} 没有可辨别的差异。`, wasEjected: (ejected, runs) => `在 ${n(runs)} 次运行中有 ${n(ejected)} 次被弹出，此后由基准决定。`, notFinished: '还没有完成的运行。',
  tooFewSeeds: (seeds) => `— ${n(seeds)} 个种子太少，无法区分偶然与效果。`, runSeeds: (seeds) => `运行 ${n(seeds)} 个种子`,
  andMore: (count) => `，另有 ${n(count)} 项`, better: '更好', worse: '更差',

  time: '时间', units: { pages: '页', 'pages/s': '页/秒', '/s': '/秒', count: '次' },
  metrics: '指标', metric: '指标', metricsShown: '显示的指标', biggest: '最大差异', onlyDifferences: '有差异', allMetrics: (count) => `全部 ${n(count)}`, findMetric: '查找指标', noMetrics: '还没有指标。', noRowsShown: '这里没有指标。显示全部可查看未变化的指标。',
  rowsHidden: (count) => `另有 ${n(count)} 项指标未显示。`, willCompare: (base, policies, runs) => `${base} 对比 ${policies}：共 ${n(runs)} 次运行。`, willRun: (base) => `仅 ${base}。加入一个策略即可比较。`,
  notYet: '尚未运行', verdicts: { better: '更好', worse: '更差', different: '不同', same: '相同', unclear: '不明' }, interval: (low, high) => `${low} … ${high}`, intervalHint: '配对种子差值的 95% 置信区间',
  lowerIsBetter: '越低越好。', higherIsBetter: '越高越好。', neitherIsBetter: '无所谓好坏。',

  charts: '图表', chartsWaiting: '首次运行完成后显示图表。', layout: '布局', sideBySide: '并排', overlaid: '叠加', tooNarrow: '面板太窄', zoomIn: '放大', zoomOut: '缩小', zoomAll: '全部', dragToZoom: '拖动可缩放，点击事件查看原因', scale: '刻度', fullScale: '全部', nearMarks: '水位附近', nearMarksHint: '纵轴止于最高水位之上不远处',
  events: '事件', lanes: { kswapd: 'kswapd', direct: '直接回收', throttle: '节流', oom: 'OOM', failed: '分配失败', ejected: '弹出', sysctl: 'sysctl', boost: 'boost', task: '任务' },
  laneLabel: (lane, machine, count) => `${lane}，${machine}，${n(count)} 个事件。用方向键逐个查看。`,

  inspectorViews: { why: '原因', gfp: 'gfp 标志', proc: '此刻的 /proc', page: '跟踪一页' },
  pageToFollow: '页', pageToFollowHint: '进程:区域:页号，如 app:heap:1234；file:/data/x:77；或 next-evicted：从此刻起第一个被回收释放的页。', followIt: '跟踪',
  following: '正在重新运行并跟踪该页…', nothingEvicted: '从此刻起没有页被换出。', neverInMemory: (page) => `${page} 什么也没发生：它从未在内存中。`,
  lifeOf: (page) => `${page} 的一生`, whatHappened: '发生了什么', moreEvents: (count) => `还有 ${count} 个事件放不下。`,
  asking: '正在询问实验室…', procAsking: '正在重新运行到此刻…', procFile: '/proc 文件', copy: '复制', copied: '已复制。', notCopied: '浏览器不允许复制。',
  highestZone: '最高 zone', migrateType: '迁移类型', whatFollows: '由此得出', itsFlags: '其标志', allocFlagsFast: '快速路径', allocFlagsSlow: '慢速路径',
  gfpTopics: { kswapd: '唤醒 kswapd', sleep: '可以睡眠', reclaim: '直接回收', retry: '重试', oom: 'OOM killer', reserves: '保留内存', zones: 'zone', mobility: '可移动性', warning: '警告' }, gfpAnswers: { yes: '✓ 是', no: '✕ 否', depends: '~ 视情况' },
  inspector: '为何发生', at: (time) => `时间 ${time}`, lasted: (time) => `持续 ${time}`, task: '任务', pagesOf: (pages) => `${n(pages)} 页`, noCause: '此类事件没有记录原因。',
  zonesTried: '尝试过的 zone', free: '空闲', mark: '水位', reserve: '保留', outcome: '空闲对比水位 + 保留', missedBy: (pages) => `▼ 差 ${pages}`, passed: '✓ 通过', callPath: '调用路径',
  previousEvent: '上一个事件', nextEvent: '下一个事件', zonesAt: (label) => `“${label}” 时的各 zone`,
  eventKinds: {
    mm_vmscan_kswapd_wake: 'kswapd 被唤醒，开始回收。', mm_vmscan_kswapd_sleep: 'kswapd 重新睡眠。', mm_vmscan_wakeup_kswapd: '一次分配发现各 zone 低于 low 水位，于是请求 kswapd。',
    mm_vmscan_direct_reclaim_begin: '任务得不到内存，自己进行回收：直接回收。', mm_vmscan_direct_reclaim_end: '直接回收结束，任务重试分配。', mm_vmscan_throttled: '回收者被置于睡眠，等待进展。',
    mm_page_alloc_failed: '一次分配失败。', mark_victim: 'OOM killer 选定了受害者。', sysctl_write: '写入了一个 sysctl。', watermark_boost: '发生回退后，水位被提升（boost）。', snap: '查看各 zone。',
    task_start: '任务开始。', task_exit: '任务结束。', policy_ejected: '策略被弹出，此后由基准决定。', policy_log: '策略写入了日志。', node_reclaim: '节点先回收自己的页，再求助其他节点。',
  },

  runs: '运行', machine: '机器', state: '状态', ended: '结束', digest: '摘要', ejections: '弹出', showSeed: (seed) => `在图表中显示种子 ${seed}`,
  runStates: { waiting: '等待', running: '运行中', done: '完成', cancelled: '已取消', failed: '失败' },
  ends: (end) => ({ done: '所有任务结束', time: '时间到', cancelled: '已取消', stuck: '卡住' })[end] ?? end,
  ejectedAt: (kind, hook, message) => `在 ${hook} 中被弹出（${kind}）：${message}`, ejectedWhen: (time, call) => `虚拟时间 ${time}，第 ${call} 次调用。`, answered: '返回值', allowed: '允许：',
  line: (line) => `第 ${line} 行`,
  hooksOf: (name) => `${name} 的钩子`, noHooks: '它没有钩子：所有决策都由基准作出。', hook: '钩子', called: '调用', overrode: '改变', agreed: '一致', fuelPerCall: '每次燃料', neverCalled: '从未调用', alwaysAgreed: '始终与基准相同',
  virtualTime: (time) => `虚拟时间 ${time}`, eventsDropped: (count) => `${n(count)} 个事件超出日志上限`,

  nothingOpen: '没有打开的文件', nothingOpenHint: '从设置中打开策略，或新建一个。', editorLoading: '正在加载编辑器…', editorLabel: (title) => `${title}。按 Ctrl+M 可让 Tab 键离开编辑器。`,
  save: '保存', rerunOnSave: '保存时运行', unsaved: '未保存', closeFile: (title) => `关闭 ${title}`, closeUnsaved: (title) => `${title} 尚未保存`, closeUnsavedText: '文本会作为草稿保留，再次打开文件时可以恢复。', closeAnyway: '关闭',
  documentKinds: { policy: '工作区中的策略', example: '示例，只读', kernel: '内核，只读', scenario: '场景' },
  diffWith: '对比', diffOff: '无', diffBase: (base) => `基准内核 ${base}`, diffOrigin: (name) => `来源 ${name}`, diffSaved: '已保存的文件', diffOutside: '磁盘上的文件', diffDraft: '草稿',
  outsideChanged: (file) => `${file} 在实验室外被修改。`, outsideRemoved: (file) => `${file} 在实验室外被删除。`, showDiff: '显示差异', keepMine: '保留我的', reload: '采用磁盘版本', closeIt: '关闭', reloadedFromDisk: (file) => `${file} 在外部被修改，已重新显示。`,
  draftFound: '发现之前未保存的修改。', takeDraft: '恢复', dropDraft: '丢弃', exampleReadOnly: '这是示例。派生后即可修改。', kernelReadOnly: '该内核的决策方式。派生后可修改任何决策。', readOnlyHint: '派生后即可修改。', forkToEdit: '派生并编辑',
  cannotRun: '无法运行', typeProblems: '类型问题（仍可运行：返回值会被检查）', checked: '检查通过', hooksDeclared: '钩子：', compiledIn: (ms) => `编译 ${ms} 毫秒`,
  scenarioProblems: '场景无法运行', scenarioGood: '场景可以运行', savedAs: (file) => `已保存为 ${file}。`,
  create: '创建', forkOf: (name) => `派生 ${name}`, renameOf: (name) => `重命名 ${name}`, removeOf: (name) => `删除 ${name}？`, removeText: (file) => `${file} 将从工作区中删除。`,
  policyName: '名称', nameRule: '由 “-” 连接的小写单词，最多 40 个字符。', nameTaken: (name) => `策略 ${name} 已存在。`,
}
