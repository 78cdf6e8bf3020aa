/**
 * The gfp decoder: flags -> migrate type, zones, alloc flags -> what follows for the request, in plain words; the walk of seed 000 for any mask.
 * Follows linux-6.1: mm/page_alloc.c:prepare_alloc_pages, gfp_to_alloc_flags, alloc_flags_nofragment, __alloc_pages_slowpath, __alloc_pages_may_oom, __zone_watermark_ok.
 */
import type { GfpExplanation, Result } from '../../../preload/contract'
import {
  ALLOC_CPUSET, ALLOC_HARDER, ALLOC_HIGH, ALLOC_KSWAPD, ALLOC_NO_WATERMARKS, gfpMigratetype, gfpName, gfpPfmemallocFlags, gfpToAllocFlags, gfpZone, reducedMark,
} from '../../engine'
import { suggestion } from '../nearest'
import { done, fail, show } from '../problems'
import { GFP_FLAGS, GFP_SETS, KNOWN_BITS } from './gfp-flags'

const LONGEST = 500
const MIGRATE_TYPES = ['Unmovable', 'Movable', 'Reclaimable']
const ZONES = ['DMA', 'DMA32', 'Normal', 'Movable']
/** An ordinary task: no real-time priority, no reclaim of its own going on, not being killed. */
const ORDINARY = { memalloc: false, oomVictim: false, realtime: false }

/** `GFP_KERNEL|__GFP_NOWARN`, `GFP_KERNEL & ~__GFP_FS`, `0x100cca`; commas, spaces and + do for |. */
export function explainGfp(text: string): Result<GfpExplanation> {
  const mask = parseGfp(text)
  return mask.ok ? done(explanation(mask.value)) : mask
}

export function parseGfp(text: string): Result<number> {
  const words = text.slice(0, LONGEST + 1).replaceAll('~', ' ~ ').split(/[\s|,+()&]+/).filter((word) => word !== '')
  if (words.length === 0) return fail('gfp', 'is empty; give flags such as GFP_KERNEL|__GFP_NOWARN, or a mask such as 0x100cca')
  if (text.length > LONGEST) return fail('gfp', `has ${text.length} characters; at most ${LONGEST} are read`)
  let mask = 0
  let take = true
  for (const word of words) {
    if (word === '~') { take = false; continue }
    const bits = bitsOf(word)
    if (typeof bits === 'string') return fail('gfp', bits)
    mask = take ? mask | bits : mask & ~bits
    take = true
  }
  return take ? done(mask) : fail('gfp', 'ends in ~; a flag to take out must follow')
}

/** The bits of a word, or why it has none. */
function bitsOf(word: string): number | string {
  const name = word.replace(/^___/, '__').replace(/u$/i, (u) => (/^0x/i.test(word) ? '' : u))
  if (/^0x[0-9a-f]{1,8}$/i.test(name) || /^\d{1,10}$/.test(name)) {
    const bits = Number(name)
    const unknown = bits - (bits & KNOWN_BITS)
    return unknown === 0 ? bits : `0x${bits.toString(16)} has bits that are no gfp flags of linux-6.1: 0x${unknown.toString(16)}`
  }
  if (/^(0x[0-9a-f]+|\d+)$/i.test(name)) return `${show(word)} is no mask of 32 bits`
  const upper = name.toUpperCase()
  if (Object.hasOwn(GFP_SETS, upper)) return GFP_SETS[upper]
  const flag = GFP_FLAGS.find((one) => one.name === upper)
  return flag?.mask ?? `there is no gfp flag ${show(word)}.${suggestion(upper, [...Object.keys(GFP_SETS), ...GFP_FLAGS.map((one) => one.name)])}`
}

function explanation(mask: number): GfpExplanation {
  const slow = gfpToAllocFlags(mask, ORDINARY)
  const reserves = gfpPfmemallocFlags(mask, ORDINARY)
  return {
    mask: `0x${mask.toString(16)}`, name: nameOf(mask), flags: GFP_FLAGS.filter((flag) => (mask & flag.mask) !== 0).map((flag) => ({ ...flag, mask: `0x${flag.mask.toString(16)}` })),
    migrateType: MIGRATE_TYPES[gfpMigratetype(mask)], highestZone: ZONES[gfpZone(mask)],
    allocFlags: { fast: fastFlags(mask), slow: slowFlags(slow, reserves) }, minShare: minShare(slow, reserves), follows: follows(mask, slow, reserves),
  }
}

