/** `lab proc`, `lab gfp`, `lab marks`, `lab follow` and `lab run --events` as a person types them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ImportSummary } from '../../preload/contract'
import { lab, problemsOf } from './capture'

let folder: string
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'cli-views-')) })
afterAll(() => rm(folder, { recursive: true, force: true }))

const PRESET = 'seed-000-raise-min-free'

test('proc prints a file at a time, and import takes it back', async () => {
  const { code, out, err } = await lab('proc', 'zoneinfo', PRESET, '--at', '700')
  expect([code, err]).toEqual([0, ''])
  expect(out).toContain('Node 0, zone    DMA32\n  pages free     757824\n        boost    0\n        min      565534\n        low      706917\n        high     848300\n')
  const path = join(folder, 'zoneinfo')
  await writeFile(path, out)
  const imported = JSON.parse((await lab('import', path, '--json')).out) as ImportSummary
  expect(imported.scenario.machine.zones.map((zone) => [zone.name, zone.managed, zone.free])).toEqual([['DMA', 3840, 3840], ['DMA32', 758_592, 757_824], ['Normal', 243_597, 145_221]])
  expect(imported.scenario.sysctls).toEqual({ 'vm.min_free_kbytes': 3_000_000 })
})

test('proc as JSON has the time and every file; --set and --policy count', async () => {
  const { out } = await lab('proc', '/proc/meminfo', PRESET, '--at', '1.5', '--set', 'vm.min_free_kbytes=20000', '--policy', 'watermark-early', '--json')
  const { t, files } = JSON.parse(out) as { readonly t: number; readonly files: Readonly<Record<string, string>> }
  expect(t).toBe(1.5e6)
  expect(Object.keys(files)).toEqual(['zoneinfo', 'buddyinfo', 'pagetypeinfo', 'extfrag_index', 'pageblocks', 'lru_gen', 'vmstat', 'meminfo', 'swaps', 'pressure/memory', 'pressure/io', 'sysctl', 'cgroup'])
  expect(files['sysctl']).toContain('vm.min_free_kbytes = 20000\n')
  expect(files['meminfo']).toMatch(/^MemTotal: +4024116 kB\n/)
})

test.each([
  [['proc', 'slabinfo', PRESET], '<file>', /must be one of zoneinfo, buddyinfo, pagetypeinfo, extfrag_index, pageblocks, lru_gen, vmstat, meminfo, swaps, pressure\/memory, pressure\/io, sysctl, cgroup, not "slabinfo"/],
  [['proc', 'zoneinfo', PRESET, '--at', 'noon'], '--at', /must be a time in ms, such as 1500, not "noon"/],
  [['proc', 'zoneinfo', 'seed-00'], 'scenario', /there is no preset "seed-00"/],
  [['gfp', 'GFP_ATOMICK'], 'gfp', /Did you mean "GFP_ATOMIC"\?/],
  [['marks', PRESET, '--kernel', 'linux-6.2'], '--kernel', /there is no kernel "linux-6\.2"\. Did you mean "linux-6\.1"\?/],
  [['marks', PRESET, '--set', 'vm.min_free=1'], '--set vm.min_free', /has this sysctl here\. Did you mean "vm\.min_free_kbytes"\?/],
] as const)('%s is refused', async (argv, path, message) => {
  const answer = await lab(...argv, '--json')
  expect(answer.code).toBe(2)
  const [problem] = problemsOf(answer)
  expect(problem.path).toBe(path)
  expect(problem.message).toMatch(message)
})

test('gfp tells flags, zones, alloc flags and what follows', async () => {
  const { code, out } = await lab('gfp', 'GFP_ATOMIC')
  expect(code).toBe(0)
  expect(out).toMatch(/^GFP_ATOMIC = 0xa20\n/)
  expect(out).toContain('slow path  ALLOC_WMARK_MIN | ALLOC_HIGH | ALLOC_HARDER | ALLOC_KSWAPD\n')
  expect(out).toMatch(/^reserves +yes +may go below MIN, down to 37\.5 % of it$/m)
  expect(out).toMatch(/^sleep +no /m)
  expect(JSON.parse((await lab('gfp', '0xa20', '--json')).out)).toMatchObject({ name: 'GFP_ATOMIC', minShare: 0.375 })
})

test('marks: a preset in three kernels; a listing with the kernel that explains it', async () => {
  const { out } = await lab('marks', 'seed-003-180gib', '--json')
  const marks = JSON.parse(out) as readonly { readonly kernel: string; readonly sumMin: number; readonly zones: readonly { readonly high: number }[] }[]
  expect(marks.map(({ kernel, sumMin, zones }) => [kernel, sumMin, zones[1].high])).toEqual([['linux-6.1', 786_431, 10_707], ['linux-5.15', 786_431, 10_707], ['android-3.18', 786_431, 10_708]])
  const path = join(folder, 'listing')
  await writeFile(path, 'Node 0, zone Normal\n  pages free     9000\n        min      1000\n        low      1250\n        high     1500\n        managed  200000\nNode 0, zone Movable\n pages free 0\n min 0\n low 0\n high 0\n managed 0\n')
  const listing = await lab('marks', path, '-k', 'android-3.18', '--set', 'vm.extra_free_kbytes=4000')
  expect(listing.out).toContain('exactly those that linux-6.1 computes.')
  expect(listing.out).toMatch(/^android-3\.18: vm\.min_free_kbytes 4,000 kB = 1,000 pages$/m)
  expect(listing.out).toMatch(/^0 Normal +200,000 +1,000 +2,250 +2,500$/m)
})

test('run --events says in words who woke kswapd', async () => {
  const { out } = await lab('run', PRESET, '--events')
  const words = out.replace(/\s+/g, ' ')
  expect(words).toContain('memhog-300M woke kswapd of node 0. memhog-300M asked for one page with GFP_HIGHUSER_MOVABLE, by way of asm_exc_page_fault')
  expect(words).toContain('Normal has 145,221 free, must have more than mark 227,002 and is 81,782 short')
})

test('follow tells several pages one after the other, as JSON in a list', async () => {
  const places = ['--page', 'app:heap:20000', '--page', 'file:/dev/shm/shared:20000']
  const { code, out } = await lab('follow', 'anon-and-tmpfs', ...places, '--json')
  expect(code).toBe(0)
  const lives = JSON.parse(out) as readonly { readonly page: string; readonly digest: string; readonly events: readonly unknown[] }[]
  expect(lives.map(({ page }) => page)).toEqual(['app:heap:20000', 'file:/dev/shm/shared:20000'])
  expect(lives[0].digest).toBe(lives[1].digest)
  const text = (await lab('follow', 'anon-and-tmpfs', ...places)).out
  expect(text).toContain('Its PTE becomes a swap entry')
  expect(text).toContain('Place 20000 of /dev/shm/shared in the mapping holds the swap entry now')
})
