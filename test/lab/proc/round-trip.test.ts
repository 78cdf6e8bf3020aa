/** A simulated machine's /proc files, taken in by the importer like any machine's, boot the same machine: zones, marks, reserves, sysctls, free blocks, LRU sizes, per-cpu pages. */
import type { KernelDefinition } from 'reclaim-lab'
import { expect, test } from 'vitest'
import { createSimulation } from '../../../main/engine'
import type { MachineState, Recording, Scenario } from '../../../main/engine'
import { importMachine } from '../../../main/lab/import/import-machine'
import { procFiles } from '../../../main/lab/proc/proc-files'
import { PRESETS } from '../../../main/lab/presets'
import type { Phase } from '../../../preload/contract'
import android318 from '../../../plugins/kernels/android-3.18'
import linux515 from '../../../plugins/kernels/linux-5.15'
import linux61 from '../../../plugins/kernels/linux-6.1'

const MS = 1e6

const KERNELS: readonly KernelDefinition[] = [linux61, linux515, android318]

function run(scenario: Scenario, snapshotsAt: readonly number[], kernel: KernelDefinition = linux61): Recording {
  const sim = createSimulation({ scenario, kernel, policies: [], seed: 1, snapshotsAt })
  while (sim.step(10_000));
  return sim.finish()
}

/** Read by a lab that must find out by itself which kernel printed the files. */
async function reimported(state: MachineState, kernel: KernelDefinition = linux61): Promise<{ readonly scenario: Scenario; readonly state: MachineState }> {
  const { sysctl, zoneinfo, buddyinfo, meminfo, vmstat, swaps } = procFiles(state)
  const imported = await importMachine({ kind: 'text', files: { zoneinfo, buddyinfo, meminfo, vmstat, swaps, sysctl: { all: sysctl } } }, linux61, KERNELS)
  if (!imported.ok) throw new Error(JSON.stringify(imported.problems))
  expect(imported.value.kernel).toBe(kernel.name)
  const { scenario } = imported.value
  const idle = { ...scenario, processes: [{ name: 'nobody', phases: [{ op: 'exit' }] satisfies Phase[] }] }
  const [booted] = run(idle, [0], kernel).states ?? []
  return { scenario, state: booted }
}

/** What the files tell of the machine and a fresh boot must have again. The importer puts all per-cpu pages on the first CPU, starts without boost, and swap starts empty. */
function machineOf(state: MachineState): unknown {
  return {
    cpus: state.cpus, sysctls: state.sysctls, swapTotal: state.swapTotal, totalreservePages: state.totalreservePages,
    zones: state.zones.map(({ node, zone, managed, present, spanned, min, low, high, protection, free, freeByOrder, lru, pcp }) => ({
      node, zone, managed, present, spanned, min, low, high, protection, free, freeByOrder, lru, pcp,
    })),
    kernel: ['nr_slab_reclaimable', 'nr_slab_unreclaimable', 'nr_page_table_pages', 'nr_kernel_stack'].map((name) => state.vmstat[name]),
  }
}

const PREPARED = PRESETS.filter((preset) => ['seed-000-raise-min-free', 'kswapd-vs-direct', 'anon-file-with-swap', 'dirty-then-reclaim', 'watermark-scale-factor'].includes(preset.id))

for (const { id, scenario } of PREPARED) {
  test(`${id}: export, import, same machine, at the start, under way and at the end`, async () => {
    const short = { ...scenario, durationMs: Math.min(scenario.durationMs, 8000) }
    const { states = [] } = run(short, [0, 700 * MS, 1900 * MS, 2800 * MS, 5200 * MS, 1e15])
    expect(states).toHaveLength(6)
    for (const state of states) expect(machineOf((await reimported(state)).state), `at ${state.t / MS} ms`).toEqual(machineOf(state))
  })
}

test('a machine whose sysctls were written during the run comes back with those values and marks', async () => {
  const preset = PRESETS.find((one) => one.id === 'seed-000-raise-min-free')
  if (preset === undefined) throw new Error('no preset')
  const { states = [] } = run(preset.scenario, [1400 * MS])
  const again = await reimported(states[0])
  expect(again.scenario.sysctls).toMatchObject({ 'vm.min_free_kbytes': 3_000_000 })
  expect(again.state.zones.map(({ min, low, high }) => [min, low, high])).toEqual([[2862, 3577, 4292], [565_534, 706_917, 848_300], [181_602, 227_002, 272_402]])
})

test('marks of another kernel are kept, and with them how long per-cpu lists may get', async () => {
  const zone = (name: string, managed: number, marks: readonly number[]) => `Node 0, zone ${name}\n  pages free     ${managed}\n        min      ${marks[0]}\n        low      ${marks[1]}\n        high     ${marks[2]}\n        managed  ${managed}\n`
  const imported = await importMachine({ kind: 'text', files: { zoneinfo: zone('DMA', 3840, [63, 78, 94]) + zone('DMA32', 431_673, [7139, 8923, 10_708]) } }, linux61)
  if (!imported.ok) throw new Error(JSON.stringify(imported.problems))
  expect(imported.value.scenario.machine.zones.map((one) => one.marks?.high)).toEqual([94, 10_708])
  const [first] = run({ ...imported.value.scenario, durationMs: 1 }, [0]).states ?? []
  // zone_highsize: LOW shared by the node's CPUs, at least four batches.
  expect(first.zones.map(({ pcp }) => pcp.high)).toEqual([78, 8923])
  expect(machineOf((await reimported(first)).state)).toEqual(machineOf(first))
})

for (const kernel of [linux515, android318]) {
  test(`${kernel.name}: its files are known for what they are and boot the same machine`, async () => {
    const preset = PRESETS.find((one) => one.id === 'anon-file-with-swap')
    if (preset === undefined) throw new Error('no preset')
    const own: Scenario['sysctls'] = kernel === android318 ? { 'vm.extra_free_kbytes': 2000 } : {}
    const { states = [] } = run({ ...preset.scenario, sysctls: { ...preset.scenario.sysctls, ...own }, durationMs: 4000 }, [1e15], kernel)
    const again = await reimported(states[0], kernel)
    expect(machineOf(again.state)).toEqual(machineOf(states[0]))
    expect(again.scenario.sysctls).toMatchObject(own)
  })
}
