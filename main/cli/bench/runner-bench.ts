/** How soon there is a runner again after one was killed: from the kill's confirmation to a fresh process that has evaluated a policy. */
import { setTimeout as wait } from 'node:timers/promises'
import { realCompiler } from '../../lab/default-parts'
import { forkChildRunner } from '../../runner/fork-child'
import { createRunnerPool } from '../../runner/pool'
import type { CompiledPolicy } from '../../runner/protocol'
import { median } from './measure'
import { EMPTY_POLICY } from './workloads'

const LOOK_MS = 1

/** Median of so many kills, in ms of wall time. */
export async function runnerBackMs(kills: number): Promise<number> {
  const compiler = realCompiler()
  const pool = createRunnerPool({ fork: forkChildRunner, size: 1, prewarm: 1 })
  try {
    const { policy } = await compiler.compile('empty.ts', EMPTY_POLICY)
    if (policy === undefined) throw new Error('the empty policy doesn\'t compile')
    await inspected(pool, policy)
    const times: number[] = []
    for (let i = 0; i < kills; i++) {
      for (const pid of pool.pids()) process.kill(pid, 'SIGKILL')
      while (pool.pids().length > 0) await wait(LOOK_MS)
      const start = performance.now()
      await inspected(pool, policy)
      times.push(performance.now() - start)
    }
    return median(times)
  } finally {
    await Promise.all([pool.dispose(), compiler.close()])
  }
}

async function inspected(pool: ReturnType<typeof createRunnerPool>, policy: CompiledPolicy): Promise<void> {
  const result = await pool.inspect(policy)
  if (!result.ok) throw new Error(result.message)
}
