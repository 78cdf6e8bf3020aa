/**
 * What policies cost: compiling one, and running with one against running without. They run in this process, in the same realm and compartments as in a runner; the realm is
 * locked down for good, so this comes last.
 */
import { realCompiler } from '../../lab/default-parts'
import { createContent } from '../../lab/default-content'
import type { Compiled, Compiler, Kernel } from '../../lab/parts'
import { loadPolicy } from '../../runner/compartment'
import type { CompiledPolicy } from '../../runner/protocol'
import { lockdownRealm } from '../../runner/realm'
import type { PolicyInstance } from '../../engine'
import type { Interrupt } from '../interrupt'
import { measureSlices, median } from './measure'
import { EMPTY_POLICY, GIB_PAGES, VERDICT_POLICY, referencedScan } from './workloads'

/** Per cent, but for `eviction`: times. */
export interface Overhead { readonly empty: number; readonly verdicts: number; readonly passThrough: number; readonly eviction: number }

const TOUCHES = 400_000
const MEMORY_PAGES = GIB_PAGES / 4
/** Fewer have said -12 % of an empty policy. */
const LEAST_ROUNDS = 15

/** CPU time over that of the same run without a policy; all take turns, and of every slice of each the quickest round counts: what disturbs a round only adds. */
export async function policyOverhead(kernel: Kernel['definition'], rounds: number, interrupt: Interrupt): Promise<Overhead> {
  const policies = await benchPolicies()
  lockdownRealm()
  const runs = [undefined, ...policies].map((policy) => ({ policy, quickest: [] as readonly number[] }))
  // The first round warms up.
  for (let round = -1; round < Math.max(LEAST_ROUNDS, rounds); round++) {
    for (const run of runs) {
      const { slicesMs, recording } = await measureSlices(referencedScan(TOUCHES, MEMORY_PAGES), kernel, interrupt, run.policy === undefined ? [] : [instance(run.policy)])
      if (recording.ejections.length > 0) throw new Error(`a benchmark policy was ejected: ${recording.ejections[0].message}`)
      if (round >= 0) run.quickest = slicesMs.map((ms, i) => Math.min(ms, run.quickest[i] ?? Infinity))
    }
  }
  const [bare, empty, verdicts, passThrough, eviction] = runs.map(({ quickest }) => quickest.reduce((sum, ms) => sum + ms, 0))
  return { empty: percent(empty / bare), verdicts: percent(verdicts / bare), passThrough: percent(passThrough / bare), eviction: eviction / bare }
}

async function benchPolicies(): Promise<readonly CompiledPolicy[]> {
  const compiler = realCompiler()
  const content = createContent()
  const lfu = content.examples.find(({ file }) => file.endsWith('/lfu.ts'))?.text ?? ''
  const texts = [EMPTY_POLICY, VERDICT_POLICY, content.skeleton.replace(/^ +evictFolios:.*$/m, ''), lfu]
  try {
    const policies: CompiledPolicy[] = []
    for (const [i, text] of texts.entries()) policies.push(policyOf(await compiler.compile(`bench-${i}.ts`, text)))
    return policies
  } finally {
    await compiler.close()
  }
}

function percent(ratio: number): number {
  return (ratio - 1) * 100
}

function instance(policy: CompiledPolicy): PolicyInstance {
  const loaded = loadPolicy(policy)
  if (!loaded.ok) throw new Error(loaded.message)
  return { ...loaded.policy, params: {} }
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
