/** Sysctl names and values, wherever a scenario gives them: its own table, `sysctl` phases, the writes of `snap` phases. */
import type { SysctlSpec } from 'reclaim-lab'
import { complaint, didYouMean, showNumber, showValue } from './problems'
import type { Path, ProblemList } from './problems'

export type KernelSysctls = Readonly<Record<string, SysctlSpec>>

const LRU_GEN = '/sys/kernel/mm/lru_gen/'

/** `/proc/sys/vm/swappiness`, `vm.swappiness` or `swappiness` -> `vm.swappiness`; `/sys/kernel/mm/lru_gen/enabled` -> `lru_gen.enabled`. */
export function sysctlName(written: string): string {
  if (written.startsWith(LRU_GEN)) return `lru_gen.${written.slice(LRU_GEN.length).replaceAll('/', '.')}`
  const dotted = written.startsWith('/proc/sys/') ? written.slice('/proc/sys/'.length).replaceAll('/', '.') : written
  return dotted.includes('.') ? dotted : `vm.${dotted}`
}

/** `vm.swappiness` -> `/proc/sys/vm/swappiness` */
export function sysctlPath(written: string): string {
  const name = sysctlName(written)
  if (name.startsWith('lru_gen.')) return LRU_GEN + name.slice('lru_gen.'.length).replaceAll('.', '/')
  return `/proc/sys/${name.replaceAll('.', '/')}`
}

/** `128 128 32`, `128,128,32` or a number; undefined where that isn't what was written. */
export function sysctlNumbers(written: number | string): readonly number[] | undefined {
  if (typeof written === 'number') return [written]
  const words = written.trim().split(/[\s,]+/)
  return words.every(word => /^-?\d{1,15}$/.test(word)) ? words.map(Number) : undefined
}

export function checkSysctls(sysctls: Readonly<Record<string, number | readonly number[]>>, known: KernelSysctls, problems: ProblemList): void {
  for (const [name, value] of Object.entries(sysctls)) {
    const spec = findSysctl(name, known, ['sysctls', name], problems)
    if (spec) checkSysctlValue(Array.isArray(value) ? value : [value as number], spec, ['sysctls', name], problems)
  }
}

/** A write by a phase: `path` names the sysctl, `v` is what is written. */
export function checkSysctlWrite(path: Path, name: string, v: number | string, known: KernelSysctls, problems: ProblemList): void {
  const spec = findSysctl(sysctlName(name), known, [...path, 'path'], problems)
  const numbers = sysctlNumbers(v)
  if (!numbers) problems.add([...path, 'v'], complaint(v, 'a whole number, or several with spaces between'))
  else if (spec) checkSysctlValue(numbers, spec, [...path, 'v'], problems)
}

/** `name:value`, as `snap` phases write it. */
export function checkSnapWrite(path: Path, written: string, known: KernelSysctls, problems: ProblemList): void {
  const [, name, values] = /^([^:]+):(.+)$/.exec(written) ?? []
  const numbers = values === undefined ? undefined : sysctlNumbers(values)
  if (name === undefined || !numbers) return problems.add(path, complaint(written, '"name:value", such as "min_free_kbytes:8000"'))
  const spec = findSysctl(sysctlName(name), known, path, problems)
  if (spec) checkSysctlValue(numbers, spec, path, problems)
}

function findSysctl(name: string, known: KernelSysctls, path: Path, problems: ProblemList): SysctlSpec | undefined {
  if (Object.hasOwn(known, name)) return known[name]
  problems.add(path, `names ${showValue(name)}, which this kernel does not have.${didYouMean(name, Object.keys(known))}`)
  return undefined
}

/** A list may be shorter than the kernel's, as a write of fewer words is; words beyond it must be 0 (kernels print zones this machine can't have). */
function checkSysctlValue(numbers: readonly number[], spec: SysctlSpec, path: Path, problems: ProblemList): void {
  const length = typeof spec.default === 'number' ? 1 : spec.default.length
  const range = `${showNumber(spec.min)} to ${showNumber(spec.max)} (${spec.unit})`
  if (numbers.length === 0 || numbers.slice(length).some(each => each !== 0) || (length === 1 && numbers.length > 1)) {
    return problems.add(path, `has ${numbers.length} numbers; must be ${length === 1 ? 'one number' : `1 to ${length} numbers`} from ${range}`)
  }
  const bad = numbers.find(each => !Number.isInteger(each) || each < spec.min || each > spec.max)
  if (bad !== undefined) problems.add(path, complaint(bad, `a whole number from ${range}`))
}
