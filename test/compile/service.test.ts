import { afterAll, expect, test } from 'vitest'
import { createCompileService } from '../../main/compile/service'
import { policyWith } from './compiler'

const service = createCompileService()
afterAll(() => service.dispose())

test('it compiles in its own thread, and the same text comes from the cache', async () => {
  const first = await service.compile('a.ts', policyWith('let x = 1'))
  const again = await service.compile('a.ts', policyWith('let x = 1'))
  expect(first).toMatchObject({ ok: true, errors: [] })
  expect(first.ms).toBeGreaterThan(0)
  expect(again).toEqual({ ...first, ms: 0 })
})

test('requests that overlap get their own answers', async () => {
  const results = await Promise.all(['fetch(1)', 'let ok = 1', 'process.exit()'].map((body, i) => service.compile(`${i}.ts`, policyWith(body))))
  expect(results.map(result => [result.file, result.ok])).toEqual([['0.ts', false], ['1.ts', true], ['2.ts', false]])
  expect(results[0]?.errors[0]?.path).toBe('0.ts:2')
})

test('it hands out the API\'s declarations', async () => {
  expect(await service.apiTypes()).toContain('declare module \'reclaim-lab\'')
})

test('it tells of the API, and of what stands where in a text', async () => {
  const text = policyWith('', 'swapAdmit: () => true,')
  expect((await service.guide()).hooks.length).toBeGreaterThan(30)
  expect(await service.hookPlaces(text)).toMatchObject([{ hook: 'swapAdmit', use: 'declared', line: 3 }])
  expect(await service.insertPlace(text, text.indexOf(' } })'))).toMatchObject({ place: 'hooks', present: ['swapAdmit'] })
})

test('types that never end cost their own file only: the thread is replaced', async () => {
  const own = createCompileService({ limitMs: 8_000 })
  const endless = 'type Grow<T extends unknown[], N extends number> = T["length"] extends N ? T : Grow<[...T, 1], N> | Grow<[...T, 2], N>\nconst g: Grow<[], 40> = null!'
  // Time or memory runs out first, as the machine has it; the file is told either way.
  const [result, ...waiting] = await Promise.all([own.compile('endless.ts', policyWith(endless)), own.compile('next.ts', policyWith('let x = 1')), own.compile('bad.ts', policyWith('fetch(1)'))])
  // Who waited behind it is served by the next thread.
  expect(waiting.map(({ ok, errors }) => [ok, errors.map(({ path }) => path)])).toEqual([[true, []], [false, ['bad.ts:2']]])
  expect(result).toMatchObject({ ok: false, errors: [{ path: 'endless.ts:1', message: expect.stringMatching(/^this file could not be checked: ./) as string }] })
  expect(await own.apiTypes()).toContain('definePolicy')
  await own.dispose()
})

test('closed is closed', async () => {
  const own = createCompileService()
  await own.dispose()
  expect(await own.compile('a.ts', policyWith(''))).toMatchObject({ ok: false, errors: [{ message: expect.stringContaining('has been closed') as string }] })
})
