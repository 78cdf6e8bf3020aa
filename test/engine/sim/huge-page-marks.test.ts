/** Transparent huge pages raise min_free_kbytes at boot where nobody wrote it: values of measured guests. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createSimulation } from '../../../main/engine'
import type { Scenario, ZoneSnapshot } from '../../../main/engine'
import { importConfig } from '../../../main/lab/import/from-config'
import kernel from '../../../plugins/kernels/linux-6.1'

const LINES = readFileSync(new URL('../../parity/configs.jsonl', import.meta.url), 'utf8').trim().split('\n').map(line => JSON.parse(line) as { readonly run: string; readonly config: { readonly zones_at_start: readonly ZoneSnapshot[] } })

function bootMarks(run: string, thp: Scenario['machine']['thp'], written?: number) {
  const config = LINES.find(line => line.run === run)?.config
  const imported = importConfig(JSON.stringify(config), kernel)
  if (!imported.ok || config === undefined) throw new Error('the configuration is refused')
  const { scenario } = imported.value
  const { 'vm.min_free_kbytes': _given, ...rest } = scenario.sysctls
  const sysctls = written === undefined ? rest : { ...rest, 'vm.min_free_kbytes': written }
  const simulation = createSimulation({ scenario: { ...scenario, sysctls, machine: { ...scenario.machine, thp } }, kernel, policies: [], seed: 1 })
  simulation.cancel()
  const marks = (zones: readonly ZoneSnapshot[]) => zones.map(({ zone, min, low, high }) => [zone, min, low, high])
  return { booted: marks(simulation.finish().snapshots[0].zones), measured: marks(config.zones_at_start) }
}

test.each(['1G_thpalways', '4G_thpalways'])('%s: the automatic value with huge pages gives the marks that guest booted with', variant => {
  const { booted, measured } = bootMarks(`A_watermarks/${variant}/run1`, 'always')
  expect(booted).toEqual(measured)
})

test('without huge pages, or with a written value, nothing is raised', () => {
  const raised = bootMarks('A_watermarks/1G_thpalways/run1', 'madvise').booted
  const plain = bootMarks('A_watermarks/1G_thpalways/run1', 'never').booted
  expect(raised[1][1]).toBe(11_088)
  expect(plain[1][1]).toBeLessThan(1000)
  expect(bootMarks('A_watermarks/1G_thpalways/run1', 'always', 4000).booted[1][1]).toBeLessThan(1000)
})
