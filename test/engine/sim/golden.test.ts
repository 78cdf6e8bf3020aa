/**
 * Exact counters of three small runs, kept in test/golden. They change only when the engine's behaviour does; look at the difference, and if it is meant:
 *   UPDATE_GOLDEN=1 npx vitest run test/engine/sim/golden.test.ts
 * writes them anew. Commit them with the change that moved them, and say why.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { Recording, Scenario } from '../../../main/engine/index'
import { MIB, fread, fwrite, map, mmapf, open, scenario, sleep, touch, unmap } from '../support/tiny'
import { delta, runScenario } from '../support/run'

const SLOW = { iops: 2000, bytesPerSec: 100_000_000 }

const RUNS: Readonly<Record<string, Scenario>> = {
  /** A hog larger than memory, swapping, then touched again with favourites. */
  'anon-swap': scenario({
    machine: { pages: 16 * MIB, swapPages: 8192, swapDisk: SLOW },
    processes: [[map('a', 6000), touch('a', 'w', 6000), sleep(200), touch('a', 'w', 6000, { pat: 'zipf', s: 0.8, count: 10_000, seed: 7 }), touch('a', 'r', 3000), unmap('a'), sleep(200)]],
  }),
  /** Reads round and round a file larger than memory, mapped and not, while another process writes one. */
  'file-mix': scenario({
    machine: { pages: 16 * MIB, disk: SLOW }, files: [{ path: '/f', pages: 5000, disk: 'vda' }, { path: '/out', pages: 3000, disk: 'vda' }],
    processes: [
      [open('f', 5000), fread(5000), fread(5000, { pat: 'zipf', s: 0.9, count: 4000, seed: 3 }), mmapf('m', 5000, 1), touch('m', 'r', 5000)],
      [{ op: 'open', r: 'o', path: '/out', pages: 3000, adv: 'normal' }, fwrite(3000, { count: 5000, rate: 8000 }, 'o'), { op: 'fsync', r: 'o' }],
    ],
  }),
  /** Two hogs on two CPUs and three zones, little swap: direct reclaim, fallback between zones, an OOM kill. */
  'two-hogs-oom': scenario({
    machine: { zones: [{ node: 0, name: 'DMA', managed: 512 }, { node: 0, name: 'DMA32', managed: 3000 }, { node: 0, name: 'Normal', managed: 1500 }], swapPages: 1500, swapDisk: SLOW, cpus: 2 },
    processes: [[map('a', 4000), touch('a', 'w', 4000), sleep(20), touch('a', 'w', 4000, { pat: 'rand', count: 4000, seed: 5 })], [sleep(5), map('b', 3500), touch('b', 'w', 3500), sleep(100)]],
  }),
}

/** The counters that say what reclaim did. New ones of the engine don't touch the goldens. */
const COUNTERS = [
  'allocstall_movable', 'allocstall_normal', 'kswapd_high_wmark_hit_quickly', 'kswapd_low_wmark_hit_quickly', 'nr_dirtied', 'nr_vmscan_immediate_reclaim', 'nr_vmscan_write', 'nr_written', 'oom_kill',
  'pageoutrun', 'pgactivate', 'pgalloc_dma', 'pgalloc_dma32', 'pgalloc_normal', 'pgdeactivate', 'pgfault', 'pgfree', 'pgmajfault', 'pgpgin', 'pgpgout', 'pgrefill', 'pgreuse', 'pgrotated', 'pgscan_anon',
  'pgscan_direct', 'pgscan_file', 'pgscan_kswapd', 'pgsteal_anon', 'pgsteal_direct', 'pgsteal_file', 'pgsteal_kswapd', 'pswpin', 'pswpout', 'swap_ra', 'swap_ra_hit', 'workingset_activate_anon',
  'workingset_activate_file', 'workingset_refault_anon', 'workingset_refault_file', 'workingset_restore_anon', 'workingset_restore_file',
]

/** What the run did, without its times: how it ended, who was killed, what was counted. */
function essence(recording: Recording): unknown {
  const { summary } = recording
  return { end: summary.end, tasks: summary.tasks.map((t) => `${t.name} ${t.end}`), counters: Object.fromEntries(COUNTERS.map((name) => [name, delta(recording, name)])), marks: summary.marks, io: summary.io }
}

for (const [name, input] of Object.entries(RUNS)) {
  test(name, () => {
    const path = fileURLToPath(new URL(`../../golden/${name}.json`, import.meta.url))
    const got = essence(runScenario(input))
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, `${JSON.stringify(got, undefined, 2)}\n`)
    if (name === 'two-hogs-oom') expect(got).toMatchObject({ counters: { oom_kill: 1 } })
    expect(existsSync(path), `${path} is missing: see the top of this file`).toBe(true)
    expect(got).toEqual(JSON.parse(readFileSync(path, 'utf8')))
  })
}
