import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ComparisonRequest } from '../../preload/contract'
import { request, testLab, type TestLab } from './doubles'

let t: TestLab
beforeEach(async () => { t = await testLab() })
afterEach(() => t.end())

async function problemsOf(wrong: unknown): Promise<string[]> {
  const result = await t.lab.compare(wrong as ComparisonRequest)
  if (result.ok) throw new Error('was accepted')
  expect(t.runs.started).toEqual([])
  return result.problems.map((problem) => `${problem.path}: ${problem.message}`)
}

test('unknown names come with the nearest known one', async () => {
  expect(await problemsOf(request({ scenario: { kind: 'preset', id: 'smal' } }))).toEqual(['scenario: there is no preset "smal". Did you mean "small"?'])
  expect(await problemsOf(request({ base: 'linux-6.2' }))).toEqual(['base: there is no kernel "linux-6.2". Did you mean "linux-6.1"?'])
  expect(await problemsOf(request({ policies: [{ kind: 'name', name: 'erly' }] }))).toEqual(['policies[0]: there is no policy "erly". Did you mean "early"?'])
  expect(await problemsOf(request({ policies: [{ kind: 'name', name: 'completely-else' }] }))).toEqual(['policies[0]: there is no policy "completely-else". There are early, ratio.'])
})

test('a kernel that only computes marks is refused with what to take', async () => {
  expect(await problemsOf(request({ base: 'linux-5.15' }))).toEqual(['base: linux-5.15 only computes watermarks so far and can\'t be run; choose linux-6.1'])
})

test('all that is wrong is told at once', async () => {
  const problems = await problemsOf(request({ scenario: { kind: 'preset', id: 'nope' }, base: 'bsd', policies: [{ kind: 'name', name: 'x' }] }))
  expect(problems.length).toBe(3)
})

test.each([
  [{ 'vm.swappiness': 201 }, 'set.vm.swappiness: must be a whole number from 0 to 200 (ratio), not 201'],
  [{ 'vm.swappiness': -1 }, 'set.vm.swappiness: must be a whole number from 0 to 200 (ratio), not -1'],
  [{ 'vm.swappiness': 1.5 }, 'set.vm.swappiness: must be a whole number from 0 to 200 (ratio), not 1.5'],
  [{ 'vm.swappiness': '0x10' }, 'set.vm.swappiness: must be a whole number from 0 to 200 (ratio), not "0x10"'],
  [{ 'vm.swappiness': '' }, 'set.vm.swappiness: must be a whole number from 0 to 200 (ratio), not ""'],
  [{ 'vm.swappiness': true }, 'set.vm.swappiness: must be a whole number from 0 to 200 (ratio), not true'],
  [{ 'vm.min_free_kbytes': 2 ** 40 }, 'set.vm.min_free_kbytes: must be a whole number from 0 to 1000000000 (kB), not 1099511627776'],
  [{ 'vm.swapiness': 10 }, 'set.vm.swapiness: linux-6.1 has no sysctl "vm.swapiness" here. Did you mean "vm.swappiness"?'],
  [{ 'vm.lowmem_reserve_ratio': '1 2 3 4 5' }, 'set.vm.lowmem_reserve_ratio: takes up to 4 numbers, not "1 2 3 4 5"'],
  [{ 'early.facter': 3 }, 'set.early.facter: early has no parameter "facter". Did you mean "factor"?'],
  [{ 'early.factor': 10 }, 'set.early.factor: must be a number from 1 to 9 pages, not 10'],
  [{ 'early.factor': 1.5 }, 'set.early.factor: must be 1 plus a multiple of 1, up to 9, not 1.5'],
  [{ 'early.factor': NaN }, 'set.early.factor: must be a number from 1 to 9 pages, not NaN'],
  [{ 'early.factor': '1e999' }, 'set.early.factor: must be a number from 1 to 9 pages, not "1e999"'],
  [{ 'early.on': 'perhaps' }, 'set.early.on: must be true or false, not "perhaps"'],
  [{ 'early.mode': 'c' }, 'set.early.mode: must be one of a, b, not "c"'],
  [{ 'ratio.factor': 3 }, 'set.ratio.factor: is neither a sysctl of linux-6.1 nor a parameter of a policy in this experiment.'],
  [{ swappiness: 3 }, 'set.swappiness: is neither a sysctl of linux-6.1 nor a parameter of a policy in this experiment.'],
  [{ constructor: 3 }, 'set.constructor: is neither a sysctl of linux-6.1 nor a parameter of a policy in this experiment.'],
])('set %j is refused', async (set, message) => {
  expect((await problemsOf(request({ set })))[0]).toContain(message)
})

