/**
 * The shape of a scenario in zod, one object of `main/engine/sim/scenario.ts` after the other. Only what one value alone can tell is here; what needs two is in
 * `check-machine.ts` and `check-workload.ts`. Error texts complete the sentence "must be …".
 */
import { z } from 'zod'
import {
  MAX_COUNT, MAX_CPUS, MAX_DISKS, MAX_FILES, MAX_LISTED, MAX_MEMCGS, MAX_MS, MAX_NODES, MAX_ORDER, MAX_PAGES, MAX_PHASES, MAX_PROCESSES, MAX_RATE, MAX_SWAP_AREAS, MAX_TREE_FILES, MAX_TREES, PROFILES, ZONE_NAMES,
} from './limits'
import { didYouMean, showNumber } from './problems'

type Shape = Readonly<Record<string, z.core.SomeType>>

// ---- the building blocks ----------------------------------------------------------------------------------------------

/** An object without other keys. One line of the message per unknown key, in their order. */
function strict<S extends Shape>(shape: S, what: string) {
  const known = Object.keys(shape)
  return z.strictObject(shape, {
    error: issue => issue.code === 'unrecognized_keys'
      ? (issue.keys as readonly string[]).map(key => `is not known here.${didYouMean(key, known)} Known: ${known.join(', ')}`).join('\n')
      : what,
  })
}

function whole(min: number, max: number, unit = '') {
  const error = `a whole number from ${showNumber(min)} to ${showNumber(max)}${unit && ` (${unit})`}`
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error })
}

function real(min: number, max: number, unit = '') {
  const error = `a number from ${showNumber(min)} to ${showNumber(max)}${unit && ` (${unit})`}`
  return z.number({ error }).min(min, { error }).max(max, { error })
}

function words<const W extends readonly [string, ...string[]]>(allowed: W) {
  return z.enum(allowed, { error: `one of ${allowed.map(word => `"${word}"`).join(', ')}` })
}

function text(pattern: RegExp, what: string) {
  return z.string({ error: what }).regex(pattern, { error: what })
}

function list<T extends z.core.SomeType>(item: T, min: number, max: number, what: string) {
  const error = `a list of ${showNumber(min)} to ${showNumber(max)} ${what}`
  return z.array(item, { error }).min(min, { error }).max(max, { error })
}

const flag = () => z.union([z.literal(0), z.literal(1)], { error: '0 or 1' })
const pages = (min = 0) => whole(min, MAX_PAGES, 'pages')
const ms = (min = 0) => real(min, MAX_MS, 'ms')
const name = (what: string) => text(/^[^\p{Cc}\p{Cs}]{1,64}$/u, `${what}: 1 to 64 characters, no control characters`)
const memcgPath = () => text(/^(?=.{1,128}$)[A-Za-z0-9_-]{1,64}(\/[A-Za-z0-9_-]{1,64}){0,7}$/, 'the path of a memory cgroup such as "a" or "a/b": letters, digits, - and _, at most 8 levels')
const region = () => text(/^[A-Za-z_][\w-]{0,31}$/, 'the name of a region: a letter, then letters, digits, - or _, at most 32')
const anyText = () => z.string({ error: 'a text' })
const texts = () => strict({ en: anyText(), zh: anyText() }, 'texts { "en": …, "zh": … }')

// ---- machine ----------------------------------------------------------------------------------------------------------

const lru = strict({ inactiveAnon: pages(), activeAnon: pages(), inactiveFile: pages(), activeFile: pages(), unevictable: pages() }, 'LRU sizes in pages')

const zone = strict({
  node: whole(0, MAX_NODES - 1).describe('NUMA node, numbered from 0.'),
  name: words(ZONE_NAMES),
  managed: pages(1).describe('Pages the allocator manages.'),
  present: pages().optional().describe('Defaults to managed.'),
  spanned: pages().optional().describe('Defaults to present.'),
  managedAtWmarkSetup: pages().optional().describe('Managed pages when the marks were first computed, if that was fewer.'),
  free: pages().optional().describe('Free pages at the start; the rest of managed, less LRU and pcp, is kernel memory. Defaults to all that is left.'),
  freeByOrder: list(whole(0, MAX_PAGES), 11, 11, 'block counts, orders 0 to 10').optional().describe('Free blocks by order 0..10, as /proc/buddyinfo prints them; they must add up to free.'),
  pcp: pages().optional().describe('Pages in the per-cpu lists at the start.'),
  lru: lru.optional().describe('LRU sizes at the start.'),
  marks: strict({ min: pages(), low: pages(), high: pages() }, 'marks { min, low, high } in pages').optional()
    .describe('Marks to start with, when they are not what the formula gives. A later write to a watermark sysctl recomputes them.'),
}, 'a zone')

