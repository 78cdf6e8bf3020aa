/** The gfp decoder: what seed 000 walks through for anonymous pages, for any mask. */
import { expect, test } from 'vitest'
import { explainGfp, parseGfp } from '../../../main/lab/explain/gfp'
import { GFP_FLAGS, GFP_SETS } from '../../../main/lab/explain/gfp-flags'
import type { GfpExplanation } from '../../../preload/contract'

function explained(text: string): GfpExplanation {
  const result = explainGfp(text)
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.value
}

const answers = (text: string) => Object.fromEntries(explained(text).follows.map((follow) => [follow.topic, follow.answer]))

test('seed 000: GFP_HIGHUSER_MOVABLE carries __GFP_RECLAIM, so ALLOC_KSWAPD is set and kswapd is woken', () => {
  const gfp = explained('GFP_HIGHUSER_MOVABLE')
  expect(gfp).toMatchObject({ mask: '0x100cca', name: 'GFP_HIGHUSER_MOVABLE', migrateType: 'Movable', highestZone: 'Movable', minShare: 1 })
  expect(gfp.flags.map((flag) => flag.name)).toEqual(['__GFP_HIGHMEM', '__GFP_MOVABLE', '__GFP_IO', '__GFP_FS', '__GFP_DIRECT_RECLAIM', '__GFP_KSWAPD_RECLAIM', '__GFP_HARDWALL'])
  expect(gfp.allocFlags.fast).toContain('ALLOC_KSWAPD')
  expect(gfp.allocFlags.slow).toEqual(['ALLOC_WMARK_MIN', 'ALLOC_CPUSET', 'ALLOC_KSWAPD'])
  expect(answers('0x100cca')).toMatchObject({ kswapd: 'yes', sleep: 'yes', reclaim: 'yes', oom: 'depends', reserves: 'no' })
  expect(explained('0x100cca')).toEqual(gfp)
})

test.each([
  // mask, highest zone, migrate type, share of MIN, kswapd, sleep, oom
  ['GFP_KERNEL', 'Normal', 'Unmovable', 1, 'yes', 'yes', 'depends'],
  ['GFP_ATOMIC', 'Normal', 'Unmovable', 0.375, 'yes', 'no', 'no'],
  ['GFP_ATOMIC|__GFP_NOMEMALLOC', 'Normal', 'Unmovable', 0.5, 'yes', 'no', 'no'],
  ['GFP_NOWAIT', 'Normal', 'Unmovable', 1, 'yes', 'no', 'no'],
  ['GFP_NOFS', 'Normal', 'Unmovable', 1, 'yes', 'yes', 'no'],
  ['GFP_KERNEL|__GFP_MEMALLOC', 'Normal', 'Unmovable', 0, 'yes', 'yes', 'depends'],
  ['GFP_KERNEL|__GFP_RECLAIMABLE', 'Normal', 'Reclaimable', 1, 'yes', 'yes', 'depends'],
  ['GFP_KERNEL|__GFP_NORETRY', 'Normal', 'Unmovable', 1, 'yes', 'yes', 'no'],
  ['GFP_KERNEL|__GFP_RETRY_MAYFAIL', 'Normal', 'Unmovable', 1, 'yes', 'yes', 'no'],
  ['GFP_KERNEL|GFP_DMA', 'DMA', 'Unmovable', 1, 'yes', 'yes', 'no'],
  ['GFP_KERNEL|GFP_DMA32', 'DMA32', 'Unmovable', 1, 'yes', 'yes', 'no'],
  ['GFP_TRANSHUGE_LIGHT', 'Movable', 'Movable', 1, 'no', 'no', 'no'],
] as const)('%s', (text, highestZone, migrateType, minShare, kswapd, sleep, oom) => {
  expect(explained(text)).toMatchObject({ highestZone, migrateType, minShare })
  expect(answers(text)).toMatchObject({ kswapd, sleep, oom })
})

test('masks and words of every spelling give the same', () => {
  const mask = (text: string) => parseGfp(text)
  for (const text of ['GFP_KERNEL|__GFP_NOWARN', 'gfp_kernel, __gfp_nowarn', ' GFP_KERNEL + ___GFP_NOWARN ', '0xcc0|0x2000', '0x2cc0', '11456', '0x2cc0u']) expect([text, mask(text)]).toEqual([text, { ok: true, value: 0x2cc0 }])
  expect(mask('GFP_KERNEL & ~__GFP_FS')).toEqual({ ok: true, value: 0xc40 })
  expect(explained('GFP_KERNEL & ~__GFP_FS').name).toBe('GFP_NOFS')
  expect(explained('GFP_KERNEL|__GFP_ZERO|__GFP_ACCOUNT').name).toBe('GFP_KERNEL|__GFP_ZERO|__GFP_ACCOUNT')
})

test('the sets are what their names say, and no two flags share a bit', () => {
  for (const [name, bits] of Object.entries(GFP_SETS)) expect([name, parseGfp(explained(name).name)]).toEqual([name, { ok: true, value: bits }])
  expect(GFP_FLAGS.reduce((sum, flag) => sum + flag.mask, 0)).toBe(0xffffff)
})

test.each([
  ['', /is empty; give flags such as GFP_KERNEL\|__GFP_NOWARN/],
  ['GFP_KERNAL', /there is no gfp flag "GFP_KERNAL"\. Did you mean "GFP_KERNEL"\?/],
  ['0x4000000', /0x4000000 has bits that are no gfp flags of linux-6\.1: 0x4000000/],
  ['GFP_KERNEL &~', /ends in ~/],
  ['x'.repeat(600), /has 600 characters; at most 500/],
  ['constructor', /there is no gfp flag "constructor"/],
])('%s is refused with what would do', (text, message) => {
  const result = explainGfp(text)
  expect(result.ok).toBe(false)
  if (!result.ok) expect(result.problems[0].message).toMatch(message)
})

test('every answer is there in both languages', () => {
  for (const name of Object.keys(GFP_SETS)) {
    for (const { text } of [...explained(name).follows, ...explained(name).flags.map((flag) => ({ text: flag.about }))]) {
      expect(text.en).not.toMatch(/[\u4e00-\u9fff]/)
      expect(text.zh).toMatch(/[\u4e00-\u9fff]/)
    }
  }
})
