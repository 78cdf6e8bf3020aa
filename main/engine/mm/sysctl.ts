/**
 * The machine's sysctls: values checked against the kernel's specs, and what a write sets off (mm/page_alloc.c:min_free_kbytes_sysctl_handler and its siblings, v6.1).
 */
import type { SysctlSpec } from 'reclaim-lab'
import { assert } from '../core/assert'

export class SysctlTable {
  readonly #specs: Readonly<Record<string, SysctlSpec>>
  readonly #values = new Map<string, number | readonly number[]>()
  /** Called after a write, with the name, and whether a number became another one. */
  onWrite: (name: string, changed: boolean) => void = () => {}

  constructor(specs: Readonly<Record<string, SysctlSpec>>) {
    this.#specs = specs
    for (const [name, spec] of Object.entries(specs)) this.#values.set(name, spec.default)
  }

  has(name: string): boolean {
    return this.#values.has(name)
  }

  num(name: string): number {
    const value = this.#values.get(name)
    assert(typeof value === 'number', `${name} is a number of this kernel`)
    return value
  }

  list(name: string): readonly number[] {
    const value = this.#values.get(name)
    assert(typeof value === 'object', `${name} is a list of this kernel`)
    return value
  }

  value(name: string): number | readonly number[] {
    const value = this.#values.get(name)
    assert(value !== undefined, `${name} is a sysctl of this kernel`)
    return value
  }

  /** Why this value can't be written, or undefined. */
  refuse(name: string, value: number | readonly number[]): string | undefined {
    const spec = Object.hasOwn(this.#specs, name) ? this.#specs[name] : undefined
    if (spec === undefined) return `${name} is not a sysctl of this kernel`
    const list = typeof spec.default === 'object'
    if (list !== (typeof value === 'object')) return `${name} takes ${list ? 'a list' : 'one number'}`
    for (const v of typeof value === 'object' ? value : [value]) {
      if (!Number.isInteger(v) || v < spec.min || v > spec.max) return `${name} must be a whole number from ${spec.min} to ${spec.max}, not ${v}`
    }
    return undefined
  }

  /** Sets without consequences; before boot. */
  preset(name: string, value: number | readonly number[]): void {
    assert(this.refuse(name, value) === undefined, this.refuse(name, value) ?? '')
    const old = this.#values.get(name)
    // As in the kernel, fewer words leave the others as they are.
    this.#values.set(name, typeof value === 'object' && typeof old === 'object' ? old.map((was, i) => value[i] ?? was) : value)
  }

  write(name: string, value: number | readonly number[]): void {
    const before = this.#values.get(name)
    this.preset(name, value)
    this.onWrite(name, before !== value)
  }

  /** Is it the number that the kernel starts with? */
  isDefault(name: string): boolean {
    return this.#values.get(name) === this.#specs[name]?.default
  }

  names(): readonly string[] {
    return [...this.#values.keys()]
  }
}
