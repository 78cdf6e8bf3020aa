/** The OOM killer of a memory cgroup: what it prints, and what panic_on_oom makes of it. */
import { expect, test } from 'vitest'
import type { ProcessSpec, Recording } from '../../../main/engine/index'
import { grouped } from '../support/groups'
import type { Grouped } from '../support/groups'
import { run } from '../support/run'
import { MIB, map, sleep, touch } from '../support/tiny'

const half = [map('m', 300), touch('m', 'w', 300), sleep(2000)]

function process(name: string, memcg: string, phases: ProcessSpec['phases']): ProcessSpec {
  return { name, memcg, phases }
}

function ran(parts: Partial<Grouped>): Recording {
  return run(grouped({ machine: { pages: 16 * MIB }, memcgs: [{ path: 'g' }, { path: 'g/x', max: 400 }], processes: [process('one', 'g/x', half), process('two', 'g/x', half)], ...parts })).recording
}

/** Printouts of all kills, without the times. */
function printed(recording: Recording): readonly string[][] {
  return recording.events.filter((event) => event.kind === 'mark_victim').map((event) => (event.log ?? []).map((line) => line.replace(/^\[[^\]]*\] /, '')))
}

test('the report names the group, its counters and its own tasks, and no zone', () => {
  const recording = ran({ processes: [process('one', 'g/x', half), process('two', 'g/x', half), process('apart', 'g', [map('m', 10), touch('m', 'w', 10), sleep(1000)])] })
  const lines = printed(recording)[0]
  expect(lines[0]).toMatch(/^(one|two) invoked oom-killer: /)
  expect(lines).toEqual(expect.arrayContaining([' mem_cgroup_out_of_memory', ' try_charge_memcg', ' charge_memcg']))
  expect(lines.some((line) => /Mem-Info|Node 0|__alloc_pages/.test(line))).toBe(false)
  expect(lines).toContainEqual(expect.stringMatching(/^memory: usage 1600kB, limit 1600kB, failcnt \d+$/))
  expect(lines).toContainEqual(expect.stringMatching(/^swap: usage 0kB, limit \d+kB, failcnt 0$/))
  const tasks = lines.filter((line) => /^\[ +\d+\] /.test(line)).map((line) => line.split(' ').at(-1))
  expect(tasks).toEqual(['one', 'two'])
  const victim = String(recording.events.find((event) => event.kind === 'mark_victim')?.args['victim'])
  expect(['one', 'two']).toContain(victim)
  expect(lines.at(-2)).toMatch(new RegExp(`^oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=\\(null\\),cpuset=/,mems_allowed=0,oom_memcg=/g/x,task_memcg=/g/x,task=${victim},pid=\\d+,uid=0$`))
  expect(lines.at(-1)).toMatch(new RegExp(`^Memory cgroup out of memory: Killed process \\d+ \\(${victim}\\) `))
})

test('memory.oom.group is announced once, and each of its kills has a line', () => {
  const kills = printed(ran({ memcgs: [{ path: 'g' }, { path: 'g/x', max: 700, oomGroup: 1 }], processes: ['one', 'two', 'three'].map((name) => process(name, 'g/x', half)) }))
  expect(kills.length).toBe(3)
  expect(kills[1][0]).toBe('Tasks in /g/x are going to be killed due to memory.oom.group set')
  expect(kills[1].length).toBe(2)
  expect(kills[2].length).toBe(1)
  for (const lines of kills) expect(lines.at(-1)).toMatch(/^Memory cgroup out of memory: Killed process /)
})

test('panic_on_oom: 1 is for the machine as a whole, 2 for a group\'s limit too', () => {
  const one = ran({ sysctls: { 'vm.panic_on_oom': 1 } })
  expect([one.summary.end, one.summary.delta['oom_kill']]).toEqual(['done', 1])
  const two = ran({ sysctls: { 'vm.panic_on_oom': 2 } })
  expect([two.summary.end, two.summary.delta['oom_kill']]).toEqual(['panic', 0])
  expect(two.events.find((event) => event.kind === 'panic')?.log?.some((line) => line.includes('compulsory panic_on_oom is enabled'))).toBe(true)
})

test('with nobody to kill in the group its requests fail, and the machine goes on', () => {
  const spared = [process('one', 'g/x', half), process('two', 'g/x', half)].map((spec) => ({ ...spec, oomScoreAdj: -1000 }))
  const recording = ran({ processes: [...spared, { name: 'outside', phases: [map('m', 100), touch('m', 'w', 100)] }], durationMs: 500 })
  expect([recording.summary.end, recording.summary.delta['oom_kill']]).toEqual(['time', 0])
  expect(recording.summary.tasks.find((task) => task.name === 'outside')?.end).toBe('exited')
  expect(recording.summary.memcgs?.find((state) => state.path === 'g/x')?.events['oom']).toBeGreaterThan(0)
})
