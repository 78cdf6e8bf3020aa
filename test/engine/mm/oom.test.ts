/** The OOM killer beyond its choice: what it prints, victims that can't exit, the reaper, panics. */
import { expect, test } from 'vitest'
import type { Phase, ProcessSpec, RunEvent, Scenario } from '../../../main/engine/index'
import { run, runScenario } from '../support/run'
import { MIB, map, scenario, sleep, touch } from '../support/tiny'

const hog = (r: string, pages: number): Phase[] => [map(r, pages), touch(r, 'w', pages)]
const lock = (name: string, over: Partial<Extract<Phase, { op: 'lock' }>> = {}): Phase => ({ op: 'lock', name, kind: 'mutex', ...over })
const named = (name: string, phases: readonly Phase[], oomScoreAdj = 0): ProcessSpec => ({ name, phases, oomScoreAdj })
const seconds = (event: RunEvent | undefined): number => (event?.t ?? NaN) / 1e9

/** The keeper holds a mutex for a minute; the victim has the most memory and waits for it; the hog then wants more than there is. */
function blocked(victim: readonly Phase[], sysctls: Scenario['sysctls'] = {}): Scenario {
  return scenario({
    machine: { pages: 16 * MIB }, sysctls, durationMs: 90_000, sampleMs: 500,
    processes: [named('keeper', [lock('m'), sleep(60_000)]), named('victim', [sleep(10), ...hog('a', 2400), ...victim, lock('m'), sleep(1)]), named('hog', [sleep(500), ...hog('b', 2000), sleep(1000)])],
  })
}

test('a victim that waits for a lock can not exit: the reaper takes its memory two seconds later, and the hog goes on', () => {
  const { recording } = run(blocked([]), { everyTurns: 200 })
  const kill = recording.events.find((event) => event.kind === 'mark_victim')
  const reap = recording.events.find((event) => event.kind === 'oom_reap')
  expect(kill?.args).toMatchObject({ victim: 'victim', anon_rss: 2400 })
  expect(reap?.args).toMatchObject({ victim: 'victim', how: 'reaped', anon_rss: 0 })
  expect(seconds(reap) - seconds(kill)).toBeGreaterThan(1.99)
  expect(seconds(reap) - seconds(kill)).toBeLessThan(2.02)
  expect(reap?.log?.[0]).toMatch(/^\[ {4}\d\.\d{6}\] oom_reaper: reaped process \d+ \(victim\), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB$/)
  // Nobody else had to die: selection stops while a victim has memory.
  expect(recording.summary.delta['oom_kill']).toBe(1)
  expect(recording.summary.tasks.map((task) => `${task.name} ${task.end}`)).toEqual(['keeper exited', 'victim killed', 'hog exited'])
})

test('a victim that exits by itself is never reaped', () => {
  const recording = runScenario(scenario({ machine: { pages: 16 * MIB }, processes: [[...hog('a', 2600), sleep(5000)], [sleep(50), ...hog('b', 2000), sleep(5000)]] }))
  expect(recording.summary.delta['oom_kill']).toBe(1)
  expect(recording.events.filter((event) => event.kind === 'oom_reap')).toEqual([])
})

test('with its mmap_lock held for writing a victim can not be reaped: ten tries, then the killer looks past it', () => {
  const recording = runScenario(blocked([lock('mmap_lock', { kind: 'rwsem', mode: 'write' })]), { everyTurns: 200 })
  const kills = recording.events.filter((event) => event.kind === 'mark_victim')
  const reap = recording.events.find((event) => event.kind === 'oom_reap')
  expect(reap?.args).toMatchObject({ victim: 'victim', how: 'mmap_lock', anon_rss: 2400 })
  expect(reap?.log?.[0]).toMatch(/oom_reaper: unable to reap pid:\d+ \(victim\)$/)
  // Two seconds and ten pauses of HZ/10, each a tick more than asked at most.
  expect(seconds(reap) - seconds(kills[0])).toBeGreaterThan(2.99)
  expect(seconds(reap) - seconds(kills[0])).toBeLessThan(3.06)
  expect(kills.map((event) => event.args['victim'])).toEqual(['victim', 'hog'])
})

test('vm.oom_kill_allocating_task kills who asked', () => {
  const recording = runScenario(scenario({ machine: { pages: 16 * MIB }, sysctls: { 'vm.oom_kill_allocating_task': 1 }, processes: [[...hog('a', 2600), sleep(500)], [sleep(50), ...hog('b', 2000)]] }))
  expect(recording.events.find((event) => event.kind === 'mark_victim')?.args).toMatchObject({ victim: 'p1' })
  expect(recording.events.find((event) => event.kind === 'mark_victim')?.log?.at(-1)).toMatch(/Out of memory \(oom_kill_allocating_task\): Killed process/)
})

