/** What one value of a machine alone can't tell: sums, order, references. Runs on machines whose shape is right. */
import type { DiskSpec, Machine, Scenario, ZoneLru, ZoneSpec } from '../../engine'
import { ZONE_NAMES } from './limits'
import { complaint, didYouMean, showNumber, showValue } from './problems'
import type { ProblemList } from './problems'

export function checkMachine(machine: Machine, problems: ProblemList): void {
  machine.zones.forEach((zone, i) => checkZone(zone, i, problems))
  checkZoneOrder(machine.zones, problems)
  checkDistances(machine, problems)
  checkKernelMemory(machine, problems)
  checkDisks(machine.disks, problems)
  machine.swap.forEach((area, i) => {
    if (area.kind === 'disk') checkDiskName(area.disk, machine.disks, ['machine', 'swap', i, 'disk'], problems)
  })
}

export function checkFiles(files: Scenario['files'], disks: readonly DiskSpec[] | undefined, problems: ProblemList): void {
  const seen = new Set<string>()
  files.forEach((file, i) => {
    if (seen.has(file.path)) problems.add(['files', i, 'path'], `is ${showValue(file.path)} a second time; every file needs its own path`)
    seen.add(file.path)
    if (disks) checkDiskName(file.disk, disks, ['files', i, 'disk'], problems)
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
  if (zone.free === undefined) problems.add(at('free'), complaint(undefined, `the sum of freeByOrder, ${showNumber(sum)}`))
  else if (sum !== zone.free) problems.add(at('freeByOrder'), `adds up to ${showNumber(sum)} pages; must add up to free, ${showNumber(zone.free)}`)
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
