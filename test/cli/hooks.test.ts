/** `lab hooks` as a person types it. */
import { expect, test } from 'vitest'
import { HOOKS, NOTIFICATIONS } from 'reclaim-lab'
import { readSource } from '../../main/compile/sources'
import type { HookGuide } from '../../preload/contract'
import { lab, problemsOf } from './capture'

test('without a name it lists every hook, with the kernel\'s function', async () => {
  const { code, out } = await lab('hooks')
  expect(code).toBe(0)
  expect(out.split('\n').slice(2, -1).map((line) => line.split(' ')[0])).toEqual(Object.keys({ ...HOOKS, ...NOTIFICATIONS }))
  expect(out).toMatch(/^kswapdBalanced +pgdat_balanced +Is the node balanced\?$/m)
})

test('with a name: what it decides, its arguments and answers, and its line in each kernel; the code on request', async () => {
  const { out } = await lab('hooks', 'reclaimRetry', '--source', 'android-3.18')
  expect(out).toMatch(/^reclaimRetry\(args: ReclaimRetryArgs, k: K\): boolean\n\nReclaim once more \(true\), or go on to the OOM killer \(false\)\?\nWhen: after direct reclaim/)
  expect(out).toMatch(/^noProgressLoops: number +Rounds in a row without progress, this one included\.$/m)
  const line = Number(/^android-3\.18 +plugins\/kernels\/android-3\.18\.ts:(\d+) +mm\/page_alloc\.c:__alloc_pages_slowpath\. Any progress/m.exec(out)?.[1])
  expect(readSource('plugins/kernels/android-3.18.ts').split('\n')[line - 1]).toMatch(/^function reclaimRetry\(/)
  expect(out).toMatch(/\nfunction reclaimRetry\(\{ didSomeProgress \}[^\n]*\n {2}return didSomeProgress\n\}\n/)
  expect(out).not.toContain('should_reclaim_retry(')
})

test('a kernel without the decision says so; --json has everything', async () => {
  expect((await lab('hooks', 'inactiveIsLowInZone')).out).toMatch(/^linux-6\.1 +has no such decision\nlinux-5\.15 +has no such decision\nandroid-3\.18 +plugins\//m)
  const [hook, ...more] = JSON.parse((await lab('hooks', 'swapAdmit', '--json')).out) as readonly HookGuide[]
  expect(more).toEqual([])
  expect(hook.sources.map(({ kernel, kind }) => [kernel, kind])).toEqual([['linux-6.1', 'inline'], ['linux-5.15', 'inline'], ['android-3.18', 'inline']])
})

test.each([
  [['hooks', 'scanbalence'], 'name', /there is no hook "scanbalence"\. Did you mean "scanBalance"\?/],
  [['hooks', 'swapAdmit', '--source', 'linux-6'], '--source', /there is no kernel "linux-6": one of linux-6\.1, linux-5\.15, android-3\.18, or all/],
  [['hooks', '--source', 'all'], '--source', /needs the name of a hook/],
])('%j is refused', async (argv, path, message) => {
  const refused = await lab(...argv, '--json')
  expect(refused.code).toBe(2)
  expect(problemsOf(refused)).toEqual([{ path, message: expect.stringMatching(message) as string }])
})
