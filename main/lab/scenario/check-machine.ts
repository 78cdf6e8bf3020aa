/** What one value of a machine alone can't tell: sums, order, references. Runs on machines whose shape is right. */
import { zoneFrames } from '../../engine'
import type { DiskSpec, FileSpec, Machine, Scenario, SwapSpec, TreeSpec, ZoneLru, ZoneSpec } from '../../engine'
import { MAX_ORDER, ZONE_NAMES } from './limits'
import { complaint, didYouMean, showNumber, showValue } from './problems'
import type { ProblemList } from './problems'

export function checkMachine(machine: Machine, problems: ProblemList): void {
  machine.zones.forEach((zone, i) => checkZone(zone, i, problems))
  checkZoneOrder(machine.zones, problems)
  checkDistances(machine, problems)
  checkKernelMemory(machine, problems)
  checkDisks(machine.disks, problems)
  machine.swap.forEach((area, i) => {
    if (area.kind === 'zram') checkZram(area, ['machine', 'swap', i], problems)
    else checkDiskName(area.disk, machine.disks, ['machine', 'swap', i, 'disk'], problems)
  })
}

/** Shares are decimal fractions: their sum may miss 1 by rounding. */
const SHARES_ROUNDING = 1e-6

function checkZram(area: Extract<SwapSpec, { kind: 'zram' }>, path: readonly PropertyKey[], problems: ProblemList): void {
  const checkOrder = ([least, most]: readonly [number, number], at: readonly PropertyKey[]) => {
    if (least > most) problems.add(at, complaint([least, most], 'two numbers of bytes, the smaller first'))
  }
  if (area.compressedBytes) checkOrder(area.compressedBytes, [...path, 'compressedBytes'])
  if (!area.compressed) return
  if (area.compressedBytes) problems.add([...path, 'compressed'], 'is there beside compressedBytes; only one of them can say how pages compress')
  area.compressed.forEach((kind, k) => 'bytes' in kind && checkOrder(kind.bytes, [...path, 'compressed', k, 'bytes']))
  const sum = area.compressed.reduce((total, { share }) => total + share, 0)
  if (Math.abs(sum - 1) > SHARES_ROUNDING) problems.add([...path, 'compressed'], `has shares that add up to ${Number(sum.toFixed(6))}; they must add up to 1`)
}

export function checkFiles(files: Scenario['files'], disks: readonly DiskSpec[] | undefined, problems: ProblemList): void {
  const seen = new Set<string>()
  files.forEach((file, i) => {
    if (seen.has(file.path)) problems.add(['files', i, 'path'], `is ${showValue(file.path)} a second time; every file needs its own path`)
    seen.add(file.path)
    if (file.tmpfs === 1) {
      if (file.disk !== undefined) problems.add(['files', i, 'disk'], complaint(file.disk, 'left out: a tmpfs file has no disk'))
      if (file.preallocated === 1) problems.add(['files', i, 'preallocated'], complaint(1, 'left out: a tmpfs file has no blocks'))
    } else if (file.disk === undefined) problems.add(['files', i, 'disk'], complaint(undefined, 'a disk of this machine, or left out where "tmpfs" is 1'))
    else if (disks) checkDiskName(file.disk, disks, ['files', i, 'disk'], problems)
  })
}

export function checkTrees(trees: readonly TreeSpec[], files: readonly FileSpec[], disks: readonly DiskSpec[] | undefined, problems: ProblemList): void {
  const seen = new Set(files.map(file => file.path))
  trees.forEach((tree, i) => {
    if (seen.has(tree.path)) problems.add(['trees', i, 'path'], `is ${showValue(tree.path)} a second time; every tree and file needs its own path`)
    seen.add(tree.path)
    if (disks) checkDiskName(tree.disk, disks, ['trees', i, 'disk'], problems)
  })
}

export function lruPages(lru: ZoneLru | undefined): number {
  return lru ? lru.inactiveAnon + lru.activeAnon + lru.inactiveFile + lru.activeFile + lru.unevictable : 0
}

