/** Fills in what a scenario may leave out, so that the engine gets complete data. */
import { zoneFrames } from '../../engine'
import type { Machine, Phase, ProcessSpec, Scenario, ZoneSpec } from '../../engine'
import { largestBlocks, lruPages } from './check-machine'
import { sysctlNumbers, sysctlPath } from './check-sysctls'

const NO_LRU = { inactiveAnon: 0, activeAnon: 0, inactiveFile: 0, activeFile: 0, unevictable: 0 }

/** `scenario` has passed every check. */
export function completeScenario(scenario: Scenario): Scenario {
  return { ...scenario, machine: completeMachine(scenario.machine), processes: scenario.processes.map(completeProcess) }
}

function completeMachine(machine: Machine): Machine {
  const nodes = machine.zones[machine.zones.length - 1].node + 1
  const uniform = Array.from({ length: nodes }, (_, from) => Array.from({ length: nodes }, (_, to) => (from === to ? 10 : 20)))
  return { ...machine, distances: machine.distances ?? uniform, zones: completeZones(machine) }
}

/** Zones that don't say how much is free have all of it free that LRU and pcp leave, less the kernel's memory, taken from the highest zones first. */
function completeZones({ zones, kernelMemory: kernel }: Machine): readonly ZoneSpec[] {
  const rest = (zone: ZoneSpec) => zone.managed - (zone.pcp ?? 0) - lruPages(zone.lru)
  const room = zones.reduce((sum, zone) => sum + (zone.free === undefined ? 0 : rest(zone) - zone.free), 0)
  let owed = kernel ? Math.max(0, kernel.slabReclaimable + kernel.slabUnreclaimable + kernel.pageTables + kernel.kernelStack - room) : 0
  return zones.toReversed().map(zone => {
    const taken = zone.free === undefined ? Math.min(owed, rest(zone)) : 0
    owed -= taken
    return completeZone(zone, zone.free ?? rest(zone) - taken)
  }).toReversed()
}

function completeZone(zone: ZoneSpec, free: number): ZoneSpec {
  const present = zone.present ?? zone.managed
  return {
    ...zone, present, free,
    spanned: zone.spanned ?? present,
    managedAtWmarkSetup: zone.managedAtWmarkSetup ?? zone.managed,
    freeByOrder: zone.freeByOrder ?? freeFromTop(zone, free),
    pcp: zone.pcp ?? 0,
    lru: zone.lru ?? NO_LRU,
  }
}

/** As the engine lays them: the pages in use are at the zone's start. */
function freeFromTop(zone: ZoneSpec, free: number): readonly number[] {
  const { offset, reserved } = zoneFrames(zone)
  return largestBlocks(free, offset + reserved + zone.managed - free)
}

function completeProcess(spec: ProcessSpec): ProcessSpec {
  return { ...spec, nice: spec.nice ?? 0, oomScoreAdj: spec.oomScoreAdj ?? 0, phases: spec.phases.map(completePhase) }
}

/** Sysctl writes in one spelling: the path below /proc/sys, and a number where there is only one. */
function completePhase(phase: Phase): Phase {
  if (phase.op !== 'sysctl') return phase
  const numbers = sysctlNumbers(phase.v) ?? []
  return { op: 'sysctl', path: sysctlPath(phase.path), v: numbers.length === 1 ? numbers[0] : numbers.join(' ') }
}
