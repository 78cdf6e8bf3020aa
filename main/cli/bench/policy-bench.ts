/** What policies cost: compiling one, and running with one against running without, in a runner process as everywhere. */
import { realCompiler, realRuns } from '../../lab/default-parts'
import { createContent } from '../../lab/default-content'
import type { Compiled, Compiler, Runs } from '../../lab/parts'
import { forkChildRunner } from '../../runner/fork-child'
import type { CompiledPolicy, RunJob } from '../../runner/protocol'
import { Interrupted, orInterrupted, type Interrupt } from '../interrupt'
import { median } from './measure'
import { EMPTY_POLICY, referencedScan } from './workloads'

export interface Overhead { readonly empty: number; readonly passThrough: number }

const TOUCHES = 2_000_000

/** Per cent of wall time over the same run without a policy; runs take turns on one process. */
export async function policyOverhead(kernel: string, rounds: number, interrupt: Interrupt): Promise<Overhead> {
  const compiler = realCompiler()
  const runs = realRuns(forkChildRunner, { parallel: 1 })
  try {
    const empty = policyOf(await compiler.compile('empty.ts', EMPTY_POLICY))
    const passThrough = policyOf(await compiler.compile('skeleton.ts', createContent().skeleton))
    const time = (policy?: CompiledPolicy): Promise<number> => timeJob(runs, { ...job(kernel), policies: policy === undefined ? [] : [{ compiled: policy, params: {} }] }, interrupt)
    await time(passThrough)
    const ratios: { empty: number; passThrough: number }[] = []
    for (let round = 0; round < Math.max(3, rounds); round++) {
      const [bare, withEmpty, withPassThrough] = [await time(), await time(empty), await time(passThrough)]
      ratios.push({ empty: withEmpty / bare, passThrough: withPassThrough / bare })
    }
    return { empty: percent(ratios.map((one) => one.empty)), passThrough: percent(ratios.map((one) => one.passThrough)) }
  } finally {
    await Promise.all([compiler.close(), runs.close()])
  }
}

function percent(ratios: readonly number[]): number {
  return (median(ratios) - 1) * 100
}

function job(kernel: string): RunJob {
  return { run: 'bench', scenario: referencedScan(TOUCHES), kernel, policies: [], seed: 1, scriptedEjections: [] }
}

async function timeJob(runs: Runs, one: RunJob, interrupt: Interrupt): Promise<number> {
  if (interrupt.signal.aborted) throw new Interrupted()
  const start = performance.now()
  const recording = await orInterrupted(interrupt, runs.start(one, () => undefined).done)
  if (recording.ejections.length > 0) throw new Error(`a benchmark policy was ejected: ${recording.ejections[0].message}`)
  return performance.now() - start
}

const COMPILES = 9

/** Median of compiling texts the service has not seen, after a first one. */
export async function compileWarmMs(): Promise<number> {
  const compiler = realCompiler()
  try {
    await compileOnce(compiler, 0)
    const times: number[] = []
    for (let i = 1; i <= COMPILES; i++) times.push(await compileOnce(compiler, i))
    return median(times)
  } finally {
    await compiler.close()
  }
}

async function compileOnce(compiler: Compiler, variant: number): Promise<number> {
  const text = `${createContent().skeleton}\n// ${variant}\n`
  const start = performance.now()
  policyOf(await compiler.compile('skeleton.ts', text))
  return performance.now() - start
}

function policyOf(compiled: Compiled): CompiledPolicy {
  if (compiled.policy === undefined) throw new Error(compiled.errors.map((problem) => `${problem.path}: ${problem.message}`).join('\n'))
  return compiled.policy
}
