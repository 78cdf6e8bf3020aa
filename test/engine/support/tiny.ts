/** Small machines and short scenarios for tests: one zone or a few, one disk for files and one for swap. Everything can be overridden. */
import type { DiskSpec, FileSpec, Machine, Pattern, Phase, ProcessSpec, Scenario, TreeSpec, ZoneSpec } from '../../../main/engine/index'

/** 1 MiB in pages. */
export const MIB = 256

export interface TinyMachine {
  /** Pages of the only Normal zone; ignored when `zones` is given. */
  readonly pages?: number
  readonly zones?: readonly ZoneSpec[]
  readonly swapPages?: number
  readonly cpus?: number
  readonly disk?: Partial<DiskSpec>
  readonly swapDisk?: Partial<DiskSpec>
  readonly preemption?: Machine['preemption']
}

export function disk(name: string, over: Partial<DiskSpec> = {}): DiskSpec {
  return { name, readLatencyUs: 100, writeLatencyUs: 100, iops: 0, bytesPerSec: 0, burstMs: 100, tags: 64, maxRequestKb: 1280, readaheadPages: 32, ...over }
}

export function machine(over: TinyMachine = {}): Machine {
  return {
    cpus: over.cpus ?? 1, profile: 'server', preemption: over.preemption ?? 'voluntary', hz: 250, thp: 'never',
    zones: over.zones ?? [{ node: 0, name: 'Normal', managed: over.pages ?? 16 * MIB }],
    disks: [disk('vda', over.disk), disk('vdb', over.swapDisk)],
    swap: (over.swapPages ?? 0) > 0 ? [{ kind: 'disk', disk: 'vdb', pages: over.swapPages ?? 0, priority: -2 }] : [],
  }
}

export interface TinyScenario {
  readonly machine?: Machine | TinyMachine
  readonly sysctls?: Scenario['sysctls']
  /** Pages of the file `/f`, or files. */
  readonly files?: number | readonly FileSpec[]
  /** Files of the tree `/t`, or trees. */
  readonly trees?: number | readonly TreeSpec[]
  readonly processes: readonly (readonly Phase[])[] | readonly ProcessSpec[]
  readonly durationMs?: number
  readonly sampleMs?: number
  readonly slowAllocMs?: number
}

export function scenario(parts: TinyScenario): Scenario {
  const files = typeof parts.files === 'number' ? [{ path: '/f', pages: parts.files, disk: 'vda' }] : (parts.files ?? [])
  return {
    format: 1, id: 'tiny', title: { en: 'Tiny', zh: '小' }, about: { en: '', zh: '' },
    machine: parts.machine !== undefined && 'zones' in parts.machine && 'hz' in parts.machine ? parts.machine : machine(parts.machine),
    sysctls: parts.sysctls ?? {}, files, ...(parts.trees === undefined ? {} : { trees: typeof parts.trees === 'number' ? [{ path: '/t', files: parts.trees, disk: 'vda' }] : parts.trees }),
    processes: parts.processes.map((p, i) => ('phases' in p ? p : { name: `p${i}`, phases: p })),
    durationMs: parts.durationMs ?? 20_000, sampleMs: parts.sampleMs ?? 50, ...(parts.slowAllocMs === undefined ? {} : { slowAllocMs: parts.slowAllocMs }),
  }
}

export const map = (r: string, pages: number): Phase => ({ op: 'map', r, pages })
export const open = (r = 'f', pages = 1, adv: 'normal' | 'random' | 'seq' = 'normal'): Phase => ({ op: 'open', r, path: '/f', pages, adv })
export const mmapf = (r: string, pages: number, exec: 0 | 1 = 0, path = '/f'): Phase => ({ op: 'mmapf', r, path, pages, adv: 'normal', exec })
export const unmap = (r: string): Phase => ({ op: 'unmap', r })
export const sleep = (ms: number): Phase => ({ op: 'sleep', ms })
export const snap = (label: string): Phase => ({ op: 'snap', label })
export const sysctl = (path: string, v: number | string): Phase => ({ op: 'sysctl', path, v })

const seq = (len: number, over: Partial<Pattern>): Pattern => ({ pat: 'seq', start: 0, len, count: over.len ?? len, rate: 0, ...over })

export function touch(r: string, rw: 'r' | 'w', len: number, over: Partial<Pattern> = {}): Phase {
  return { op: 'touch', r, rw, ...seq(len, over) }
}

export function fread(len: number, over: Partial<Pattern> = {}, r = 'f'): Phase {
  return { op: 'fread', r, ...seq(len, over) }
}

export function fwrite(len: number, over: Partial<Pattern> = {}, r = 'f'): Phase {
  return { op: 'fwrite', r, ...seq(len, over) }
}

/** Files of the tree `/t` looked up. */
export function stat(len: number, over: Partial<Pattern> & { readonly read?: 0 | 1; readonly keepOpen?: 0 | 1 } = {}, path = '/t'): Phase {
  return { op: 'stat', path, ...seq(len, over) }
}