test('set values reach the machine and the policy, text that says a number too', async () => {
  const set = { 'vm.swappiness': '10', 'vm.lowmem_reserve_ratio': '128, 64', 'early.factor': '3', 'early.on': 'on', 'early.mode': 'b' }
  expect((await t.lab.compare(request({ set }))).ok).toBe(true)
  const [base, policy] = t.runs.started
  expect(base.job.scenario.sysctls).toEqual({ 'vm.swappiness': 10, 'vm.lowmem_reserve_ratio': [128, 64] })
  expect(policy.job.scenario.sysctls).toEqual(base.job.scenario.sysctls)
  expect(policy.job.policies[0].params).toEqual({ factor: 3, on: true, mode: 'b' })
})

test('parameters that nobody sets have their defaults', async () => {
  await t.lab.compare(request())
  expect(t.runs.started[1].job.policies[0].params).toEqual({ factor: 2, on: false, mode: 'a' })
})

test('the same policy twice gets two labels', async () => {
  await t.lab.compare(request({ policies: [{ kind: 'name', name: 'early' }, { kind: 'source', file: 'a.ts', text: 'name: early' }] }))
  expect(await t.lab.experiment('e1')).toMatchObject({ value: { machines: [{ label: 'linux-6.1' }, { label: 'early', policy: 'early' }, { label: 'early (2)', policy: 'early' }] } })
})

test('a variant is a machine between the base and the policies, with its own sysctls and parts of the machine', async () => {
  const swap = [{ kind: 'zram', pages: 100, priority: 5 }] as const
  expect((await t.lab.compare(request({ set: { 'vm.swappiness': 10 }, variants: [{ label: 'eager', set: { 'vm.swappiness': '150' } }, { label: 'zram', machine: { swap } }] }))).ok).toBe(true)
  expect(await t.lab.experiment('e1')).toMatchObject({ value: { machines: [{ label: 'linux-6.1' }, { label: 'eager' }, { label: 'zram' }, { label: 'early', policy: 'early' }] } })
  const [base, eager, zram, policy] = t.runs.started.map(({ job }) => job)
  expect([base, eager, zram, policy].map((job) => job.scenario.sysctls['vm.swappiness'])).toEqual([10, 150, 10, 10])
  expect([base, eager, zram, policy].map((job) => job.scenario.machine.swap)).toEqual([[], [], swap, []])
  expect([base, eager, zram, policy].map((job) => job.policies.length)).toEqual([0, 0, 0, 1])
})

test.each([
  [{ label: '' }, 'variants[0].label: must be 1 to 60 characters, not ""'],
  [{ label: 'linux-6.1' }, 'variants[0].label: is there twice: "linux-6.1"; every column needs its own'],
  [{ label: 'a', kernel: 'linux-6.2' }, 'variants[0].kernel: there is no kernel "linux-6.2". Did you mean "linux-6.1"?'],
  [{ label: 'a', set: { 'vm.swapiness': 1 } }, 'variants[0].set.vm.swapiness: linux-6.1 has no sysctl "vm.swapiness" here. Did you mean "vm.swappiness"?'],
  [{ label: 'a', machine: 3 }, 'variants[0].machine: must be an object with parts of a machine'],
  [{ label: 'a', memcgs: {} }, 'variants[0].memcgs: must be a list of memory cgroups'],
  ['a', 'variants[0]: must be an object with a label'],
])('variant %j is refused', async (variant, message) => {
  expect(await problemsOf(request({ variants: [variant] as never }))).toEqual([message])
})