function checkZone(zone: ZoneSpec, i: number, problems: ProblemList): void {
  const at = (key: keyof ZoneSpec) => ['machine', 'zones', i, key]
  const managed = `managed, ${showNumber(zone.managed)}`
  const present = zone.present ?? zone.managed
  if (present < zone.managed) problems.add(at('present'), complaint(present, `at least ${managed}`))
  if (zone.spanned !== undefined && zone.spanned < present) problems.add(at('spanned'), complaint(zone.spanned, `at least present, ${showNumber(present)}`))
  if ((zone.managedAtWmarkSetup ?? 0) > zone.managed) problems.add(at('managedAtWmarkSetup'), complaint(zone.managedAtWmarkSetup, `at most ${managed}`))
  checkZoneContents(zone, i, problems)
  const { marks } = zone
  if (marks && !(marks.min <= marks.low && marks.low <= marks.high)) {
    problems.add(at('marks'), `are ${marks.min}/${marks.low}/${marks.high}; must be in the order min <= low <= high`)
  }
}

function checkZoneContents(zone: ZoneSpec, i: number, problems: ProblemList): void {
  const at = (key: keyof ZoneSpec) => ['machine', 'zones', i, key]
  const free = zone.free ?? 0
  const [pcp, lru] = [zone.pcp ?? 0, lruPages(zone.lru)]
  if (free > zone.managed) {
    problems.add(at('free'), complaint(free, `at most managed, ${showNumber(zone.managed)}`))
  } else if (free + pcp + lru > zone.managed) {
    const sum = `free ${showNumber(free)} + pcp ${showNumber(pcp)} + LRU ${showNumber(lru)} = ${showNumber(free + pcp + lru)}`
    problems.add(at(zone.lru ? 'lru' : 'pcp'), `does not fit: ${sum} pages; must be at most managed, ${showNumber(zone.managed)}`)
  }
  if (!zone.freeByOrder) return
  const sum = zone.freeByOrder.reduce((total, blocks, order) => total + blocks * 2 ** order, 0)
  const crowded = crowdedOrder(zone, zone.freeByOrder)
  if (zone.free === undefined) problems.add(at('free'), complaint(undefined, `the sum of freeByOrder, ${showNumber(sum)}`))
  else if (sum !== zone.free) problems.add(at('freeByOrder'), `adds up to ${showNumber(sum)} pages; must add up to free, ${showNumber(zone.free)}`)
  else if (crowded !== undefined) problems.add(at('freeByOrder'), `has ${showNumber(zone.freeByOrder[crowded])} blocks of order ${crowded}, more than can lie in ${showNumber(zone.managed)} pages without two of them being one larger block`)
}

/**
 * The first order, from above, of which there are too many free blocks: two free buddies would be one block of the next order, so each block split off leaves its
 * buddy to smaller orders. Undefined when all fit.
 */
export function crowdedOrder(zone: Pick<ZoneSpec, 'name' | 'managed' | 'present' | 'spanned'>, freeByOrder: readonly number[]): number | undefined {
  const { offset, reserved } = zoneFrames(zone)
  const chunks = largestBlocks(zone.managed, offset + reserved)
  let pool = 0
  for (let order = freeByOrder.length - 1; order >= 0; order--) {
    const whole = Math.min(freeByOrder[order], chunks[order])
    const split = freeByOrder[order] - whole
    if (split * 2 ** (order + 1) > pool) return order
    pool += (chunks[order] - whole - split) * 2 ** order
  }
  return undefined
}

/** Blocks as large as possible, as on a machine just started: `blocks[order]`. `start`: frames between them and a multiple of the largest block. */
export function largestBlocks(pages: number, start = 0): readonly number[] {
  const blocks = new Array<number>(MAX_ORDER + 1).fill(0)
  for (let at = start, left = pages; left > 0;) {
    let order = MAX_ORDER
    while (at % 2 ** order !== 0 || 2 ** order > left) order--
    const count = order === MAX_ORDER ? Math.floor(left / 2 ** order) : 1
    blocks[order] += count
    at += count * 2 ** order
    left -= count * 2 ** order
  }
  return blocks
}

