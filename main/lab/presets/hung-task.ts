/** Seed 001: low memory fills the disk's queue, who holds a lock waits for IO, and who waits for the lock passes 120 s in D state. */
import type { Phase, ProcessSpec } from '../../engine'
import { definePreset } from './define'
import { hog, sleep } from './phases'
import { SLOW_SWAP_HOGS, SLOW_SWAP_MACHINE } from './slow-swap'

/** Comes when memory is short, takes the lock and needs some memory while it holds it. */
const owner: readonly Phase[] = [sleep(2000), { op: 'lock', name: 'orders', kind: 'mutex' }, ...hog('request', 1600), { op: 'unlock', name: 'orders' }]
const waiter: readonly Phase[] = [sleep(3000), { op: 'lock', name: 'orders', kind: 'mutex' }, { op: 'unlock', name: 'orders' }]

export const HUNG_TASK = definePreset({
  id: 'hung-task',
  title: { en: 'Hung tasks behind a lock', zh: '锁后面的 hung task' },
  about: {
    en: 'Seed 001: many processes reclaim at once, the disk\'s queue is full, and a process that holds a mutex needs memory while it holds it. It waits for a tag of the disk again and again; the four who want the mutex sleep without a break. khungtaskd looks every 120 s and reports who was not switched since its last look: the four waiters at 240 s ("blocked for more than 120 seconds"), each with the chain to the owner and the disk. The owner and the hogs, who cause it all and wait as long, are woken by every finished request and are never reported. See the event lane "hung" and the chart of slow allocations.',
    zh: '种子 001：许多进程同时回收，磁盘队列占满，而持有互斥锁的进程在持锁期间又需要内存。它一次次等待磁盘的 tag；想要这把锁的四个进程则一直睡着。khungtaskd 每 120 秒看一次，报告自上次查看以来没有切换过的任务：240 秒时报告四个等锁者（“blocked for more than 120 seconds”），并给出直到锁的持有者和磁盘的等待链。真正造成问题、等得一样久的持锁者和占内存者，因为每完成一个请求都会被唤醒，从不被报告。见事件道“hung task”和慢分配图表。',
  },
  machine: SLOW_SWAP_MACHINE,
  processes: [...SLOW_SWAP_HOGS, { name: 'owner', phases: owner }, ...Array.from({ length: 4 }, (_, i): ProcessSpec => ({ name: `waiter-${i + 1}`, phases: waiter }))],
  durationMs: 300_000, sampleMs: 500,
})
