/** What only a controller may do: look at files of /proc and of memory cgroups, and write them as a daemon would. Outside a controller each of these is a fault. */
import type { Psi, SwapView, ZoneView } from 'reclaim-lab'
import { memcgStat, MEMCG_STAT_NAMES } from '../mm/memcg'
import type { Memcg } from '../mm/memcg'
import { V1_KNOBS, V2_KNOBS, refuseMemcgWrite } from '../mm/memcg-write'
import type { Mm } from '../mm/mm'
import { zoneView } from '../mm/watermark'
import type { MemcgKnob } from '../sim/scenario'
import { show } from './answers'
import type { PolicyHost } from './policy-runtime'

const MAX_FOLIOS = 4096

type Fail = (message: string, value: string, allowed: string) => never

export interface ControllerParts {
  readonly index: number
  readonly host: PolicyHost
  readonly fail: Fail
  inController(): boolean
}

export function controllerContext({ index, host, fail, inController }: ControllerParts): Readonly<Record<string, (...args: unknown[]) => unknown>> {
  const only = (name: string, call: (mm: Mm, ...args: unknown[]) => unknown) => (...args: unknown[]): unknown => {
    const mm = host.machine()
    return inController() && mm !== undefined ? call(mm, ...args) : fail(`k.${name} was called in a hook`, name, 'in a controller only')
  }
  return {
    writeSysctl: only('writeSysctl', (_mm, name, value) => writeSysctl(host, fail, name, value)),
    psi: only('psi', (mm): Psi => {
      mm.psi.settle()
      return { someUs: Math.floor(mm.psi.some / 1000), fullUs: Math.floor(mm.psi.full / 1000) }
    }),
    zoneinfo: only('zoneinfo', (mm): readonly ZoneView[] => mm.zones.map((zone) => Object.freeze(zoneView(zone, 0, mm.highestZone)))),
    swaps: only('swaps', swaps),
    memcg: only('memcg', (mm, path, name) => memcgNumber(mm, fail, path, name)),
    writeMemcg: only('writeMemcg', (mm, path, file, value) => {
      const group = path === '/' ? '' : path
      if (typeof group !== 'string' || typeof value !== 'number' || !isKnob(file)) return fail(`k.writeMemcg(${show(path)}, ${show(file)}, ${show(value)})`, show(file), 'a path, a file of the group, whole pages')
      const rootReclaim = group === '' && file === 'memory.reclaim' && Number.isInteger(value) && value >= 0
      const refused = rootReclaim ? undefined : refuseMemcgWrite(mm, group, file, value)
      if (refused !== undefined) fail(`k.writeMemcg: ${refused}`, show(value), refused)
      host.writeMemcg(index, group, file, value)
    }),
    reclaimFolios: only('reclaimFolios', (_mm, folios) => {
      const given = Array.isArray(folios) ? wholeNumbers(folios) : undefined
      if (given === undefined) return fail('k.reclaimFolios', show(folios), `a list of at most ${MAX_FOLIOS} folios`)
      if (given.length > 0) host.reclaimFolios(index, given)
    }),
  }
}

/** Read by index: a list of the policy's may bring its own methods and its own iterator. */
function wholeNumbers(list: readonly unknown[]): number[] | undefined {
  const { length } = list
  const out: number[] = []
  for (let i = 0; i < length && length <= MAX_FOLIOS; i++) {
    const item = list[i]
    if (typeof item !== 'number' || !Number.isInteger(item)) return undefined
    out.push(item)
  }
  return length > MAX_FOLIOS ? undefined : out
}

function writeSysctl(host: PolicyHost, fail: Fail, name: unknown, value: unknown): void {
  if (typeof name !== 'string' || typeof value !== 'number') return fail(`k.writeSysctl(${show(name)}, ${show(value)})`, show(value), 'a name and a number')
  const refused = host.refuseSysctl(name, value)
  if (refused !== undefined) fail(`k.writeSysctl: ${refused}`, show(value), refused)
  host.writeSysctl(name, value)
}

function swaps(mm: Mm): readonly SwapView[] {
  return mm.swap.areas.map(({ zram, priority, pages, inUsePages }) => Object.freeze({
    kind: zram === undefined ? 'disk' as const : 'zram' as const, priority, pages, used: inUsePages - 1, stored: zram?.stats.pages ?? 0, pool: zram?.pool.pages ?? 0,
  }))
}

function isKnob(file: unknown): file is MemcgKnob {
  return typeof file === 'string' && [...V2_KNOBS, ...V1_KNOBS].includes(file as MemcgKnob)
}

const FILES: Readonly<Record<string, (memcg: Memcg) => number>> = {
  'memory.current': ({ memory }) => memory.usage, 'memory.peak': ({ memory }) => memory.watermark, 'memory.min': ({ memory }) => memory.min, 'memory.low': ({ memory }) => memory.low,
  'memory.high': ({ memory }) => memory.high, 'memory.max': ({ memory }) => memory.max, 'memory.swap.current': ({ swap }) => swap.usage, 'memory.swap.max': ({ swap }) => swap.max,
}

function memcgNumber(mm: Mm, fail: Fail, path: unknown, name: unknown): number {
  const memcg = typeof path === 'string' ? mm.memcgs.find(path) : undefined
  if (memcg === undefined || memcg.id === 0) return fail(`k.memcg: there is no memory cgroup ${show(path)}`, show(path), 'a path of the scenario')
  if (typeof name === 'string' && Object.hasOwn(FILES, name)) return FILES[name](memcg)
  const stat = MEMCG_STAT_NAMES.find((one) => one === name)
  if (stat !== undefined) return memcgStat(mm.memcgs, memcg, stat)
  if (typeof name === 'string' && Object.hasOwn(memcg.events, name)) return (memcg.events as unknown as Record<string, number>)[name]
  return fail(`k.memcg: ${show(name)} is no number of a group`, show(name), [...Object.keys(FILES), ...MEMCG_STAT_NAMES, ...Object.keys(memcg.events)].join(', '))
}
