/** Stacks of policies in variants: how places are written, what is refused before anything runs. */
import { expect, test } from 'vitest'
import type { Result } from '../../preload/contract'
import { PRESETS } from '../../main/lab/presets'
import type { PolicyLibrary, ResolvedPolicy } from '../../main/lab/policy-library'
import { resolveStack, stackProblems } from '../../main/lab/stack'
import { readPlace } from '../../main/runner/policy-place'

test.each([
  ['', {}], ['2000..4000', { fromNs: 2e9, untilNs: 4e9 }], ['..4000', { untilNs: 4e9 }], ['4000..', { fromNs: 4e9 }],
  ['memcg:a/x', { scope: { memcg: 'a/x' } }], ['node:1@1000..', { scope: { node: 1 }, fromNs: 1e9 }], ['1000..@node:0@memcg:a', { scope: { node: 0, memcg: 'a' }, fromNs: 1e9 }],
] as const)('"%s"', (text, place) => expect(readPlace(text)).toEqual(place))

test.each([['soon', /neither a time/], ['node:x', /neither/], ['4000..2000', /ends before it begins/], ['0..0', /ends before/], ['memcg:', /neither/]] as const)('"%s" is refused', (text, said) => {
  expect(readPlace(text)).toMatch(said)
})

const owner = (name: string): ResolvedPolicy => ({ name, text: '', params: [], hooks: name === 'le9' ? ['scanBalance'] : ['evictFolios'], compiled: { file: `${name}.ts`, code: '', hash: name } })
const library: Pick<PolicyLibrary, 'resolve'> = {
  resolve: async (ref): Promise<Result<ResolvedPolicy>> => (ref.kind === 'name' && ref.name !== 'nobody' ? { ok: true, value: owner(ref.name) } : { ok: false, problems: [{ path: 'p', message: 'there is no policy' }] }),
}
const scenario = PRESETS.find(({ id }) => id === 'noisy-neighbour')?.scenario
if (scenario === undefined) throw new Error('no preset noisy-neighbour')
const { machine } = scenario

async function problems(...uses: readonly string[]): Promise<readonly string[]> {
  const stack = await resolveStack(uses, 'v', library as PolicyLibrary)
  if (!stack.ok || scenario === undefined) return stack.ok ? [] : stack.problems.map(({ message }) => message)
  return stackProblems(stack.value, { ...scenario, machine }, 'v').map(({ path, message }) => `${path}: ${message}`)
}

test('names, places and clashes are checked before anything runs', async () => {
  expect(await problems('lfu', 'le9')).toEqual([])
  expect(await problems('lfu@..2000', 'fifo@2000..')).toEqual([])
  expect(await problems('lfu@memcg:victim', 'fifo@memcg:neighbour', 'le9@node:0')).toEqual([])
  expect(await problems('nobody')).toEqual(['there is no policy'])
  expect(await problems('lfu@later')).toEqual([expect.stringMatching(/neither a time/)])
  expect(await problems('lfu', 'fifo')).toEqual([expect.stringMatching(/^v\[1\]: lfu and fifo both choose every page/)])
  expect(await problems('lfu@..2000', 'fifo@1999..')).toHaveLength(1)
  expect(await problems('lfu@memcg:victim', 'fifo')).toHaveLength(1)
  expect(await problems('lfu@memcg:nobody')).toEqual([expect.stringMatching(/no memory cgroup/)])
  expect(await problems('lfu@node:7')).toEqual([expect.stringMatching(/no node 7/)])
})
