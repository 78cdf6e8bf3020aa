/**
 * Where a policy decides: everywhere, on one node, or in one memory cgroup and those below it. Hooks about a node or a group name it in their arguments; those about a folio or a list are judged
 * by its lruvec, those about a request by the task that makes it. Hooks about the whole machine (marks, reserves, the flusher) are not asked of a policy with a scope.
 */
import type { HookName, NotificationName } from 'reclaim-lab'
import type { Lruvec } from '../mm/lruvec'
import { folioLruvec } from '../mm/lruvec'
import type { Mm } from '../mm/mm'

export interface PolicyScope {
  readonly node?: number
  /** A memory cgroup's path. */
  readonly memcg?: string
}

const MACHINE_HOOKS: ReadonlySet<string> = new Set<HookName>(['minFreeKbytes', 'zoneWatermarks', 'lowmemReserve', 'watermarkBoost', 'writebackStart'])
/** About a folio or a list: see `Mm.hookLruvec`. */
const LRUVEC_HOOKS: ReadonlySet<string> = new Set<HookName>(['folioReferences', 'keepActive', 'inactiveIsLow', 'refaultActivate', 'admitFolio', 'pageoutDirty', 'swapAdmit'])

export function inScope(mm: Mm | undefined, scope: PolicyScope, hook: HookName | NotificationName, args: readonly unknown[]): boolean {
  if (mm === undefined || MACHINE_HOOKS.has(hook)) return false
  if (LRUVEC_HOOKS.has(hook)) return mm.hookLruvec === undefined || lruvecInScope(mm, scope, mm.hookLruvec)
  const named = args[0] as { readonly node?: number; readonly memcg?: number }
  const node = named.node ?? mm.nodeOfCpu(mm.cpu)
  // Reclaim for the machine is nobody's group; a request that names none is that of its task.
  const memcg = named.memcg ?? (named.node === undefined ? mm.current.memcg : 0)
  return holds(mm, scope, node, memcg)
}

export function folioInScope(mm: Mm, scope: PolicyScope, pfn: number): boolean {
  return lruvecInScope(mm, scope, folioLruvec(mm, pfn))
}

function lruvecInScope(mm: Mm, scope: PolicyScope, lruvec: Lruvec): boolean {
  return holds(mm, scope, lruvec.node.id, lruvec.memcg)
}

function holds(mm: Mm, scope: PolicyScope, node: number, memcg: number): boolean {
  if (scope.node !== undefined && scope.node !== node) return false
  if (scope.memcg === undefined) return true
  const group = mm.memcgs.find(scope.memcg)
  return group !== undefined && memcg >= group.id && memcg <= group.last
}
