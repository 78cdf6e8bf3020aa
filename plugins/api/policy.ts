/**
 * The two things a plugin file can be: a policy (`definePolicy`) or a kernel (`defineKernel`). Both are identity functions that give types.
 */
import type { ControllerContext, ExitInfo, PolicyContext, SetupContext } from './context'
import type { Notifications } from './folios'
import type { HookName, Hooks } from './hooks'
import type { ParamSpecs, ParamValues } from './params'

/** Runs every `periodMs` of virtual time (1..3,600,000), like a daemon that watches counters and writes sysctls. */
export interface Controller<S, P extends ParamSpecs> {
  readonly periodMs: number
  run(k: ControllerContext<S, P>): void
}

/** A policy's hooks: each may be absent, and may answer `undefined`; both mean the base's decision. */
export type PolicyHooks<H> = { readonly [N in keyof H]?: H[N] extends (...args: infer A) => infer R ? (...args: A) => R | undefined : never }

export interface PolicyDefinition<S = undefined, P extends ParamSpecs = ParamSpecs> {
  /** Version of this API. */
  readonly api: 1
  /** Lower-case words joined by `-`, at most 40 characters; how runs and the CLI name the policy. */
  readonly name: string
  /** One or two plain sentences: the idea, when it helps, when it hurts. */
  readonly describe?: string
  readonly params?: P
  /** Makes the policy's state once per run, before boot. Must not depend on anything but `params`. Lists and stores are made here, by `k`. */
  init?(params: ParamValues<P>, k: SetupContext): S
  exit?(k: PolicyContext<S, P>, info: ExitInfo): void
  readonly hooks?: PolicyHooks<Hooks<PolicyContext<S, P>>> & Partial<Notifications<PolicyContext<S, P>>>
  readonly controller?: Controller<S, P>
}

/** Declares a policy. Only `api` and `name` are mandatory. */
export function definePolicy<S = undefined, const P extends ParamSpecs = Record<never, never>>(
  definition: PolicyDefinition<S, P>,
): PolicyDefinition<S, P> {
  return definition
}

/** A sysctl the kernel has. Writes outside min..max are refused with the range named. */
export interface SysctlSpec {
  readonly default: number | readonly number[]
  readonly min: number
  readonly max: number
  /** `kB`, `1/10000`, `%`, `ratio`, `flag`, … */
  readonly unit: string
  readonly about: string
}

/** What differs between kernels besides decisions: sizes, and which of the engine's procedures it follows. A run binds them once, at boot. */
export interface KernelTraits {
  /** What its reports print of itself, as in `Not tainted 6.1.0`. */
  readonly release: string
  /** Whose names and layout the files of /proc have. */
  readonly procFiles: 'linux-3.18' | 'linux-5.15' | 'linux-6.1'
  /** Pages a per-cpu LRU batch holds: 15 in 5.15 and 6.1, 14 in 3.18. */
  readonly folioBatch: number
  /** Cap of a per-cpu refill, pages, before it is quartered (mm/page_alloc.c:zone_batchsize). */
  readonly pcpBatchCap: number
  /**
   * How reclaimers wait for writeback and for each other: `reclaim-throttle` on a queue that progress wakes (5.16 on), `timeout` a fixed time, since no disk reports congestion any more (5.0 on),
   * `congestion` until a disk's queue is no longer congested.
   */
  readonly stalls: 'reclaim-throttle' | 'timeout' | 'congestion'
  /** When the target is met, the rest of a scan is cut to the same share of anon and file: `repeated` after every round of 32 pages, `once`, and then all that is left is scanned. */
  readonly proportionalStop: 'repeated' | 'once'
  /** Seconds an OOM victim has to exit by itself before the reaper comes; undefined: there is no reaper. */
  readonly oomReaperDelayS: number | undefined
  /** What a zone without pages on its lists counts for where reclaim asks how much it could get: its `free` pages (6.1.124 on) or `nothing`. */
  readonly emptyZoneOffers: 'free' | 'nothing'
  /** What still must be there when node reclaim has the node's lock: page cache or slab above its limit (`either`), or `page-cache`. */
  readonly nodeReclaimNeeds: 'either' | 'page-cache'
  /** Whose LRU lists there are, and with them reclaim's loops, flags and counters: each `node`'s (4.8 on) or each `zone`'s. */
  readonly lruLists: 'node' | 'zone'
  /** Do a node's zones serve allocations in turns, in proportion to their size, before any is drained to its LOW mark (3.12 to 4.7)? */
  readonly fairZones: boolean
  /** The list that new anonymous pages begin on. */
  readonly newAnon: 'inactive' | 'active'
  /** Which pages leave a shadow when they are evicted, and may come back to the active list. */
  readonly refaults: 'anon-and-file' | 'file'
  /** What becomes of pages that reclaim meets dirty or under writeback: out of the way on the active list until their write ends, or kept on the inactive list. */
  readonly dirtyFolios: 'activate' | 'keep'
  /** A mark's test for a block: `block`, some free block is large enough, or `halve`, for each smaller order its free pages are taken off and half the mark must be left. */
  readonly highOrderTest: 'block' | 'halve'
  /** What is kept back for large atomic requests: pageblocks as they are needed (`highatomic`), or one or two from the start (`migrate-reserve`). */
  readonly reserves: 'highatomic' | 'migrate-reserve'
  /** Per-cpu free lists: orders up to 3, as long as the LOW mark; or single pages, six batches. */
  readonly perCpuLists: 'low-mark' | 'six-batches'
  /** Is there a thread that compacts? If not, kswapd does it. */
  readonly kcompactd: boolean
  /** A slab cache's share of a pass: by the `priority`, or as many of its objects as pages were `scanned` of the lists, those mapped or in swap counted twice. */
  readonly slabShare: 'priority' | 'scanned'
  /** Does write() mark pages accessed, so that the second write of a page promotes it? */
  readonly writesMarkAccessed: boolean
  /** Is a page whose only user comes back to it read from zram straight, without the swap cache? */
  readonly swapBypass: boolean
  /** How much of the reserves an OOM victim may use: half of MIN, or all there is. */
  readonly victimReserves: 'half' | 'all'
  /** Memory cgroups: the first version only, or both. */
  readonly cgroups: 'v1' | 'v1-and-v2'
  /** The first try of a huge page fault, which may not leave its node, only compacts (`compact`) or also reclaims once (`reclaim`). */
  readonly thisNodeTry: 'compact' | 'reclaim'
}

export interface KernelDefinition {
  readonly api: 1
  /** `linux-6.1`, `linux-5.15`, `android-3.18`. */
  readonly name: string
  readonly describe: string
  /** What of this kernel is in: `full` runs, `marks` only computes watermarks and reserves. */
  readonly scope: 'full' | 'marks'
  readonly traits: KernelTraits
  readonly sysctls: Readonly<Record<string, SysctlSpec>>
  /** All hooks for `full`; the watermark hooks for `marks`. */
  readonly hooks: Partial<Hooks<KernelContext>>
}

/** Kernel hooks are pure functions of their arguments and exact mathematics. */
export interface KernelContext {
  readonly math: { intSqrt(x: number): number; mulDiv(a: number, b: number, c: number): number }
}

/** Declares a kernel. A kernel is also a valid policy: run over another base it takes every decision it has. */
export function defineKernel<const D extends KernelDefinition>(definition: D): D {
  return definition
}

export type AnyPolicyDefinition = PolicyDefinition<unknown, ParamSpecs>
export type { HookName, Hooks }