function checkZoneOrder(zones: readonly ZoneSpec[], problems: ProblemList): void {
  const place = (zone: ZoneSpec) => zone.node * ZONE_NAMES.length + ZONE_NAMES.indexOf(zone.name)
  const label = (zone: ZoneSpec) => `node ${zone.node}, zone ${zone.name}`
  zones.forEach((zone, i) => {
    const before = i > 0 ? zones[i - 1] : undefined
    if (zone.node > (before ? before.node + 1 : 0)) {
      problems.add(['machine', 'zones', i, 'node'], complaint(zone.node, `${before ? `${before.node} or ${before.node + 1}` : '0'}; nodes are numbered from 0 without gaps`))
    } else if (before && place(zone) <= place(before)) {
      problems.add(['machine', 'zones', i], `is ${label(zone)} after ${label(before)}; zones must come by node, then ${ZONE_NAMES.join(', ')}, each once`)
    }
  })
}

function checkDistances({ distances, zones }: Machine, problems: ProblemList): void {
  if (!distances) return
  const nodes = zones[zones.length - 1].node + 1
  if (distances.length !== nodes) problems.add(['machine', 'distances'], `has ${distances.length} rows; must have one for each of ${nodes} nodes`)
  distances.forEach((row, from) => {
    if (row.length !== distances.length) problems.add(['machine', 'distances', from], `has ${row.length} distances; must have ${distances.length}, one for each node`)
    row.forEach((distance, to) => {
      const fits = from === to ? distance === 10 : distance > 10
      if (!fits) problems.add(['machine', 'distances', from, to], complaint(distance, from === to ? '10, the distance of a node from itself' : 'from 11 to 255'))
    })
  })
}

function checkKernelMemory({ kernelMemory, zones }: Machine, problems: ProblemList): void {
  if (!kernelMemory) return
  const needed = kernelMemory.slabReclaimable + kernelMemory.slabUnreclaimable + kernelMemory.pageTables + kernelMemory.kernelStack
  const room = zones.reduce((sum, zone) => sum + zone.managed - (zone.free ?? 0) - (zone.pcp ?? 0) - lruPages(zone.lru), 0)
  if (needed > room) {
    problems.add(['machine', 'kernelMemory'], `is ${showNumber(needed)} pages together; must be at most ${showNumber(room)}, what free, pcp and LRU leave of managed`)
  }
}

function checkDisks(disks: readonly DiskSpec[], problems: ProblemList): void {
  const throttles = new Map<string, DiskSpec>()
  disks.forEach((disk, i) => {
    if (disks.findIndex(other => other.name === disk.name) < i) problems.add(['machine', 'disks', i, 'name'], `is ${showValue(disk.name)} a second time; every disk needs its own name`)
    if (disk.throttle === undefined) return
    const first = throttles.get(disk.throttle) ?? disk
    throttles.set(disk.throttle, first)
    for (const key of ['iops', 'bytesPerSec', 'burstMs'] as const) {
      if (disk[key] !== first[key]) problems.add(['machine', 'disks', i, key], complaint(disk[key], `${first[key]} as on ${first.name}, with which it shares throttle ${showValue(disk.throttle)}`))
    }
  })
}

function checkDiskName(disk: string, disks: readonly DiskSpec[], path: readonly PropertyKey[], problems: ProblemList): void {
  const names = disks.map(each => each.name)
  if (names.includes(disk)) return
  const allowed = names.length > 0 ? `a disk of this machine: ${names.join(', ')}.${didYouMean(disk, names)}` : 'a disk of this machine, which has none'
  problems.add(path, complaint(disk, allowed))
}
