/** A kernel's OOM report as input: what the engine prints comes back as the same machine, and logs of real shape are read or refused with reasons. */
import { expect, test } from 'vitest'
import { createSimulation } from '../../main/engine'
import type { Recording, Scenario } from '../../main/engine'
import { importMachine } from '../../main/lab/import/import-machine'
import { parseScenario } from '../../main/lab/scenario-schema'
import type { ImportSummary, Problem } from '../../preload/contract'
import linux61 from '../../plugins/kernels/linux-6.1'
import { MIB, map, scenario, sleep, touch } from '../engine/support/tiny'

async function imported(log: string): Promise<ImportSummary> {
  const result = await importMachine({ kind: 'text', files: { zoneinfo: log } }, linux61)
  if (!result.ok) throw new Error(JSON.stringify(result.problems, null, 1))
  expect(parseScenario(result.value.scenario, linux61.sysctls)).toEqual({ ok: true, value: result.value.scenario })
  for (const text of [...result.value.read, ...result.value.assumed, ...result.value.notModelled]) expect(text.en && text.zh).toBeTruthy()
  return result.value
}

async function refusals(log: string): Promise<readonly Problem[]> {
  const result = await importMachine({ kind: 'text', files: { zoneinfo: log } }, linux61)
  return result.ok ? [] : result.problems
}

function run(input: Scenario): Recording {
  const sim = createSimulation({ scenario: input, kernel: linux61, policies: [], seed: 1 })
  while (sim.step(100_000));
  return sim.finish()
}

const logOf = (recording: Recording): string => recording.events.find((event) => event.kind === 'mark_victim')?.log?.join('\n') ?? ''
/** Node, name, marks without the boost of the moment, present, managed. */
const zonesOf = (log: string): (readonly (string | number)[])[] =>
  [...log.matchAll(/Node (\d+) (\w+) free:\d+kB boost:(\d+)kB min:(\d+)kB low:(\d+)kB high:(\d+)kB .* present:(\d+)kB managed:(\d+)kB/g)].map(([, node, name, boost, ...rest]) => [
    node, name, ...rest.map((kb, i) => Number(kb) - (i < 3 ? Number(boost) : 0)),
  ])

const ORIGINAL = scenario({
  machine: { zones: [{ node: 0, name: 'DMA', managed: 960, present: 1000 }, { node: 0, name: 'DMA32', managed: 30 * MIB, present: 31 * MIB }], swapPages: 1001 },
  processes: [
    { name: 'small', phases: [map('a', 400), touch('a', 'w', 400), sleep(20_000)], oomScoreAdj: 300 },
    { name: 'database', phases: [map('a', 4000), touch('a', 'w', 4000), sleep(20_000)] },
    { name: 'hog', phases: [sleep(100), map('a', 8000), touch('a', 'w', 8000)], oomScoreAdj: -1000 },
  ],
  sysctls: { 'vm.watermark_boost_factor': 0 },
})

test('round trip: printed by the engine, imported, run: the same zones and marks, and the same victim for the same reason', async () => {
  const log = logOf(run(ORIGINAL))
  const { scenario: again } = await imported(log)
  expect(again.machine.zones.map(({ node, name, managed, present }) => [node, name, managed, present])).toEqual([[0, 'DMA', 960, 1000], [0, 'DMA32', 30 * MIB, 31 * MIB]])
  expect(again.machine.swap).toEqual([{ kind: 'disk', disk: 'vdb', pages: 1001, priority: -2 }])
  expect(again.processes.map(({ name, oomScoreAdj }) => [name, oomScoreAdj])).toEqual([['database', 0], ['small', 300], ['hog', -1000]])
  const second = run(again)
  const kill = second.events.find((event) => event.kind === 'mark_victim')
  expect(kill?.args).toMatchObject({ victim: 'database' })
  expect(kill?.cause?.task).toBe('hog')
  expect(zonesOf(logOf(second))).toEqual(zonesOf(log))
})

