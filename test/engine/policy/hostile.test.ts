/**
 * Policies that do what they may as badly as they can, from a seed: lists changed while they are scanned, by visitors that scan, with handles of pages long gone; controllers that write every
 * sysctl to its ends and limits of groups to nothing. The machine stays sound (its invariants are checked on the way), the run ends, and it ends the same again.
 */
import type { AnyPolicyDefinition, Folio, FolioList, FolioStore, KernelDefinition } from 'reclaim-lab'
import { expect, test } from 'vitest'
import type { PolicyInstance } from '../../../main/engine/index'
import linux515 from '../../../plugins/kernels/linux-5.15'
import linux61 from '../../../plugins/kernels/linux-6.1'
import { policy } from '../support/policies'
import type { Context } from '../support/policies'
import { runScenario } from '../support/run'
import { EVERYTHING } from './scenario'

interface Dice { below(n: number): number; pick<T>(list: readonly T[]): T }

function diceOf(seed: number): Dice {
  let state = seed
  const below = (n: number): number => {
    state = (state * 48_271) % 2_147_483_647
    return state % n
  }
  return { below, pick: (list) => list[below(list.length)] }
}

interface Own { readonly lists: readonly FolioList[]; readonly stores: readonly FolioStore[] }

const ADD = ['addHead', 'addTail'] as const
const ODD = [0, 1, 2, 3, 4, -0, NaN, 1.5, 2 ** 53, undefined, '4'] as const

function listTroubler({ below, pick }: Dice): PolicyInstance {
  const kept: Folio[] = [1]
  const of = (k: Context): Own => k.state as Own
  const visitor = ({ lists }: Own) => function visit(folio: Folio): never {
    const turn = below(12)
    if (turn < 4) pick(lists)[pick(ADD)](pick([folio, pick(kept)]))
    else if (turn === 5) pick(lists).delete(pick(kept))
    else if (turn === 6 && below(30) === 0) pick(lists).scan(20, visit)
    else if (turn === 7) for (const list of lists) list.delete(folio)
    return pick(ODD) as never
  }
  return policy({
    init: (_params, k): Own => ({ lists: Array.from({ length: 16 }, () => k.list()), stores: [k.folioStore('u8', 255), k.folioStore('i32', -(2 ** 31))] }),
    hooks: {
      folioAdded(folio, _facts, _task, k) {
        if (kept.length < 3_000) kept.push(folio)
        pick(of(k).lists)[pick(ADD)](folio)
        pick(of(k).stores).set(folio, pick([NaN, -0, 2 ** 53, -1, 1e300, Infinity]))
      },
      // On a list again, the moment it goes.
      folioRemoved(folio, _why, k) { pick(of(k).lists).addHead(folio) },
      folioAccessed(folio, _young, _accesses, k) { pick(of(k).lists).addTail(folio); k.folios.young(folio) },
      folioActivated(_folio, k) { pick(of(k).lists).addTail(pick(kept)) },
      evictFolios: ({ nr }, k) => {
        const own = of(k)
        const proposed = pick(own.lists).scan(pick([1, nr, 2 ** 53 - 1]), visitor(own), pick([undefined, NaN, -1, nr, 2 ** 53]))
        proposed.push(...pick(own.lists).sample(pick([1, 5, 1e6]), pick([1, 5, 1e6]), (folio) => {
          if (below(3) === 0) pick(own.lists).delete(folio)
          return pick([NaN, -0, 1, -Infinity])
        }))
        for (let n = below(20); n > 0; n--) proposed.push(pick(kept))
        return proposed.filter((folio) => folio >= 1).slice(0, nr)
      },
    },
  })
}

/** Work for a task, or the end of the run by its own wish. */
const NOT_A_DAEMONS = ['vm.compact_memory', 'vm.nr_hugepages', 'vm.drop_caches', 'vm.panic_on_oom', 'kernel.hung_task_panic']

function writer({ below, pick }: Dice, { sysctls }: KernelDefinition): PolicyInstance {
  const specs = Object.entries(sysctls).filter(([name, spec]) => !NOT_A_DAEMONS.includes(name) && !Array.isArray(spec.default))
  const controller: AnyPolicyDefinition['controller'] = { periodMs: 10, run: (k) => {
    for (let n = 0; n < 3; n++) {
      const [name, { min, max }] = pick(specs)
      k.writeSysctl(name, pick([min, max, Math.floor((min + max) / 2)]))
    }
    if (below(3) === 0) k.writeMemcg('quiet', pick(['memory.max', 'memory.high', 'memory.low', 'memory.min', 'memory.reclaim', 'memory.swap.max']), pick([0, 1, 7, 1e6, 2 ** 31, 2 ** 40]))
    if (below(4) === 0) k.writeMemcg('/', 'memory.reclaim', pick([0, 1, 100, 2 ** 31, 2 ** 45]))
    k.reclaimFolios(Array.from({ length: below(50) }, () => pick([-1, 0, 1, below(1e6), 2 ** 31, 2 ** 53])))
  } }
  return policy({ controller })
}

test('lists changed while they are scanned, by visitors that scan', () => {
  const run = (everyTurns: number): ReturnType<typeof runScenario> => runScenario(EVERYTHING, { policies: [listTroubler(diceOf(2))], everyTurns })
  const { ejections, summary, digest } = run(2_000)
  expect({ ejections, end: summary.end }).toEqual({ ejections: [], end: 'done' })
  expect(run(0).digest).toBe(digest)
})

test.each([linux61, linux515])('every sysctl and limit to its ends, $name', (kernel) => {
  const run = (everyTurns: number): ReturnType<typeof runScenario> => runScenario(EVERYTHING, { kernel, policies: [writer(diceOf(3), kernel)], everyTurns })
  const { ejections, summary, digest } = run(2_000)
  expect({ ejections, end: summary.end }).toEqual({ ejections: [], end: 'done' })
  expect(run(0).digest).toBe(digest)
})
