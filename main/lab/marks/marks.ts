/**
 * Marks and reserves of a machine's zones as each kernel computes them, side by side, without running anything: 3.18 and 5.15 are known only so far.
 * Boot values use the zones' sizes at boot; a written watermark sysctl recomputes them from what the zones manage now, as the kernels do.
 */
import type { KernelDefinition, ZoneIndex } from 'reclaim-lab'
import type { Problem, Result, Scenario } from '../../../preload/contract'
import type { ZoneSpec } from '../../engine'
import { automaticMinFreeKb, computeMarks } from '../import/boot-marks'
import { EXACT } from '../import/exact-maths'
import { suggestion } from '../nearest'
import { ZONE_NAMES } from '../scenario/limits'
import { sysctlValue } from '../set-values'

export interface KernelMarks {
  readonly kernel: string
  readonly minFreeKb: number
  /** The kernel computed vm.min_free_kbytes itself. */
  readonly automatic: boolean
  /** Pages: the sum of all zones' MIN. At most min_free_kbytes / 4, less what the divisions lose. */
  readonly sumMin: number
  readonly zones: readonly ZoneMarksRow[]
  /** Sysctls that were given and this kernel doesn't have. */
  readonly unknown: readonly string[]
}

export interface ZoneMarksRow {
  readonly node: number
  readonly zone: string
  readonly managed: number
  readonly min: number
  readonly low: number
  readonly high: number
  readonly protection: readonly number[]
}

type Sysctls = Scenario['sysctls']

const WATERMARK_SYSCTLS = ['vm.min_free_kbytes', 'vm.watermark_scale_factor', 'vm.extra_free_kbytes']

/** `booted`: sysctls the machine came up with; `written`: what a person sets now, as text. */
export function marksByKernel(zones: readonly ZoneSpec[], booted: Sysctls, written: Readonly<Record<string, string>>, kernels: readonly KernelDefinition[]): Result<readonly KernelMarks[]> {
  const problems = checkNames(written, kernels)
  const marks = kernels.map((kernel) => {
    const values = valuesFor(kernel, booted, written, problems)
    return kernelMarks(zones, values, kernel, Object.keys(written).some((name) => WATERMARK_SYSCTLS.includes(name)), Object.keys(written).filter((name) => !Object.hasOwn(kernel.sysctls, name)))
  })
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: marks }
}

/** A name that no kernel has is a mistake; one that some lack is told with their marks. */
function checkNames(written: Readonly<Record<string, string>>, kernels: readonly KernelDefinition[]): Problem[] {
  const known = [...new Set(kernels.flatMap((kernel) => Object.keys(kernel.sysctls)))]
  return Object.keys(written).filter((name) => !known.includes(name)).map((name) => ({ path: `--set ${name}`, message: `none of ${kernels.map((kernel) => kernel.name).join(', ')} has this sysctl here.${suggestion(name, known)}` }))
}

function valuesFor(kernel: KernelDefinition, booted: Sysctls, written: Readonly<Record<string, string>>, problems: Problem[]): Sysctls {
  const values: Record<string, number | readonly number[]> = {}
  for (const [name, spec] of Object.entries(kernel.sysctls)) {
    values[name] = padded(booted[name] ?? spec.default, spec.default)
    if (!Object.hasOwn(written, name)) continue
    const read = sysctlValue(written[name], spec)
    if (typeof read === 'string') problems.push({ path: `--set ${name}`, message: `${kernel.name}: ${read}` })
    else values[name] = padded(read, spec.default)
  }
  return values
}

/** A write of fewer numbers than a list has leaves the others. */
function padded(value: number | readonly number[], byDefault: number | readonly number[]): number | readonly number[] {
  return typeof value === 'number' || typeof byDefault === 'number' ? value : byDefault.map((one, i) => value[i] ?? one)
}

function kernelMarks(zones: readonly ZoneSpec[], values: Sysctls, kernel: KernelDefinition, rewritten: boolean, unknown: readonly string[]): KernelMarks {
  const number = (name: string): number => Number(values[name] ?? 0)
  const atBoot = zones.map((zone) => zone.managedAtWmarkSetup ?? zone.managed)
  const automatic = number('vm.min_free_kbytes') === 0
  const minFreeKb = automatic ? automaticMinFreeKb(zones, atBoot, kernel) : number('vm.min_free_kbytes')
  const managed = rewritten ? zones.map((zone) => zone.managed) : atBoot
  const marks = computeMarks(zones, managed, { minFreeKb, scaleFactor: number('vm.watermark_scale_factor'), extraFreeKb: number('vm.extra_free_kbytes') }, kernel)
  const ratio = values['vm.lowmem_reserve_ratio']
  const rows = zones.map((zone, i) => ({ node: zone.node, zone: zone.name, managed: zone.managed, min: marks[i].min, low: marks[i].low, high: marks[i].high, protection: protection(zones, zone, Array.isArray(ratio) ? ratio as readonly number[] : [], kernel) }))
  return { kernel: kernel.name, minFreeKb, automatic, sumMin: rows.reduce((sum, row) => sum + row.min, 0), zones: rows, unknown }
}

function protection(zones: readonly ZoneSpec[], zone: ZoneSpec, ratio: readonly number[], kernel: KernelDefinition): readonly number[] {
  const managed = ZONE_NAMES.map((name) => zones.find((one) => one.node === zone.node && one.name === name)?.managed ?? 0)
  const index: ZoneIndex = ZONE_NAMES.indexOf(zone.name) as ZoneIndex
  return kernel.hooks.lowmemReserve?.({ managed, ratio }, EXACT)[index] ?? []
}
