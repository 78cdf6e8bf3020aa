/**
 * The policies of one run: made before boot, attached and detached at their times, told of folios, run as controllers. What the policy layer needs of the machine around it is here too.
 */
import type { HookName, KernelDefinition, NotificationName } from 'reclaim-lab'
import { assert } from '../core/assert'
import type { FolioListener } from '../mm/folio-watch'
import { FolioWatch } from '../mm/folio-watch'
import { folioFacts } from '../mm/folio-facts'
import type { Mm } from '../mm/mm'
import { SYSCTL_ACTIONS } from '../mm/sysctl-action'
import { setupPerZoneLowmemReserve, setupPerZoneWmarks } from '../mm/watermark'
import type { Decisions } from '../policy/decisions'
import { bindKernel, stackPolicies } from '../policy/decisions'
import type { PolicyHost } from '../policy/policy-runtime'
import { PolicyRuntime } from '../policy/policy-runtime'
import { PolicyDaemon } from './policy-daemon'
import type { PolicySink } from './policy-sink'
import type { Ejection, HookStats } from './recording'
import type { RunInput } from './run-input'
import { vmstatValue } from './vmstat-view'

const MS = 1e6

export interface PolicyEvents {
  /** Calls `attach`, `detach` or `runController` of a policy then. Times are ns since the workload started. */
  at(time: number, what: 'attach' | 'detach' | 'controller', policy: number): void
}

export class RunPolicies {
  readonly ejections: Ejection[] = []
  readonly decide: Decisions
  readonly #runtimes: readonly PolicyRuntime[]
  readonly #daemons = new Map<number, PolicyDaemon>()
  readonly #input: RunInput
  readonly #sink: PolicySink
  #mm: Mm | undefined = undefined

