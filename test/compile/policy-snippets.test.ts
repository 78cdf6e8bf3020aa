/** What the editor inserts: every snippet compiles without a complaint, and a policy of all of them runs exactly as the kernel alone. */
import { HOOKS } from 'reclaim-lab'
import type { HookName } from 'reclaim-lab'
import { afterAll, expect, test } from 'vitest'
import { apiGuide } from '../../main/compile/guide'
import { createSimulation } from '../../main/engine'
import type { Scenario } from '../../main/engine'
import { PRESETS } from '../../main/lab/presets'
import { forkChildRunner } from '../../main/runner/fork-child'
import { kernelNamed } from '../../main/runner/kernels'
import { createRunnerPool } from '../../main/runner/pool'
import type { Snippet } from '../../preload/contract'
import { compile } from './compiler'

const { snippets } = apiGuide()
const pool = createRunnerPool({ fork: forkChildRunner, size: 1, prewarm: 1 })
afterAll(() => pool.dispose())

/** As the editor leaves it when nothing is typed over. */
function inserted({ insert }: Snippet): string {
  return insert.replace(/\$\{\d+:([^}]*)\}/g, '$1').replaceAll('$0', '').replaceAll('\t', '  ')
}

function policyOf(some: readonly Snippet[], name = 'made'): string {
  const text = (place: Snippet['place']): string => some.filter((one) => one.place === place).map(inserted).join('\n')
  const imports = ['definePolicy', ...new Set(some.flatMap((one) => one.imports ?? []))]
  const inside = (place: 'hooks' | 'params'): string => (some.some((one) => one.place === place) ? `${place}: {\n${text(place)}\n},` : '')
  return `import { ${imports.join(', ')} } from 'reclaim-lab'\nexport default definePolicy({ api: 1, name: '${name}',\n${text('policy')}\n${inside('params')}\n${inside('hooks')}\n})\n`
}

const named = (label: string): Snippet => {
  const found = snippets.find((one) => one.label === label)
  if (!found) throw new Error(`no snippet ${label}`)
  return found
}
const ownList = ['init: own list', 'folioAdded: onto an own list', 'evictFolios: from an own list'].map(named)

/** Every hook and notification, the controller, exit, a parameter of each kind: all that can stand beside each other. */
const everything = snippets.filter((one) => !one.label.includes('own list') && !['hooks', 'params', 'init: number for each folio'].includes(one.label)).map((one, i) => (one.place === 'params' ? { ...one, insert: one.insert.replace('strength', `strength${i}`) } : one))

test.each([
  ['all that can stand beside each other', everything], ['own lists', ownList], ['empty hooks', [named('hooks')]], ['empty params', [named('params')]], ['a number for each folio', [named('init: number for each folio')]],
] as const)('without a complaint: %s', (_name, some) => {
  const { errors, warnings } = compile('made.ts', policyOf(some))
  expect([...errors, ...warnings]).toEqual([])
})

test('no snippet is left out of these', () => {
  expect(new Set([...everything, ...ownList, named('hooks'), named('params'), named('init: number for each folio')].map(({ label }) => label))).toEqual(new Set(snippets.map(({ label }) => label)))
})

const scenario: Scenario = { ...(PRESETS.find(({ id }) => id === 'slow-swap-quick-files') ?? PRESETS[0]).scenario, durationMs: 3_000 }

async function run(text: string, kernel: string): Promise<{ readonly digest: string; readonly ejections: readonly unknown[]; readonly hooks: readonly { readonly hook: string; readonly called: number; readonly overrode: number }[] }> {
  const compiled = compile('made.ts', text)
  expect(compiled.errors).toEqual([])
  const outcome = await pool.run({ run: `snippets-${kernel}-${text.length}`, scenario, kernel, policies: [{ compiled, params: {} }], seed: 1, scriptedEjections: [] }).promise
  if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome))
  return outcome.recording
}

function unedited(kernel: string): string {
  const simulation = createSimulation({ scenario, kernel: kernelNamed(kernel), policies: [], seed: 1 })
  while (simulation.step(10_000));
  return simulation.finish().digest
}

test.each(['linux-6.1', 'android-3.18'])('a policy of all snippets decides as %s alone does', async (kernel) => {
  const recording = await run(policyOf(everything), kernel)
  expect(recording.ejections).toEqual([])
  expect(recording.digest).toBe(unedited(kernel))
  const asked = recording.hooks.filter(({ hook, called }) => Object.hasOwn(HOOKS, hook) && called > 0)
  expect(asked.map(({ hook }) => hook as HookName)).toEqual(expect.arrayContaining<HookName>(['scanBalance', 'folioReferences', 'kswapdWake', kernel === 'android-3.18' ? 'inactiveIsLowInZone' : 'inactiveIsLow']))
  expect(asked.filter(({ overrode }) => overrode > 0)).toEqual([])
})

test('own lists by snippets alone are whole eviction that works', async () => {
  const recording = await run(policyOf(ownList), 'linux-6.1')
  expect(recording.ejections).toEqual([])
  expect(recording.hooks.find(({ hook }) => hook === 'evictFolios')?.overrode).toBeGreaterThan(0)
})