test('nobody may be killed: the kernel panics, and the run ends with the reason', () => {
  const recording = runScenario(scenario({ machine: { pages: 16 * MIB }, processes: [named('init', hog('a', 5000), -1000)] }))
  expect(recording.summary.end).toBe('panic')
  expect(recording.summary.diagnosis).toBe('Out of memory and no killable processes... Kernel panic - not syncing: System is deadlocked on memory. init asked for order 0.')
  expect(recording.events.at(-1)).toMatchObject({ kind: 'panic' })
  expect(recording.summary.delta['oom_kill']).toBe(0)
})

test('vm.panic_on_oom stops the kernel before anybody is chosen', () => {
  const recording = runScenario(scenario({ machine: { pages: 16 * MIB }, sysctls: { 'vm.panic_on_oom': 1 }, processes: [hog('a', 5000)] }))
  expect(recording.summary).toMatchObject({ end: 'panic', diagnosis: expect.stringContaining('system-wide panic_on_oom is enabled') })
})

test('the printout: who asked, memory, zones, free blocks, tasks, whom', () => {
  const { recording, mm } = run(scenario({ machine: { zones: [{ node: 0, name: 'DMA', managed: 512, present: 600 }, { node: 0, name: 'DMA32', managed: 3000 }], swapPages: 200 }, sysctls: { 'vm.watermark_boost_factor': 0 }, processes: [hog('a', 5000)] }), { everyTurns: 0 })
  const event = recording.events.find((each) => each.kind === 'mark_victim')
  const log = event?.log ?? []
  const bare = log.map((line) => line.replace(/^\[ *\d+\.\d{6}\] /, ''))
  expect(log[0]).toBe(`[${String(Math.floor((event?.t ?? 0) / 1e9)).padStart(5)}.${String(Math.floor((event?.t ?? 0) / 1000) % 1e6).padStart(6, '0')}] ${bare[0]}`)
  expect(bare[0]).toBe('p0 invoked oom-killer: gfp_mask=0x100cca(GFP_HIGHUSER_MOVABLE), order=0, oom_score_adj=0')
  expect(bare).toContain('Mem-Info:')
  const dma32 = bare.find((line) => line.startsWith('Node 0 DMA32 free:')) ?? ''
  const [, low] = /low:(\d+)kB/.exec(dma32) ?? []
  expect(Number(low)).toBe(mm.zones[1].mark[1] * 4)
  expect(dma32).toMatch(/^Node 0 DMA32 free:\d+kB boost:0kB min:\d+kB low:\d+kB high:\d+kB reserved_highatomic:0KB active_anon:\d+kB .* present:12000kB managed:12000kB mlocked:0kB bounce:0kB free_pcp:\d+kB local_pcp:\d+kB free_cma:0kB$/)
  // Free blocks add up to the zone's free pages.
  const blocks = bare.find((line) => line.startsWith('Node 0 DMA32: ')) ?? ''
  const sum = [...blocks.matchAll(/(\d+)\*(\d+)kB/g)].reduce((total, [, count, kb]) => total + Number(count) * Number(kb), 0)
  expect(blocks.endsWith(`= ${sum}kB`)).toBe(true)
  expect(dma32).toContain(`free:${sum}kB`)
  expect(bare).toContain('Free swap  = 0kB')
  expect(bare).toContain('Total swap = 796kB')
  expect(bare).toContain('3600 pages RAM')
  expect(bare).toContain('88 pages reserved')
  const table = bare.indexOf('[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name')
  expect(bare[table + 1]).toMatch(/^\[ {6}\d\] {5}0 {5}\d {5}5000 +\d+ +28672 +199             0 p0$/)
  expect(bare.at(-2)).toMatch(/^oom-kill:constraint=CONSTRAINT_NONE,nodemask=\(null\),cpuset=\/,mems_allowed=0,global_oom,task_memcg=\/,task=p0,pid=\d+,uid=0$/)
  expect(bare.at(-1)).toMatch(/^Out of memory: Killed process \d+ \(p0\) total-vm:20000kB, anon-rss:\d+kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:28kB oom_score_adj:0$/)
})

test('vm.oom_dump_tasks = 0 leaves the task table out', () => {
  const recording = runScenario(scenario({ machine: { pages: 16 * MIB }, sysctls: { 'vm.oom_dump_tasks': 0 }, processes: [hog('a', 5000)] }))
  const log = recording.events.find((each) => each.kind === 'mark_victim')?.log ?? []
  expect(log.length).toBeGreaterThan(20)
  expect(log.some((line) => line.includes('pgtables_bytes'))).toBe(false)
})