/** gfpName knows the flags that the engine uses; the rest is added. */
function nameOf(mask: number): string {
  const known = gfpName(mask)
  const named = parseGfp(known)
  const missing = GFP_FLAGS.filter((flag) => (mask & flag.mask) !== 0 && named.ok && (named.value & flag.mask) === 0).map((flag) => flag.name)
  return [...(known === '0' && missing.length > 0 ? [] : [known]), ...missing].join('|')
}

/** ALLOC_NOFRAGMENT holds where the first zone of the list is Normal (and DMA32 is there, or there is one node): no foreign pageblock is split in the first pass. */
function fastFlags(mask: number): readonly string[] {
  return ['ALLOC_WMARK_LOW', ...((mask & ALLOC_KSWAPD) !== 0 ? ['ALLOC_KSWAPD'] : []), ...(gfpZone(mask) >= 2 ? ['ALLOC_NOFRAGMENT'] : [])]
}

function slowFlags(flags: number, reserves: number): readonly string[] {
  const names = [[ALLOC_HIGH, 'ALLOC_HIGH'], [ALLOC_HARDER, 'ALLOC_HARDER'], [ALLOC_CPUSET, 'ALLOC_CPUSET'], [ALLOC_KSWAPD, 'ALLOC_KSWAPD']] as const
  return [(reserves & ALLOC_NO_WATERMARKS) !== 0 ? 'ALLOC_NO_WATERMARKS' : 'ALLOC_WMARK_MIN', ...names.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name)]
}

/** A MIN that halves and quarters without remainder shows the share exactly. */
const SAMPLE_MIN = 1024

function minShare(flags: number, reserves: number): number {
  return (reserves & ALLOC_NO_WATERMARKS) !== 0 ? 0 : reducedMark(SAMPLE_MIN, flags) / SAMPLE_MIN
}

type Follow = GfpExplanation['follows'][number]

function follows(mask: number, slow: number, reserves: number): readonly Follow[] {
  const has = (name: string): boolean => (mask & (GFP_FLAGS.find((flag) => flag.name === name)?.mask ?? 0)) !== 0
  return [zones(mask), mobility(mask), kswapd(has), sleep(has), reclaim(has), reservesOf(minShare(slow, reserves), has), retry(has), oom(mask, has), warning(has)]
}

type Has = (name: string) => boolean

function zones(mask: number): Follow {
  const usable = ZONES.slice(0, gfpZone(mask) + 1).reverse()
  const kept = usable.length > 1
  return answer('zones', 'yes', `may use ${usable.join(', then ')}${kept ? '; in each lower zone the mark grows by lowmem_reserve for such requests' : ''}`, `可用的区依次为 ${usable.join('、')}${kept ? '；在较低的区里，水位要加上 lowmem_reserve' : ''}`)
}

function mobility(mask: number): Follow {
  const type = gfpMigratetype(mask)
  const movable = type === 1
  return answer('mobility', movable ? 'yes' : 'no', movable ? 'movable: compaction and reclaim can move or free the page later' : `not movable: it comes from ${MIGRATE_TYPES[type]} pageblocks and stays where it is`, movable ? '可移动：以后可被规整或回收' : `不可移动：来自 ${MIGRATE_TYPES[type]} 类页块，之后留在原处`)
}

function kswapd(has: Has): Follow {
  return has('__GFP_KSWAPD_RECLAIM')
    ? answer('kswapd', 'yes', '__GFP_KSWAPD_RECLAIM becomes ALLOC_KSWAPD: when the LOW test fails in every zone, the slow path wakes kswapd', '__GFP_KSWAPD_RECLAIM 变为 ALLOC_KSWAPD：所有区都达不到 LOW 时，慢速路径唤醒 kswapd')
    : answer('kswapd', 'no', 'kswapd is not woken, however short memory is', '无论内存多紧都不唤醒 kswapd')
}

function sleep(has: Has): Follow {
  return has('__GFP_DIRECT_RECLAIM') ? answer('sleep', 'yes', 'the caller may sleep', '调用者可以睡眠') : answer('sleep', 'no', 'the caller must not sleep: after one try at MIN the request fails', '调用者不能睡眠：在 MIN 处试一次不成就失败')
}