  constructor(input: RunInput, kernel: KernelDefinition, sink: PolicySink) {
    this.#input = input
    this.#sink = sink
    const host = this.#host()
    this.#runtimes = input.policies.map((policy, i) => new PolicyRuntime(i, policy, host, input.seed, input.scriptedEjections ?? []))
    refuseTwoOwners(this.#runtimes)
    for (const policy of this.#runtimes) policy.start()
    for (const policy of this.#runtimes) if (policy.fromNs === 0) policy.attach(0)
    this.decide = stackPolicies(bindKernel(kernel), this.#runtimes)
  }

  /** Do policies that are there at boot set the marks? */
  get marksByPolicy(): boolean {
    return this.#runtimes.some((policy) => policy.attached && policy.overrides.includes('zoneWatermarks'))
  }

  /** The machine is there; `log` too. */
  booted(mm: Mm): void {
    this.#mm = mm
    const names = new Set<HookName | NotificationName>(this.#runtimes.flatMap((policy) => [...policy.overrides, ...policy.notifications]))
    mm.policyHooks = names
    mm.scopedHooks = this.#runtimes.some((policy) => policy.scope !== undefined)
    mm.factsNeedPteDirty = names.has('folioReferences') || names.has('keepActive') || names.has('swapAdmit')
    if (this.#runtimes.some((policy) => policy.followsFolios) || names.has('admitFolio')) mm.folioWatch = new FolioWatch(mm.frames.nr, this.#listener())
    // Policies that fell at boot fell before there was a log.
    for (const ejection of this.ejections) this.#logEjection(ejection)
  }

  /** The workload begins. */
  start(events: PolicyEvents): void {
    this.#runtimes.forEach((policy, i) => {
      if (policy.fromNs > 0) events.at(policy.fromNs, 'attach', i)
      if (policy.untilNs < Infinity) events.at(policy.untilNs, 'detach', i)
      if (policy.controllerPeriodMs !== undefined) events.at(policy.fromNs + policy.controllerPeriodMs * MS, 'controller', i)
    })
  }

  attach(index: number): void {
    const mm = this.#machine()
    const policy = this.#runtimes[index]
    if (policy.ejection !== undefined) return
    policy.attach(++mm.policyEpoch)
    mm.trace.log('policy_attached', { policy: policy.name })
    this.#tellAll(policy)
    this.#recompute(policy)
  }

  detach(index: number): void {
    const mm = this.#machine()
    const policy = this.#runtimes[index]
    if (!policy.attached) return
    policy.detach(++mm.policyEpoch)
    mm.trace.log('policy_detached', { policy: policy.name })
    this.#recompute(policy)
  }

  /** When the controller runs next; undefined: never again. */
  runController(index: number): number | undefined {
    const policy = this.#runtimes[index]
    policy.runController()
    return policy.attached && policy.controllerPeriodMs !== undefined ? this.#machine().clock.now + policy.controllerPeriodMs * MS : undefined
  }

  end(): void {
    for (const policy of this.#runtimes) policy.end()
  }

  stats(): HookStats[] {
    return this.#runtimes.flatMap((policy) => policy.stats())
  }

  /** A policy that comes later learns of the pages that are there, the oldest first. */
  #tellAll(policy: PolicyRuntime): void {
    const mm = this.#machine()
    const added = policy.notifier('folioAdded')
    if (added === undefined || mm.folioWatch === undefined) return
    const { flags, prev } = mm.frames
    for (const { lists } of mm.lruvecs) {
      lists.tail.forEach((tail, lru) => {
        if (lru < 4) for (let link = tail; link !== 0; link = prev[link - 1]) if (mm.folioWatch?.knows(link - 1) === true) added(link - 1, folioFacts(flags[link - 1], 0), 0)
      })
    }
  }

  /** Marks and reserves are computed when they are written, so a policy that makes them has them computed as it comes and goes. */
  #recompute(policy: PolicyRuntime): void {
    const mm = this.#machine()
    if (policy.scope !== undefined) return
    // Whoever is interrupted may be reclaiming, but this is not its business.
    const pinned = mm.current.policyEpoch
    mm.current.policyEpoch = 0
    if (policy.overrides.includes('zoneWatermarks')) setupPerZoneWmarks(mm)
    if (policy.overrides.includes('lowmemReserve')) setupPerZoneLowmemReserve(mm)
    mm.current.policyEpoch = pinned
  }

  #machine(): Mm {
    assert(this.#mm !== undefined, 'policies come and go when the machine is there')
    return this.#mm
  }

  #listener(): FolioListener {
    const all = <N extends NotificationName>(name: N) => {
      const told = this.#runtimes.map((policy) => policy.notifier(name)).filter((one) => one !== undefined)
      return (pfn: number, ...args: number[]): void => {
        for (const tell of told) tell(pfn, ...args)
      }
    }
    const removed = all('folioRemoved')
    const followers = this.#runtimes.filter((policy) => policy.followsFolios)
    return {
      added: all('folioAdded'), accessed: all('folioAccessed'), activated: all('folioActivated'), deactivated: all('folioDeactivated'), refaulted: all('folioRefaulted'),
      removed: (pfn, why) => {
        removed(pfn, why)
        for (const policy of followers) policy.forget(pfn)
      },
      moved: (from, to) => {
        for (const policy of followers) policy.move(from, to)
      },
    }
  }

  #daemon(index: number): PolicyDaemon {
    const known = this.#daemons.get(index)
    if (known !== undefined) return known
    const daemon = new PolicyDaemon(this.#machine(), `policyd/${this.#runtimes[index].name}`.slice(0, 24))
    this.#daemons.set(index, daemon)
    return daemon
  }

  #logEjection({ policy, kind, hook, message }: Ejection): void {
    this.#mm?.trace.log('policy_ejected', { policy, kind, hook, message }, { task: this.#mm.current?.name ?? '' })
  }

  #host(): PolicyHost {
    const input = this.#input
    const nameOf = (policy: number): string => input.policies[policy].definition.name
    return {
      now: () => (this.#mm === undefined ? 0 : this.#mm.clock.now - this.#mm.startTime),
      machine: () => this.#mm,
      sysctl: (name) => {
        const value = this.#mm?.sysctl.has(name) === true ? this.#mm.sysctl.value(name) : undefined
        return typeof value === 'number' ? value : undefined
      },
      refuseSysctl: (name, value) => (SYSCTL_ACTIONS.includes(name) ? `${name} is work for a task: only a phase of the workload may write it` : this.#machine().sysctl.refuse(name, value)),
      writeSysctl: (name, value) => this.#machine().sysctl.write(name, value),
      writeMemcg: (policy, path, knob, value) => this.#daemon(policy).writeMemcg(path, knob, value),
      reclaimFolios: (policy, folios) => this.#daemon(policy).reclaimFolios(folios),
      vmstat: (name) => (this.#mm === undefined ? undefined : vmstatValue(this.#mm, name)),
      count: (policy, name, by) => this.#sink.count(nameOf(policy), name, by),
      gauge: (policy, name, value) => this.#sink.gauge(nameOf(policy), name, value),
      log: (policy, message) => this.#sink.log(() => this.#mm?.trace.log('policy_log', { policy: nameOf(policy), message })),
      ejected: (ejection) => {
        this.ejections.push(ejection)
        this.#logEjection(ejection)
      },
      onCall: (policy, call, place) => input.onPolicyCall?.(policy, call, place),
    }
  }
}

/** Two that are ever attached at once may not both choose every page of the same lists. */
function refuseTwoOwners(runtimes: readonly PolicyRuntime[]): void {
  const owners = runtimes.filter((policy) => policy.overrides.includes('evictFolios'))
  owners.forEach((one, i) => {
    for (const other of owners.slice(i + 1)) {
      const together = one.fromNs < other.untilNs && other.fromNs < one.untilNs
      const apart = one.scope?.node !== undefined && other.scope?.node !== undefined && one.scope.node !== other.scope.node
        || one.scope?.memcg !== undefined && other.scope?.memcg !== undefined && !nested(one.scope.memcg, other.scope.memcg)
      assert(!together || apart, `${one.name} and ${other.name} both choose every page to evict (evictFolios) in one scope`)
    }
  })
}

function nested(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`)
}
