/** Stacks of policies in a variant: each by name, with where and when it decides behind `@`. */
import type { Problem, Result, Scenario } from '../../preload/contract'
import { readPlace } from '../runner/policy-place'
import type { PolicyPlace } from '../runner/policy-place'
import type { PolicyLibrary, ResolvedPolicy } from './policy-library'
import { done, fail, show } from './problems'

export interface StackedPolicy {
  readonly policy: ResolvedPolicy
  /** The words behind the name; empty: everywhere and always. */
  readonly place: string
}

/** `lfu@2000..4000@memcg:a` and the like, bottom first. */
export async function resolveStack(uses: readonly string[], path: string, library: PolicyLibrary): Promise<Result<readonly StackedPolicy[]>> {
  const found = await Promise.all(uses.map(async (use, i): Promise<Result<StackedPolicy>> => {
    const [name, ...words] = use.split('@')
    const place = words.join('@')
    const read = readPlace(place)
    if (typeof read === 'string') return fail(`${path}[${i}]`, read)
    const policy = await library.resolve({ kind: 'name', name }, `${path}[${i}]`)
    return policy.ok ? done({ policy: policy.value, place }) : policy
  }))
  const problems = found.flatMap((one) => (one.ok ? [] : one.problems))
  return problems.length > 0 ? { ok: false, problems } : done(found.flatMap((one) => (one.ok ? [one.value] : [])))
}

/** Places that the scenario lacks, the same policy twice at once, and two that would both choose every page. */
export function stackProblems(stack: readonly StackedPolicy[], scenario: Scenario, path: string): readonly Problem[] {
  const places = stack.map(({ place }) => readPlace(place)).flatMap((place) => (typeof place === 'string' ? [] : [place]))
  const missing = places.flatMap(({ scope = {} }, i): readonly Problem[] => {
    if (scope.memcg !== undefined && !(scenario.memcgs ?? []).some((memcg) => memcg.path === scope.memcg)) return [{ path: `${path}[${i}]`, message: `the scenario has no memory cgroup ${show(scope.memcg)}` }]
    if (scope.node !== undefined && !scenario.machine.zones.some((zone) => zone.node === scope.node)) return [{ path: `${path}[${i}]`, message: `the machine has no node ${scope.node}` }]
    return []
  })
  const owners = stack.flatMap(({ policy }, i) => (policy.hooks.includes('evictFolios') ? [i] : []))
  const clashes = owners.flatMap((one, n) => owners.slice(n + 1).filter((other) => together(places[one], places[other])).map((other): Problem => ({
    path: `${path}[${other}]`, message: `${stack[one].policy.name} and ${stack[other].policy.name} both choose every page to evict in the same place at the same time; give them times or places of their own`,
  })))
  return [...missing, ...clashes]
}

function together(a: PolicyPlace, b: PolicyPlace): boolean {
  if ((a.fromNs ?? 0) >= (b.untilNs ?? Infinity) || (b.fromNs ?? 0) >= (a.untilNs ?? Infinity)) return false
  if (a.scope?.node !== undefined && b.scope?.node !== undefined && a.scope.node !== b.scope.node) return false
  const [one, other] = [a.scope?.memcg, b.scope?.memcg]
  return one === undefined || other === undefined || one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`)
}