function reclaim(has: Has): Follow {
  if (!has('__GFP_DIRECT_RECLAIM')) return answer('reclaim', 'no', 'no direct reclaim', '不做直接回收')
  if (!has('__GFP_IO')) return answer('reclaim', 'yes', 'direct reclaim when MIN is missed too, without starting disk IO: only clean page cache, no swap', '连 MIN 也达不到时直接回收，但不发起磁盘 IO：只能回收干净的页缓存，不能换出')
  if (!has('__GFP_FS')) return answer('reclaim', 'yes', 'direct reclaim when MIN is missed too; it may swap, but not call into file systems', '连 MIN 也达不到时直接回收；可以换出，但不能调用文件系统')
  return answer('reclaim', 'yes', 'direct reclaim when MIN is missed too, with swap and file systems', '连 MIN 也达不到时直接回收，可以换出，也可以调用文件系统')
}

function reservesOf(share: number, has: Has): Follow {
  const never = has('__GFP_NOMEMALLOC') ? { en: '; never from the emergency reserves, even if the caller is reclaiming or being killed', zh: '；即使调用者正在回收或正被杀死，也不动用应急保留' } : { en: '', zh: '' }
  if (share === 0) return answer('reserves', 'yes', 'no mark is tested: down to the last page', '不检查水位：可用到最后一页')
  if (share === 1) return answer('reserves', 'no', `may go down to MIN, not below${never.en}`, `最低到 MIN，不能更低${never.zh}`)
  return answer('reserves', 'yes', `may go below MIN, down to ${share * 100} % of it${never.en}`, `可以低于 MIN，直到它的 ${share * 100}%${never.zh}`)
}

function retry(has: Has): Follow {
  if (!has('__GFP_DIRECT_RECLAIM')) return answer('retry', 'no', 'no retry', '不重试')
  if (has('__GFP_NOFAIL')) return answer('retry', 'yes', 'retried until it succeeds', '一直重试直到成功')
  if (has('__GFP_NORETRY')) return answer('retry', 'no', 'fails after the first reclaim that does not help', '第一次回收不够就失败')
  if (has('__GFP_RETRY_MAYFAIL')) return answer('retry', 'yes', 'retried while reclaim makes progress, also above order 3; then it fails', '只要回收有进展就重试，阶数大于 3 也一样；之后失败')
  return answer('retry', 'depends', 'up to order 3 retried while reclaim makes progress, and 16 rounds beyond that; above order 3 it fails after the first round', '3 阶以内：回收有进展就重试，无进展再试 16 轮；3 阶以上：第一轮之后失败')
}

function oom(mask: number, has: Has): Follow {
  if (!has('__GFP_DIRECT_RECLAIM') || (has('__GFP_NORETRY') && !has('__GFP_NOFAIL'))) return answer('oom', 'no', 'never calls the OOM killer', '从不触发 OOM killer')
  if (has('__GFP_RETRY_MAYFAIL') || has('__GFP_THISNODE')) return answer('oom', 'no', 'fails rather than have a task killed', '宁可失败也不杀任务')
  if (gfpZone(mask) < 2) return answer('oom', 'no', 'a kill would hardly free memory this low, so the OOM killer is not called', '杀任务很难腾出这么低的内存，所以不触发 OOM killer')
  if (!has('__GFP_FS')) return answer('oom', 'no', 'the OOM killer is asked, but kills nobody for a request without __GFP_FS: more might have been reclaimed with it; the request is retried', '会走到 OOM killer，但没有 __GFP_FS 的申请不会杀任务：带上它也许还能回收；随后重试')
  return answer('oom', 'depends', 'when reclaim has given up, up to order 3: the OOM killer', '回收无望后，3 阶以内触发 OOM killer')
}

function warning(has: Has): Follow {
  return has('__GFP_NOWARN') ? answer('warning', 'no', 'a failure is silent', '失败时不出声') : answer('warning', 'yes', 'a failure is printed to the kernel log', '失败会打印到内核日志')
}

function answer(topic: Follow['topic'], said: Follow['answer'], en: string, zh: string): Follow {
  return { topic, answer: said, text: { en, zh } }
}