const disk = strict({
  name: text(/^[a-z][a-z0-9]{0,15}$/, 'the name of a disk, such as "vda": lower-case letters and digits, at most 16'),
  readLatencyUs: real(0, 60_000_000, 'µs'),
  writeLatencyUs: real(0, 60_000_000, 'µs'),
  iops: real(0, MAX_RATE, 'requests a second; 0 = no limit'),
  bytesPerSec: real(0, 1e12, 'bytes a second; 0 = no limit'),
  burstMs: ms().describe('Bucket size of the throttle as time at the full rate.'),
  tags: whole(1, 65_536, 'requests in flight'),
  maxRequestKb: whole(4, 1_048_576, 'kB'),
  maxSegments: whole(1, 65_536, 'segments').optional(),
  readaheadPages: whole(0, 65_536, 'pages'),
  rotational: flag().optional(),
  stalls: list(strict({ atMs: ms(), ms: ms(0.001) }, 'a stall { atMs, ms }'), 0, 1000, 'stalls').optional().describe('Fault injection: from atMs on the disk answers nothing for ms.'),
  throttle: name('the name of a throttle').optional().describe('Disks with the same name share one throttle.'),
}, 'a disk')

const diskRef = () => anyText().describe('Name of a disk of this machine.')
const priority = () => whole(-32_768, 32_767)
const lengths = () => z.tuple([whole(1, 4096, 'bytes'), whole(1, 4096, 'bytes')], { error: 'two lengths in bytes, the least and the most' })
const share = () => real(0, 1, 'of all pages')
const compressed = z.union([
  strict({ share: share(), same: z.literal(1) }, 'a kind of page'),
  strict({ share: share(), bytes: lengths() }, 'a kind of page'),
], { error: 'a kind of page: { "share": …, "same": 1 } or { "share": …, "bytes": [least, most] }, lengths from 1 to 4,096 bytes' })
const swap = z.discriminatedUnion('kind', [
  strict({ kind: z.literal('disk'), disk: diskRef(), pages: pages(1), priority: priority() }, 'a swap area'),
  strict({
    kind: z.literal('zram'), pages: pages(1), priority: priority(), compressedBytes: lengths().optional(),
    compressed: list(compressed, 1, 64, 'kinds of pages').optional().describe('Kinds of pages and their shares, which add up to 1: same-filled ones take no memory, others compress to a length in bytes.'),
    memLimitPages: pages().optional().describe('mem_limit: writes fail while the pool holds more. Defaults to 0, no limit.'),
  }, 'a swap area'),
], { error: 'a swap area of kind "disk" or "zram"' })

const machine = strict({
  cpus: whole(1, MAX_CPUS),
  profile: text(new RegExp(`^(${PROFILES.join('|')})$`), `one of ${PROFILES.map(profile => `"${profile}"`).join(', ')}`).describe('Named costs of CPU work.'),
  preemption: words(['none', 'voluntary', 'full']),
  hz: whole(24, 10_000, 'timer ticks a second'),
  zones: list(zone, 1, MAX_NODES * ZONE_NAMES.length, 'zones'),
  distances: list(list(whole(10, 255), 1, MAX_NODES, 'distances'), 1, MAX_NODES, 'rows of distances').optional()
    .describe('Distances between nodes, row by row. Defaults to 10 on the diagonal and 20 elsewhere.'),
  disks: list(disk, 0, MAX_DISKS, 'disks'),
  swap: list(swap, 0, MAX_SWAP_AREAS, 'swap areas'),
  thp: words(['never', 'madvise', 'always']),
  tlbFlushUs: whole(0, 1_000_000, 'µs').optional(),
  kernelMemory: strict({ slabReclaimable: pages(), slabUnreclaimable: pages(), pageTables: pages(), kernelStack: pages() }, 'kernel memory in pages').optional(),
}, 'a machine')

// ---- workload ---------------------------------------------------------------------------------------------------------

const pattern = {
  pat: words(['seq', 'rand', 'zipf', 'list']),
  start: pages(),
  len: pages(1),
  count: whole(0, MAX_COUNT, 'touches'),
  rate: real(0, MAX_RATE, 'touches a second; 0 = as fast as it goes'),
  s: real(0, 20, 'exponent of zipf').optional(),
  stride: pages(1).optional(),
  list: list(pages(), 1, MAX_LISTED, 'pages').optional().describe('Of pat "list": the pages in the order of their touches, from start on. len is how many.'),
  atMs: list(ms(), 1, MAX_LISTED, 'times in ms').optional().describe('Of pat "list": when each touch is due, ms since the workload started, in order. Without it rate says.'),
  seed: whole(0, 2 ** 32 - 1).optional().describe("mulberry32's state. Without it the run's seed gives one."),
  dur: ms().optional().describe('Ends the phase at the first check after this many ms.'),
}

