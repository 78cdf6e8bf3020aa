/**
 * How the engine calls hooks: most take one object, those asked for each folio take numbers, and the context comes last. Calls are made by number of arguments, since a
 * list of rest arguments at every call is dearer than what most hooks do.
 */
import type { HookName } from 'reclaim-lab'
import type { Decisions } from './decisions'

type ArityOf = { readonly [H in HookName]: Parameters<Decisions[H]>['length'] }

/** The hooks asked for each folio, with how many numbers they are given. */
export const FOLIO_HOOKS = {
  folioReferences: 2, keepActive: 2, inactiveIsLow: 2, refaultActivate: 3, admitFolio: 3, pageoutDirty: 1, swapAdmit: 1,
} as const satisfies Partial<ArityOf>

export type FolioHook = keyof typeof FOLIO_HOOKS
export type Arity = (typeof FOLIO_HOOKS)[FolioHook]

/** All other hooks take one object. */
type Others = Pick<ArityOf, Exclude<HookName, FolioHook>>
const othersTakeOne: Others extends Readonly<Record<Exclude<HookName, FolioHook>, 1>> ? 1 : never = 1

export function isFolioHook(hook: HookName): hook is FolioHook {
  return Object.hasOwn(FOLIO_HOOKS, hook)
}

export function arityOf(hook: HookName): Arity {
  return isFolioHook(hook) ? FOLIO_HOOKS[hook] : othersTakeOne
}

type AnyFunction = (...args: readonly unknown[]) => unknown

/** `run` as a method of `self`, given `arity` arguments and then `context`; what is given beyond them is dropped. */
export function asking(run: AnyFunction, self: unknown, arity: Arity, context: unknown): (a: unknown, b?: unknown, c?: unknown) => unknown {
  if (arity === 1) return (a) => run.call(self, a, context)
  if (arity === 2) return (a, b) => run.call(self, a, b, context)
  return (a, b, c) => run.call(self, a, b, c, context)
}

/** `decide`, given `arity` arguments and no more. */
export function exactly(decide: AnyFunction, arity: Arity): (a: unknown, b?: unknown, c?: unknown) => unknown {
  if (arity === 1) return (a) => decide(a)
  if (arity === 2) return (a, b) => decide(a, b)
  return decide
}
