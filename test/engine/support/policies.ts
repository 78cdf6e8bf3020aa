/** Policies for tests, as a run gets them: a definition, parameters, perhaps a fuel meter. */
import type { AnyPolicyDefinition, HookName, PolicyContext, ParamSpecs } from 'reclaim-lab'
import { HOOKS } from 'reclaim-lab'
import type { FuelMeter, PolicyInstance } from '../../../main/engine/index'

export type Definition = Partial<AnyPolicyDefinition>

export function policy(parts: Definition, over: Partial<PolicyInstance> = {}): PolicyInstance {
  return { definition: { api: 1, name: 'test-policy', ...parts }, params: {}, ...over }
}

/** The same function as any hook, whatever it answers: policies are not bound to types at run time. */
export function hooked(hook: HookName, answer: (...args: readonly unknown[]) => unknown): PolicyInstance {
  return policy({ hooks: { [hook]: answer } })
}

export const ALL_HOOKS = Object.keys(HOOKS) as HookName[]

/** Fuel as the compiled policy would count it: tests spend it by hand. */
export class FakeFuel implements FuelMeter {
  units = 0
  readonly given: number[] = []
  set(units: number): void {
    this.given.push(units)
    this.units = units
  }

  left(): number {
    return this.units
  }

  spend(units: number): void {
    this.units -= units
    if (this.units < 0) throw new Error('out of fuel')
  }
}

export type Context = PolicyContext<unknown, ParamSpecs>
