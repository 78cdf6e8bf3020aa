/** Out of memory: the old service is the one that leaks. */
import type { ProcessSpec } from '../../engine'
import { definePreset } from './define'
import { hog, sleep } from './phases'
import { policyMachine } from './policy-machine'

const job = (i: number): ProcessSpec => ({ name: `job-${i}`, phases: [sleep(1000 + i * 100), ...hog('work', 3000, 20_000), sleep(8000)] })

export const OOM_OLD_LEAK = definePreset({
  id: 'oom-old-leak',
  title: { en: 'Out of memory: the old one leaks', zh: '内存耗尽：老的在泄漏' },
  about: {
    en: 'A service that has been running for long takes more and more memory; three young jobs do honest work. The kernel kills the largest, the leak. Killing the youngest (oom-by-age) takes one job after the other, and the leak goes on.',
    zh: '运行已久的服务占用的内存越来越多；三个年轻的作业在做正事。内核杀死最大的，即泄漏者。杀最年轻的（oom-by-age）则一个接一个地杀作业，泄漏照旧。',
  },
  machine: policyMachine(),
  processes: [{ name: 'leak', phases: hog('leak', 42_000, 8000) }, job(1), job(2), job(3)],
  durationMs: 15_000,
  policies: ['oom-by-age'],
})