test.each([
  [null, 'request: must be an object'],
  [{ ...request(), seeds: 0 }, 'seeds: must be a whole number from 1 to 100, not 0'],
  [{ ...request(), seeds: 101 }, 'seeds: must be a whole number'],
  [{ ...request(), seeds: '3' }, 'seeds: must be a whole number'],
  [{ ...request(), scenario: { kind: 'preset' } }, 'scenario: must name a preset'],
  [{ ...request(), scenario: { kind: 'inline', scenario: 7 } }, 'scenario: must be an object'],
  [{ ...request(), policies: 'early' }, 'policies: must be a list'],
  [{ ...request(), policies: [3] }, 'policies[0]: must name a policy'],
  [{ ...request(), policies: Array.from({ length: 17 }, () => ({ kind: 'name', name: 'early' })) }, 'policies: at most 16'],
  [{ ...request(), set: [] }, 'set: must be an object'],
  [{ ...request(), set: { 'vm.swappiness': {} } }, 'set.vm.swappiness: must be a number, word or switch'],
  [{ ...request(), base: 6.1 }, 'base: must be the name of a kernel'],
])('a request of a wrong shape is refused: %#', async (wrong, message) => {
  expect((await problemsOf(wrong))[0]).toContain(message)
})

test('a policy with errors gives them with their line', async () => {
  expect(await problemsOf(request({ policies: [{ kind: 'source', file: 'policies/bad.ts', text: 'nonsense' }] }))).toEqual(['policies/bad.ts:1: no name'])
  expect(await problemsOf(request({ policies: [{ kind: 'source', file: 'policies/bad.ts', text: 'name: broken' }] }))).toEqual(['policies/bad.ts:7: boom'])
})

test('the workspace\'s policy goes before an example of the same name', async () => {
  await t.lab.save('policies/my-early.ts', 'name: early // mine', '')
  await t.lab.compare(request())
  expect(t.runs.started[1].job.policies[0].compiled.file).toBe('policies/my-early.ts')
})

test('the list tells examples, own policies and what is wrong with one', async () => {
  await writeFile(join(t.workspace, 'policies/bad.ts'), 'nonsense')
  await t.lab.save('policies/mine.ts', 'name: mine', '')
  const { policies } = await t.lab.describe()
  expect(policies.map((policy) => [policy.origin, policy.name, policy.problems.length])).toEqual([
    ['workspace', 'bad', 1], ['workspace', 'mine', 0], ['example', 'early', 0], ['example', 'ratio', 0],
  ])
  expect(policies[2]).toMatchObject({ file: 'examples/early.ts', describe: 'about', hooks: ['kswapdWake'], params: [{ name: 'factor' }, { name: 'on' }, { name: 'mode' }] })
})

test('examples can be read but not overwritten', async () => {
  expect(await t.lab.read('examples/early.ts')).toMatchObject({ ok: true, value: { text: 'name: early' } })
  expect(await t.lab.save('examples/early.ts', 'x', 'built-in')).toMatchObject({ ok: false })
})

test('a saved policy is told to the window', async () => {
  const told = new Promise<readonly string[]>((resolve) => { t.lab.on('policies', (all) => { resolve(all.map((one) => one.name)) }) })
  await t.lab.save('policies/new.ts', 'name: brand-new', '')
  expect(await told).toContain('brand-new')
})

test('check gives errors, name, parameters', async () => {
  expect(await t.lab.check('policies/a.ts', 'name: fine')).toMatchObject({ ok: true, name: 'fine', errors: [], hooks: ['kswapdWake'], compileMs: 1 })
  expect(await t.lab.check('policies/a.ts', 'name: broken')).toMatchObject({ ok: false, errors: [{ path: 'policies/a.ts:7', line: 7, column: 2 }] })
})

test('the description is plain data with everything the window needs', async () => {
  const description = await t.lab.describe()
  expect(structuredClone(description)).toEqual(description)
  expect(description.metrics.length).toBeGreaterThan(30)
  expect(description.charts.map((chart) => chart.id)).toContain('zone-free')
  expect(description.terms.length).toBeGreaterThan(40)
  expect(description.sysctls.map((one) => one.name)).toContain('vm.swappiness')
  expect(description.workspace).toEqual({ path: t.workspace, kept: true })
})