const phase = z.discriminatedUnion('op', [
  strict({ op: z.literal('map'), r: region(), pages: pages(1), huge: flag().optional(), exec: flag().optional() }, 'a phase'),
  strict({ op: z.literal('unmap'), r: region() }, 'a phase'),
  strict({ op: z.literal('dontneed'), r: region(), start: pages(), len: pages(1), stride: pages(1), run: pages(1) }, 'a phase'),
  strict({ op: z.enum(['open', 'mmapf']), r: region(), path: anyText(), pages: pages(1), adv: words(['normal', 'random', 'seq']), exec: flag().optional() }, 'a phase'),
  strict({ op: z.literal('touch'), r: region(), rw: words(['r', 'w', 'f']), fillb: whole(0, 4096, 'bytes').optional(), ...pattern }, 'a phase'),
  strict({ op: z.enum(['fread', 'fwrite']), r: region(), ...pattern }, 'a phase'),
  strict({ op: z.literal('stat'), path: anyText(), read: flag().optional(), keepOpen: flag().optional(), ...pattern }, 'a phase')
    .describe('Looks up files of a tree; the pattern\'s pages are file numbers. "read" also reads each, "keepOpen" leaves each open until the process ends.'),
  strict({ op: z.literal('fsync'), r: region() }, 'a phase'),
  strict({ op: z.literal('fadvise'), r: region(), advice: words(['dontneed']), start: pages(), len: pages(1) }, 'a phase'),
  strict({ op: z.literal('truncate'), r: region(), start: pages() }, 'a phase'),
  strict({ op: z.literal('drop_caches'), what: z.union([z.literal(1), z.literal(2), z.literal(3)], { error: '1 (page cache), 2 (slab) or 3 (both)' }) }, 'a phase'),
  strict({ op: z.literal('work'), us: real(0.001, 1_000_000_000, 'µs'), everyMs: real(0.001, MAX_MS, 'ms'), count: whole(0, 1_000_000_000, 'times'), statRefresh: flag().optional() }, 'a phase').describe('Uses the CPU for so long, every so often: a daemon\'s own work.'),
  strict({
    op: z.literal('netrx'), pages: whole(1, 1_048_576, 'pages'), order: whole(0, MAX_ORDER), everyMs: real(0.001, MAX_MS, 'ms'), count: whole(0, 100_000_000, 'bursts'), holdMs: ms(),
  }, 'a phase').describe('Network receive: bursts of GFP_ATOMIC requests from an interrupt, held for a while. What fails is dropped.'),
  strict({
    op: z.literal('lock'), name: name('the name of a lock'), kind: words(['mutex', 'rwsem', 'semaphore']), mode: words(['read', 'write']).optional(), permits: whole(1, MAX_PROCESSES, 'holders').optional(),
  }, 'a phase').describe('Takes a sleeping lock that all processes share by its name; waits for it in uninterruptible sleep.'),
  strict({ op: z.literal('unlock'), name: name('the name of a lock') }, 'a phase'),
  strict({ op: z.literal('stall'), disk: diskRef(), ms: ms(0.001) }, 'a phase').describe('Fault injection: from now on the disk answers nothing for so long.'),
  strict({ op: z.literal('sleep'), ms: ms() }, 'a phase'),
  strict({ op: z.literal('at'), ms: ms() }, 'a phase'),
  strict({ op: z.literal('signal'), k: whole(0, 65_535) }, 'a phase'),
  strict({ op: z.literal('await'), k: whole(0, 65_535), n: whole(0, MAX_PHASES) }, 'a phase'),
  strict({ op: z.literal('sysctl'), path: anyText(), v: z.union([z.number(), z.string()], { error: 'a number, or a text with several' }) }, 'a phase'),
  strict({
    op: z.literal('memcg'), path: memcgPath(), v: z.union([whole(0, MAX_PAGES, 'pages'), z.literal('max')], { error: `a whole number from 0 to ${showNumber(MAX_PAGES)} (pages), or "max"` }),
    knob: words(['memory.min', 'memory.low', 'memory.high', 'memory.max', 'memory.reclaim', 'memory.swap.high', 'memory.swap.max', 'memory.oom.group', 'memory.limit_in_bytes', 'memory.soft_limit_in_bytes', 'memory.swappiness']),
  }, 'a phase').describe('Writes to a file of a memory cgroup, in pages. The process does the reclaim that this causes.'),
  strict({ op: z.literal('rmdir'), path: memcgPath() }, 'a phase').describe('Removes a memory cgroup in which no process lives any more.'),
  strict({ op: z.literal('snap'), label: anyText(), set1: anyText().optional(), set2: anyText().optional(), set3: anyText().optional() }, 'a phase'),
  strict({ op: z.literal('exit') }, 'a phase'),
], { error: 'a phase whose "op" is one of map, unmap, dontneed, open, mmapf, touch, fread, fwrite, stat, fsync, fadvise, truncate, drop_caches, work, netrx, lock, unlock, stall, sleep, at, signal, await, sysctl, memcg, rmdir, snap, exit' })

