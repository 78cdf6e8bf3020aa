/**
 * From a sweep on a queue back to what makes its runs, for somebody who only watches it: so that it can be an entry of the history like any other. Scenarios and policies are
 * checked against their hashes and compiled here, and the runs that come of them must be those of the sweep.
 */
import { ENGINE_VERSION } from '../engine'
import type { LabParts } from '../lab/parts'
import { messageOf } from '../lab/problems'
import type { PreparedExperiment, PreparedMachine } from '../lab/request'
import { specKey, type RunSpec } from '../lab/run-key'
import { keysOf, type SweepPlan } from '../lab/sweep/plan'
import type { PreparedSweep } from '../lab/sweep/prepare-sweep'
import type { QueueLink } from './link'
import { createRecipes, type Recipes } from './recipe'
import { runsOf, specsOf, type SweepRecord } from './sweep-record'

/** `why`: it can be watched all the same, but not kept. */
export type Adopted = { readonly prepared: PreparedSweep } | { readonly why: string }

export async function adoptSweep(link: QueueLink, { id, engine, plan }: SweepRecord, parts: Pick<LabParts, 'compiler' | 'content'>): Promise<Adopted> {
  if (engine !== ENGINE_VERSION) return { why: `engine ${engine} makes its runs, this lab has ${ENGINE_VERSION}` }
  const specs = await specsOf(link.redis, id)
  if (specs.length !== plan.points.length * plan.machines.length) return { why: 'what makes its runs is not on the queue: an older lab put it there' }
  try {
    const prepared = await preparedOf(plan, specs, createRecipes(link.redis, parts))
    const runs = await runsOf(link.redis, id)
    const same = keysOf(prepared).every((key, index) => key === runs[index])
    return same ? { prepared } : { why: 'what lies on the queue makes other runs than its own' }
  } catch (error) {
    return { why: messageOf(error) }
  }
}

async function preparedOf({ title, axes, points, metrics, seeds, machines }: SweepPlan, specs: readonly RunSpec[], recipes: Recipes): Promise<PreparedSweep> {
  const machineOf = async (spec: RunSpec, { label, policy }: SweepPlan['machines'][number]): Promise<PreparedMachine> => {
    const { scenario, kernel, policies } = await recipes.jobOf(specKey(spec), spec)
    const sources = policies.map(({ compiled }) => ({ name: policy ?? compiled.file, text: compiled.text ?? '' }))
    return { label, ...(policy === undefined ? {} : { policy }), scenario, kernel, stack: policies, sources }
  }
  const experiments: PreparedExperiment[] = []
  for (let point = 0; point < points.length; point++) {
    const own = await Promise.all(machines.map((info, machine) => machineOf(specs[point * machines.length + machine], info)))
    experiments.push({ title, scenario: own[0].scenario, kernel: own[0].kernel, machines: own, seeds })
  }
  return { title, axes, points, metrics, seeds, experiments }
}
