/** Memory cgroups that fit together: paths, one version's knobs, limits in order, processes only where v2 lets them live. Runs on parts whose shape is right. */
import type { CgroupSpec, MemcgKnob, MemcgSpec, Phase, ProcessSpec } from '../../engine'
import { complaint, didYouMean, showNumber, showValue } from './problems'
import type { Path, ProblemList } from './problems'

/** What phases and processes may name. */
export interface MemcgFacts {
  readonly paths: readonly string[]
  readonly version: 1 | 2
}

export function memcgFacts(memcgs: readonly MemcgSpec[] | undefined, cgroup: CgroupSpec | undefined): MemcgFacts {
  return { paths: (memcgs ?? []).map(({ path }) => path), version: cgroup?.version ?? 2 }
}

const V2_ONLY = ['min', 'low', 'high', 'swapHigh', 'swapMax', 'oomGroup'] as const
const V1_ONLY = ['softLimit', 'swappiness'] as const
const V1_KNOBS: readonly MemcgKnob[] = ['memory.limit_in_bytes', 'memory.soft_limit_in_bytes', 'memory.swappiness']
/** Knobs that "max" can be written to. */
const LIMITS: readonly MemcgKnob[] = ['memory.min', 'memory.low', 'memory.high', 'memory.max', 'memory.swap.high', 'memory.swap.max', 'memory.limit_in_bytes', 'memory.soft_limit_in_bytes']

export function checkMemcgs(memcgs: readonly MemcgSpec[], cgroup: CgroupSpec | undefined, problems: ProblemList): void {
  const version = cgroup?.version ?? 2
  if (version === 1 && cgroup?.recursiveProt !== undefined) problems.add(['cgroup', 'recursiveProt'], 'is only for version 2: cgroup v1 protects no memory')
  const seen = new Set<string>()
  memcgs.forEach((spec, i) => {
    const at = ['memcgs', i]
    const parent = spec.path.slice(0, Math.max(0, spec.path.lastIndexOf('/')))
    if (seen.has(spec.path)) problems.add([...at, 'path'], `is ${showValue(spec.path)} a second time; every memory cgroup needs its own path`)
    else if (parent !== '' && !seen.has(parent)) problems.add([...at, 'path'], complaint(spec.path, `a group whose parent comes before it: there is no ${showValue(parent)} yet.${didYouMean(parent, [...seen])}`))
    seen.add(spec.path)
    checkVersion(spec, version, at, problems)
    checkLimits(spec, at, problems)
  })
}

function checkVersion(spec: MemcgSpec, version: 1 | 2, at: Path, problems: ProblemList): void {
  for (const key of version === 1 ? V2_ONLY : V1_ONLY) {
    if (spec[key] !== undefined) problems.add([...at, key], `is only for cgroup v${version === 1 ? 2 : 1}; this machine has ${version === 1 ? 'cgroup.version 1' : 'version 2, write "cgroup": { "version": 1 } for the other'}`)
  }
}

function checkLimits({ min, low, high, max }: MemcgSpec, at: Path, problems: ProblemList): void {
  for (const [key, value] of [['min', min], ['low', low], ['high', high]] as const) {
    if (value !== undefined && max !== undefined && value > max) problems.add([...at, key], complaint(value, `at most max, ${showNumber(max)}`))
  }
}

/** v2's no-internal-process rule: a group that hands the controller on to groups below it has no processes of its own. */
export function checkProcessMemcg({ memcg }: ProcessSpec, path: Path, { paths, version }: MemcgFacts, problems: ProblemList): void {
  if (memcg === undefined) return
  if (!paths.includes(memcg)) return problems.add([...path, 'memcg'], unknown(memcg, paths))
  const child = paths.find((other) => other.startsWith(`${memcg}/`))
  if (version === 2 && child !== undefined) problems.add([...path, 'memcg'], `is ${showValue(memcg)}, which has the group ${showValue(child)} below it; in cgroup v2 processes live in leaves`)
}

type Of<O extends Phase['op'], P = Phase> = P extends { readonly op: O } ? P : never

export function checkMemcgPhase(phase: Of<'memcg'> | Of<'rmdir'>, at: Path, { paths, version }: MemcgFacts, problems: ProblemList): void {
  if (!paths.includes(phase.path)) problems.add([...at, 'path'], unknown(phase.path, paths))
  if (phase.op === 'rmdir') return
  const { knob, v } = phase
  if (V1_KNOBS.includes(knob) !== (version === 1)) problems.add([...at, 'knob'], `is ${showValue(knob)}, which belongs to cgroup v${version === 1 ? 2 : 1}; this machine has v${version}`)
  else if (v === 'max' && !LIMITS.includes(knob)) problems.add([...at, 'v'], complaint(v, `a whole number: ${knob} is no limit`))
  else if (knob === 'memory.swappiness' && typeof v === 'number' && v > 200) problems.add([...at, 'v'], complaint(v, 'a whole number from 0 to 200'))
  else if (knob === 'memory.oom.group' && typeof v === 'number' && v > 1) problems.add([...at, 'v'], complaint(v, '0 or 1'))
}

function unknown(path: string, paths: readonly string[]): string {
  return complaint(path, `one of "memcgs": ${paths.slice(0, 20).join(', ') || 'there are none'}.${didYouMean(path, paths)}`)
}
