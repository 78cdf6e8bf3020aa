/**
 * The decisions a run asks for, resolved once per run: the base kernel's hooks bound as plain functions, and the policies' hooks stacked over them, guarded.
 * Per-folio verdicts of the base are tables. With no policies nothing is guarded and nothing is counted.
 */
import type { Folio, HookName, Hooks, KernelDefinition } from 'reclaim-lab'
import { HOOKS } from 'reclaim-lab'
import { intSqrt, mulDiv } from '../core/maths'
import { assert } from '../core/assert'
import { arityOf, asking } from './arity'
import type { PolicyRuntime } from './policy-runtime'

type Bare<F> = F extends (...args: [...infer A, infer _K]) => infer R ? (...args: A) => R : never

/** Every hook without its context argument. */
export type Decisions = { [H in HookName]: Bare<Hooks<unknown>[H]> }

const KERNEL_CONTEXT = Object.freeze({ math: Object.freeze({ intSqrt, mulDiv }) })

/** The base kernel alone. */
export function bindKernel(kernel: KernelDefinition): Decisions {
  const bound: Partial<Record<HookName, unknown>> = {}
  for (const name of Object.keys(HOOKS) as HookName[]) {
    const hook = kernel.hooks[name] as ((...args: unknown[]) => unknown) | undefined
    bound[name] = hook === undefined ? (name === 'evictFolios' ? noProposals : missing(kernel.name, name)) : asking(hook, kernel.hooks, arityOf(name), KERNEL_CONTEXT)
  }
  const decisions = bound as Decisions
  if (kernel.scope === 'full') {
    decisions.folioReferences = tabulate(decisions.folioReferences) as Decisions['folioReferences']
    decisions.keepActive = tabulateFlags(decisions.keepActive)
    decisions.pageoutDirty = tabulateBits(decisions.pageoutDirty)
    decisions.swapAdmit = tabulateBits(decisions.swapAdmit)
  }
  return decisions
}

/** Kernels have their lists. */
function noProposals(): readonly Folio[] {
  return NO_FOLIOS
}

const NO_FOLIOS: readonly Folio[] = Object.freeze([])

function missing(kernel: string, name: HookName): () => never {
  return () => assert(false, `${kernel} has no hook ${name}`) as never
}

/** young 0, 1, 2 or more x 64 combinations of facts. */
function tabulate(verdict: (young: number, facts: number) => number): (young: number, facts: number) => number {
  const table = new Uint8Array(192)
  for (let young = 0; young < 3; young++) for (let facts = 0; facts < 64; facts++) table[(young << 6) | facts] = verdict(young, facts)
  return (young, facts) => table[((young > 2 ? 2 : young) << 6) | facts]
}

function tabulateFlags(verdict: (young: number, facts: number) => boolean): (young: number, facts: number) => boolean {
  const table = tabulate((young, facts) => (verdict(young, facts) ? 1 : 0))
  return (young, facts) => table(young, facts) === 1
}

/** One integer of 6 bits. */
function tabulateBits(verdict: (bits: number) => boolean): (bits: number) => boolean {
  const table = new Uint8Array(64)
  for (let bits = 0; bits < 64; bits++) table[bits] = verdict(bits) ? 1 : 0
  return (bits) => table[bits] === 1
}

/** Policies over the base, bottom first. */
export function stackPolicies(base: Decisions, policies: readonly PolicyRuntime[]): Decisions {
  let below = base
  for (const policy of policies) below = policy.over(below)
  return below
}
