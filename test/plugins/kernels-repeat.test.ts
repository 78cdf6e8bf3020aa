/**
 * Kernel files repeat functions on purpose: a fork runs sandboxed and may import only reclaim-lab. So what stands in several of them must stay the same to the letter, or else be told apart here: a
 * fix in one can't be forgotten in another.
 */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const FILES = ['linux-6.1', 'linux-5.15', 'android-3.18'] as const
type File = (typeof FILES)[number]

/** Top-level functions of a file by name, without the comment before. */
function functionsOf(file: File): ReadonlyMap<string, string> {
  const source = readFileSync(new URL(`../../plugins/kernels/${file}.ts`, import.meta.url), 'utf8')
  return new Map([...source.matchAll(/^function (\w+)\([\s\S]*?^\}/gm)].map(([text, name]) => [name, text]))
}

/** Functions of which all kernels that have them have the same. */
const ALIKE = [
  'minFreeKbytes', 'reclaimContinue', 'keepActive', 'refaultActivate', 'initRaSize', 'nextRaSize', 'readaheadWindow', 'compactionSuitable', 'aboveHigh', 'kswapdSleep', 'memcgProtection',
]
/** 6.1's and 5.15's are the same, 3.18's is its own. */
const OLD_DIFFERS = [
  'lowmemReserve', 'watermarkBoost', 'kswapdWake', 'kswapdBalanced', 'kswapdTarget', 'kswapdPriority', 'allowDirectReclaim', 'reclaimRetry', 'scanBalance', 'inactiveIsLow', 'folioReferences',
  'pageoutDirty', 'slabScan', 'oomBadness',
]
/** 5.15's and 3.18's are the same, 6.1's is its own: it alone is measured against real runs of writeback. */
const NEW_DIFFERS = ['writebackStart', 'dirtyPause']
const ALL_DIFFER = ['zoneWatermarks', 'reclaimThrottle']

const functions = Object.fromEntries(FILES.map((file) => [file, functionsOf(file)])) as Readonly<Record<File, ReadonlyMap<string, string>>>

/** Which files share one text, as `a=b c`. */
function sharing(name: string): string {
  const byText = new Map<string, File[]>()
  for (const file of FILES) {
    const text = functions[file].get(name)
    if (text !== undefined) byText.set(text, [...(byText.get(text) ?? []), file])
  }
  return [...byText.values()].map((files) => files.join('=')).join(' ')
}

test('every function of several kernels is in one of the lists', () => {
  const names = FILES.flatMap((file) => [...functions[file].keys()])
  const repeated = [...new Set(names.filter((name, i) => names.indexOf(name) !== i))]
  expect(repeated.sort()).toEqual([...ALIKE, ...OLD_DIFFERS, ...NEW_DIFFERS, ...ALL_DIFFER].sort())
})

test('what is said to be the same is, to the letter; what differs, differs', () => {
  const seen = Object.fromEntries([...ALIKE, ...OLD_DIFFERS, ...NEW_DIFFERS, ...ALL_DIFFER].map((name) => [name, sharing(name)]))
  const here = (name: string): readonly File[] => FILES.filter((file) => functions[file].has(name))
  expect(seen).toEqual(Object.fromEntries([
    ...ALIKE.map((name) => [name, here(name).join('=')]), ...OLD_DIFFERS.map((name) => [name, 'linux-6.1=linux-5.15 android-3.18']),
    ...NEW_DIFFERS.map((name) => [name, 'linux-6.1 linux-5.15=android-3.18']), ...ALL_DIFFER.map((name) => [name, 'linux-6.1 linux-5.15 android-3.18']),
  ]))
  expect(ALIKE.every((name) => here(name).length > 1)).toBe(true)
})

test('sysctls of the same name tell the same, unless their range or default is another, or they are of zones rather than nodes', () => {
  const lines = (file: File) => new Map([...readFileSync(new URL(`../../plugins/kernels/${file}.ts`, import.meta.url), 'utf8').matchAll(/^ {4}'([\w.-]+)': (\{.*\}),$/gm)].map(([, name, text]) => [name, text]))
  const [now, mid, old] = FILES.map(lines)
  const differing = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>) => [...a.keys()].filter((name) => b.has(name) && b.get(name) !== a.get(name)).sort()
  expect(now.size).toBeGreaterThan(25)
  expect(differing(now, mid)).toEqual(['vm.watermark_scale_factor'])
  expect(differing(now, old)).toEqual(['vm.lowmem_reserve_ratio', 'vm.min_free_kbytes', 'vm.min_slab_ratio', 'vm.min_unmapped_ratio', 'vm.swappiness', 'vm.zone_reclaim_mode'])
})
