/** Seed 001, the counter-example: tasks that wait for minutes in D state and are never reported. */
import { definePreset } from './define'
import { hog, sleep } from './phases'
import { SLOW_SWAP_HOGS, SLOW_SWAP_MACHINE } from './slow-swap'

export const HUNG_TASK_NONE = definePreset({
  id: 'hung-task-none',
  title: { en: 'The same stalls, and no hung task', zh: '同样的停顿，却没有 hung task' },
  about: {
    en: 'The counter-example to "tasks in D state for 120 s are reported": the same pressure as in "Hung tasks behind a lock", and no lock. Single allocations take minutes, all of it in uninterruptible sleep, but in many short sleeps: any wake-up between two looks of khungtaskd resets it. Not one report in 300 s. Whoever watches only for hung tasks doesn\'t see this machine.',
    zh: '“D 状态超过 120 秒就会报告”的反例：压力与“锁后面的 hung task”相同，但没有锁。一次内存申请就要几分钟，全部处于不可中断睡眠，却由许多短睡眠组成：khungtaskd 两次查看之间只要被唤醒过一次就重新计时。300 秒内没有一次报告。只盯着 hung task 的人看不到这台机器的问题。',
  },
  machine: SLOW_SWAP_MACHINE,
  processes: [...SLOW_SWAP_HOGS, { name: 'worker', phases: [sleep(2000), ...hog('request', 1600)] }],
  durationMs: 300_000, sampleMs: 500,
})
