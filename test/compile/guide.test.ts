/** The guide to the policy API: every hook with its parts, and its place in every kernel, checked against the kernels as they run. */
import { HOOKS, NOTIFICATIONS } from 'reclaim-lab'
import type { HookName } from 'reclaim-lab'
import { expect, test } from 'vitest'
import ts from 'typescript'
import { apiGuide, partsOf } from '../../main/compile/guide'
import { fieldsRead, hookSource, readKernels } from '../../main/compile/hook-sources'
import { readSource } from '../../main/compile/sources'
import { kernelNamed, kernelNames } from '../../main/runner/kernels'

const { hooks, snippets } = apiGuide()
const hook = (name: string): (typeof hooks)[number] => {
  const found = hooks.find((one) => one.name === name)
  if (!found) throw new Error(`no ${name}`)
  return found
}

test('every hook and notification is in it, in the API\'s order, with what it decides, when, what it binds, the kernel\'s function and its arguments', () => {
  expect(hooks.filter(({ kind }) => kind === 'hook').map(({ name }) => name)).toEqual(Object.keys(HOOKS))
  expect(hooks.filter(({ kind }) => kind === 'notification').map(({ name }) => name)).toEqual(Object.keys(NOTIFICATIONS))
  for (const one of hooks) {
    // Each in its own words.
    expect(hooks.filter(({ decides }) => decides.zh === one.decides.zh), one.name).toHaveLength(1)
    expect(one.kernel.join(), one.name).toMatch(/^[\w/-]+\.c:\w+(,[\w/-]+\.c:\w+)*$/)
    expect([one.decides.en, /[\u4e00-\u9fff]/.test(one.decides.zh), one.args.length].every(Boolean), one.name).toBe(true)
    if (one.kind === 'hook') expect([one.when, one.binds].every((text) => text.length > 5), one.name).toBe(true)
  }
})

test('a comment falls into its parts; a name in parentheses is no function of the kernel', () => {
  expect(partsOf('Wake it? When: at boot. Binds: true, or 3. Kernel: mm/a-b.c:one_two, three_four, fs/x.c:y (as SOME_ONE).')).toEqual({
    decides: 'Wake it?', when: 'at boot.', binds: 'true, or 3.', kernel: ['mm/a-b.c:one_two', 'mm/a-b.c:three_four', 'fs/x.c:y'],
  })
  expect(hook('writebackStart').kernel).toEqual(['fs/fs-writeback.c:wb_over_bg_thresh', 'fs/fs-writeback.c:wb_check_old_data_flush', 'fs/fs-writeback.c:wb_check_start_all'])
})

test('fields of an argument are those of its type and of what that extends; an answer has its own', () => {
  expect(hook('scanBalance').args.map(({ name }) => name)).toEqual(expect.arrayContaining(['priority', 'swappiness', 'inactiveAnon', 'activeFile']))
  expect(hook('scanBalance').answer.fields.map(({ name }) => name)).toEqual(['mode', 'anon', 'file'])
  expect(hook('folioReferences').args.map(({ name }) => name)).toEqual(['young', 'facts'])
})

test.each(kernelNames())('%s: the place of each hook is where its code is, and it has none where the kernel has none', (kernel) => {
  const definition = kernelNamed(kernel)
  for (const name of Object.keys(HOOKS) as HookName[]) {
    const source = hook(name).sources.find((one) => one.kernel === kernel)
    const code = definition.hooks[name]
    expect(source?.kind === 'none', name).toBe(code === undefined)
    if (source === undefined || source.kind === 'none' || code === undefined) continue
    expect(source).toMatchObject({ in: kernel, file: `plugins/kernels/${kernel}.ts` })
    const line = readSource(source.file).split('\n')[source.line - 1].slice(source.column - 1)
    // The name that the function has at run time.
    expect(/^\w+/.exec(line)?.[0], name).toBe(code.name)
    expect(source.text, name).toContain(code.name)
    expect(source.endLine).toBeGreaterThanOrEqual(source.line)
    if (source.kind === 'function') expect(source.about, name).not.toBe('')
  }
})

test('the kernels are listed newest first', () => {
  expect(hook('scanBalance').sources.map(({ kernel }) => kernel)).toEqual(kernelNames())
})