/** Shortened from the shape of a 6.1 server's log: a journal's prefix, NUMA, several tasks, a second report. */
const JOURNAL = `Nov 21 12:00:01 db1 kernel: unrelated line
Nov 21 12:00:01 db1 kernel: [ 9182.123456] java invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_score_adj=0
Nov 21 12:00:01 db1 kernel: [ 9182.123460] CPU: 3 PID: 812 Comm: java Not tainted 6.1.0-18-amd64 #1  Debian 6.1.76-1
Nov 21 12:00:01 db1 kernel: [ 9182.123470]  <TASK>
Nov 21 12:00:01 db1 kernel: [ 9182.123480] Mem-Info:
Nov 21 12:00:01 db1 kernel: [ 9182.123481] active_anon:200 inactive_anon:240000 isolated_anon:0
Nov 21 12:00:01 db1 kernel: [ 9182.123481]  active_file:30 inactive_file:90 isolated_file:0
Nov 21 12:00:01 db1 kernel: [ 9182.123481]  slab_reclaimable:2000 slab_unreclaimable:4000
Nov 21 12:00:01 db1 kernel: [ 9182.123481]  mapped:77 shmem:12 pagetables:700
Nov 21 12:00:01 db1 kernel: [ 9182.123482] Node 0 active_anon:800kB inactive_anon:960000kB active_file:120kB inactive_file:360kB kernel_stack:2400kB pagetables:2800kB all_unreclaimable? no
Nov 21 12:00:01 db1 kernel: [ 9182.123483] Node 0 DMA free:4000kB boost:0kB min:60kB low:76kB high:92kB reserved_highatomic:0KB active_anon:0kB inactive_anon:11000kB active_file:0kB inactive_file:0kB unevictable:0kB writepending:0kB present:15992kB managed:15360kB mlocked:0kB bounce:0kB free_pcp:0kB local_pcp:0kB free_cma:0kB
Nov 21 12:00:01 db1 kernel: [ 9182.123484] lowmem_reserve[]: 0 1000 1000 1000 1000
Nov 21 12:00:01 db1 kernel: [ 9182.123485] Node 0 DMA32 free:4400kB boost:2048kB min:6048kB low:7048kB high:8048kB reserved_highatomic:0KB active_anon:800kB inactive_anon:949000kB active_file:120kB inactive_file:360kB unevictable:0kB writepending:0kB present:1048576kB managed:1024000kB mlocked:0kB bounce:0kB free_pcp:200kB local_pcp:200kB free_cma:0kB
Nov 21 12:00:01 db1 kernel: [ 9182.123486] Node 0 DMA: 0*4kB 0*8kB 0*16kB 1*32kB (U) 0*64kB 1*128kB (U) 1*256kB (U) 1*512kB (U) 1*1024kB (U) 1*2048kB (M) 0*4096kB = 4000kB
Nov 21 12:00:01 db1 kernel: [ 9182.123487] Node 0 DMA32: 1100*4kB (UM) 0*8kB 0*16kB 0*32kB 0*64kB 0*128kB 0*256kB 0*512kB 0*1024kB 0*2048kB 0*4096kB = 4400kB
Nov 21 12:00:01 db1 kernel: [ 9182.123488] Free swap  = 0kB
Nov 21 12:00:01 db1 kernel: [ 9182.123489] Total swap = 0kB
Nov 21 12:00:01 db1 kernel: [ 9182.123490] Tasks state (memory values in pages):
Nov 21 12:00:01 db1 kernel: [ 9182.123491] [  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
Nov 21 12:00:01 db1 kernel: [ 9182.123492] [    301]     0   301     5000      120    53248        0          -250 systemd-journal
Nov 21 12:00:01 db1 kernel: [ 9182.123493] [    700]   999   700   900000   150000  1843200        0             0 postgres
Nov 21 12:00:01 db1 kernel: [ 9182.123494] [    701]   999   701   900000     9000   122880        0             0 postgres
Nov 21 12:00:01 db1 kernel: [ 9182.123495] [    812]  1000   812  2000000    80000   843200        0             0 java
Nov 21 12:00:01 db1 kernel: [ 9182.123496] oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/system.slice,task=postgres,pid=700,uid=999
Nov 21 12:00:01 db1 kernel: [ 9182.123497] Out of memory: Killed process 700 (postgres) total-vm:3600000kB, anon-rss:600000kB, file-rss:0kB, shmem-rss:0kB, UID:999 pgtables:1800kB oom_score_adj:0
Nov 21 12:09:01 db1 kernel: [ 9782.123456] java invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_score_adj=0`

test('a journal: prefixes, boost taken off, tasks of the same name told apart, small ones put together, the first report counts', async () => {
  const summary = await imported(JOURNAL)
  const { machine, processes } = summary.scenario
  expect(machine.zones.map(({ name, managed, present, free }) => [name, managed, present, free])).toEqual([['DMA', 3840, 3998, 3750], ['DMA32', 256_000, 262_144, Math.min(256_000 - 120, 1100 + 50 + 200 + 237_250 + 698)]])
  expect(machine.zones[1].lru).toEqual({ inactiveAnon: 0, activeAnon: 0, inactiveFile: 90, activeFile: 30, unevictable: 0 })
  // min 6048 kB less 2048 kB of boost.
  expect(machine.zones[1].marks ?? { min: 1000, low: 1250, high: 1500 }).toEqual({ min: 1000, low: 1250, high: 1500 })
  expect(processes.map(({ name }) => name)).toEqual(['postgres-700', 'postgres-701', 'others', 'java'])
  expect(summary.scenario.about.en).toBe("Made from a kernel's OOM report. java invoked the killer, which took postgres.")
  expect(summary.notModelled.map((text) => text.en).join('\n')).toContain('1 more OOM reports in the log; the first was read')
  const kill = run(summary.scenario).events.find((event) => event.kind === 'mark_victim')
  expect(kill?.args).toMatchObject({ victim: 'postgres-700' })
})

test('without timestamps the task rows are still rows', async () => {
  const bare = JOURNAL.split('\n').slice(0, -1).map((line) => line.replace(/^.*?kernel: (\[ *\d+\.\d+\] )?/, '')).join('\n')
  expect((await imported(bare)).scenario.processes).toEqual((await imported(JOURNAL)).scenario.processes)
})

test('what was cut off or does not add up is refused with its line', async () => {
  expect(await refusals('hog invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=2, oom_score_adj=0\nMem-Info:')).toEqual([{ path: 'oom log', message: expect.stringMatching(/has no zone lines/) }])
  expect(await refusals(JOURNAL.replace('managed:1024000kB', 'mana'))).toEqual([expect.objectContaining({ line: 13, message: expect.stringMatching(/has no "managed:".*cut off/) })])
  expect(await refusals(JOURNAL.replace('= 4400kB', '= 4404kB'))).toEqual([expect.objectContaining({ line: 15, message: expect.stringMatching(/adds up to 4400kB, not to the 4404kB it says/) })])
  expect(await refusals(JOURNAL.replace('120    53248        0          -250 systemd-journal', '120    53248'))).toEqual([expect.objectContaining({ line: 20, message: expect.stringMatching(/no row of the task table/) })])
  expect(await refusals(JOURNAL.replace('Node 0 DMA free', 'Node 0 HighMem free'))).toEqual([expect.objectContaining({ line: 11, message: expect.stringMatching(/can't be simulated; known are DMA, DMA32, Normal, Movable/) })])
})