const processSpec = strict({
  name: name('the name of a process'),
  phases: list(phase, 1, MAX_PHASES, 'phases'),
  nice: whole(-20, 19).optional(),
  oomScoreAdj: whole(-1000, 1000).optional(),
  daemon: flag().optional(),
  node: whole(0, MAX_NODES - 1).optional().describe('NUMA node on one of whose CPUs it runs. CPUs are dealt to nodes in turn.'),
  memcg: memcgPath().optional().describe('Its memory cgroup, one of "memcgs". Defaults to the root.'),
}, 'a process')

const memcg = strict({
  path: memcgPath(),
  min: pages().optional().describe('memory.min: pages that reclaim never takes. cgroup v2.'),
  low: pages().optional().describe('memory.low: pages that reclaim takes only when nobody else has any. cgroup v2.'),
  high: pages().optional().describe('memory.high: pages above which its processes must reclaim and wait. cgroup v2.'),
  max: pages().optional().describe('memory.max (v1: memory.limit_in_bytes), in pages.'),
  swapHigh: pages().optional().describe('memory.swap.high. cgroup v2.'),
  swapMax: pages().optional().describe('memory.swap.max: swap slots. cgroup v2.'),
  softLimit: pages().optional().describe('memory.soft_limit_in_bytes, in pages: whoever is above it gives first. cgroup v1.'),
  swappiness: whole(0, 200).optional().describe("memory.swappiness; defaults to its parent's. cgroup v1."),
  oomGroup: flag().optional().describe('memory.oom.group: the OOM killer takes all of it or nothing. cgroup v2.'),
}, 'a memory cgroup')

const cgroup = strict({
  version: z.union([z.literal(1), z.literal(2)], { error: '1 or 2' }).optional().describe('Defaults to 2.'),
  recursiveProt: flag().optional().describe('Mount option memory_recursiveprot; defaults to 1. cgroup v2.'),
}, 'how cgroups are mounted: { "version": 2, "recursiveProt": 1 }')

const file = strict({
  path: text(/^\/[^\p{Cc}\p{Cs}]{1,254}$/u, 'an absolute path of at most 255 characters'),
  pages: pages(1),
  disk: diskRef().optional(),
  tmpfs: flag().optional().describe('1: shared memory without a disk; its pages go to swap. It starts empty and keeps its pages until it is truncated.'),
  preallocated: flag().optional().describe('1: made by fallocate, its blocks never written. Pages that are written for the first time stay under writeback until a stretch of up to 2,048 of them is on disk.'),
}, 'a file')

const tree = strict({
  path: text(/^\/[^\p{Cc}\p{Cs}]{1,254}$/u, 'an absolute path of at most 255 characters'),
  files: whole(1, MAX_TREE_FILES, 'files').describe('Small files, of one page each.'),
  filesPerDirectory: whole(1, 1_000_000, 'files').optional().describe('Defaults to 32.'),
  disk: diskRef(),
}, 'a tree')

const sysctlValue = z.union([z.number(), z.array(z.number()).max(64)], { error: 'a number, or a list of numbers' })

export const scenarioShape = strict({
  format: z.literal(1, { error: '1, the version of this format' }),
  id: text(/^(?=.{1,80}$)[a-z0-9]+(-[a-z0-9]+)*$/, 'lower-case words joined by "-", at most 80 characters'),
  title: texts(),
  about: texts(),
  machine,
  sysctls: z.record(z.string(), sysctlValue, { error: 'an object of sysctl names and values, such as { "vm.swappiness": 60 }' })
    .describe("Values that differ from the kernel's defaults."),
  files: list(file, 0, MAX_FILES, 'files'),
  trees: list(tree, 0, MAX_TREES, 'trees').optional().describe('Trees of small files. Where there are any, dentries and inodes of their file systems take memory.'),
  memcgs: list(memcg, 0, MAX_MEMCGS, 'memory cgroups').optional().describe('Memory cgroups besides the root, parents before their children.'),
  cgroup: cgroup.optional(),
  processes: list(processSpec, 1, MAX_PROCESSES, 'processes').describe('All start together.'),
  durationMs: ms(1).describe('Virtual time after which the run is cut; it ends earlier when every process has ended.'),
  sampleMs: ms(1),
  slowAllocMs: ms().optional().describe('Allocations that take at least this long are looked into: where their time went. Defaults to 1.'),
}, 'a scenario: an object with format, id, title, about, machine, sysctls, files, processes, durationMs, sampleMs')