test('with the code comes what it uses of its file, and nothing else', () => {
  const [source] = hook('kswapdWake').sources
  const text = source.kind === 'none' ? '' : source.text
  expect(text).toMatch(/^\/\*\* mm\/vmscan\.c:wakeup_kswapd[\s\S]*const MAX_RECLAIM_RETRIES = 16[\s\S]*function aboveHigh\(/)
  expect(text).not.toContain('SWAP_CLUSTER_MAX')
})

const MADE: Readonly<Record<string, string>> = {
  'k/old.ts': `import { defineKernel } from 'reclaim-lab'
export function dirtyPause() { return 1 }
const shared = { keepActive: () => true, swapAdmit: () => false }
export default defineKernel({ name: 'old-1.0', hooks: { swapDevice: () => 0, slabScan, ...shared, swapAdmit(facts) { return true } } })
function slabScan({ freeable: all, seeks }) { return all }
`,
  'k/new.ts': `import { defineKernel as make } from 'reclaim-lab'
import old, { dirtyPause as pause } from './old'
const definition = make({ name: 'new-2.0', hooks: { ...old.hooks, dirtyPause: pause, swapDevice: (old.hooks.swapDevice), oomBadness: (a) => a.rss + old.b(a.swapents) } } as never)
export default definition
`,
}

test('a kernel that builds on another: what it takes from there is found there, and what it changes is its own', () => {
  const kernels = readKernels(Object.keys(MADE), (path) => MADE[path])
  const [older, newer] = kernels
  const place = (name: string): unknown => { const { kernel: _, ...found } = hookSource(newer, name, kernels); return found.kind === 'none' ? 'none' : [found.kind, found.in, found.line] }
  expect(['dirtyPause', 'swapDevice', 'slabScan', 'swapAdmit', 'keepActive', 'oomBadness', 'scanBalance'].map(place)).toEqual([
    ['other', 'old-1.0', 2], ['other', 'old-1.0', 4], ['other', 'old-1.0', 5], ['other', 'old-1.0', 4], ['other', 'old-1.0', 3], ['inline', 'new-2.0', 3], 'none',
  ])
  expect(hookSource(older, 'slabScan', kernels)).toMatchObject({ kind: 'function', reads: ['freeable', 'seeks'] })
})

test('kernels that import each other in a circle end', () => {
  const texts: Readonly<Record<string, string>> = { 'a.ts': 'import { defineKernel } from \'reclaim-lab\'\nimport b from \'./b\'\nexport default defineKernel({ name: \'a\', hooks: { ...b.hooks } })', 'b.ts': 'import { defineKernel } from \'reclaim-lab\'\nimport a from \'./a\'\nexport default defineKernel({ name: \'b\', hooks: { ...a.hooks } })' }
  const kernels = readKernels(Object.keys(texts), (path) => texts[path])
  expect(hookSource(kernels[0], 'scanBalance', kernels)).toEqual({ kernel: 'a', kind: 'none' })
})

test('what a function reads of its argument', () => {
  const reads = (text: string): readonly string[] => fieldsRead(ts.createSourceFile('x.ts', text, ts.ScriptTarget.ES2023, true).statements[0])
  expect(reads('function f(a) { const b = a.one; return { two: c.two, three: a.three.four } }')).toEqual(['one', 'three'])
  expect(reads('const f = ({ one, two: three }) => one')).toEqual(['one', 'two'])
  expect(reads('function f() { return 1 }')).toEqual([])
})

test('there is a snippet for each, with the arguments that the newest kernel looks at', () => {
  expect(Object.keys({ ...HOOKS, ...NOTIFICATIONS }).filter((name) => !snippets.some(({ label, place }) => label === name && place === 'hooks'))).toEqual([])
  expect(snippets.find(({ label }) => label === 'reclaimContinue')?.insert).toBe('reclaimContinue: (args, k) => {\n\tconst { ${1:reclaimed, target} } = args\n\t$0\n\treturn k.base.reclaimContinue(args)\n},')
  expect(snippets.find(({ label }) => label === 'keepActive')?.insert).toBe('keepActive: (young, facts, k) => {\n\t$0\n\treturn k.base.keepActive(young, facts)\n},')
  expect(snippets.find(({ label }) => label === 'choice parameter')?.insert).toBe('${1:strength}: { kind: \'choice\', default: \'${2:this}\', choices: [\'${3:this}\', \'${4:that}\'], about: \'${5:What it does.}\' },')
})
