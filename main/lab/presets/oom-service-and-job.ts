/** Out of memory: an old service, and a young job that fills memory up. */
import type { ProcessSpec } from '../../engine'
import { definePreset } from './define'
import { hog, sleep } from './phases'
import { policyMachine } from './policy-machine'

const service: ProcessSpec = { name: 'service', phases: [...hog('state', 18_000), { op: 'touch', r: 'state', rw: 'w', pat: 'rand', start: 0, len: 18_000, count: 20_000, rate: 2000 }] }

export const OOM_SERVICE_AND_JOB = definePreset({
  id: 'oom-service-and-job',
  title: { en: 'Out of memory: service and job', zh: '内存耗尽：服务与作业' },
  about: {
    en: 'A service with 70 MiB of state has been running for a while when a job is started that asks for 62 MiB; memory is 128 MiB, there is no swap. The kernel kills the largest, which is the service. Killing the youngest that matters (oom-by-age) ends the job.',
    zh: '一个有 70 MiB 状态的服务已运行一阵，此时启动的作业要 62 MiB；内存 128 MiB，没有 swap。内核杀死最大的，也就是服务。按年龄选择（oom-by-age）则结束作业。',
  },
  machine: policyMachine(),
  processes: [service, { name: 'job', phases: [sleep(3000), ...hog('work', 16_000, 20_000), sleep(3000)] }],
  durationMs: 15_000,
  policies: ['oom-by-age'],
})
