/**
 * Every hook there is, now and later, is answered with thousands of values made to get past its check: each time either the answer is one that the engine can use,
 * or the policy is ejected with kind, hook, line, value, what is allowed and a dump, and the base decides.
 */
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { HookName } from 'reclaim-lab'
import { expect, test } from 'vitest'
import { compile } from '../compile/compiler'
import { EVERYTHING } from '../engine/policy/scenario'
import { ALL_HOOKS, policy } from '../engine/support/policies'
import type { Context } from '../engine/support/policies'
import { runScenario } from '../engine/support/run'
import { HOSTILE_POLICY } from './hostile-policy'
import type { Asked, FuzzReport, FuzzRequest } from './runtime-worker'

const SEEDS = 300

/** What each hook was asked in a run that asks all of them, the first time and later on, and what the kernel said. */
function realCalls(): readonly Asked[] {
  const asked: Asked[] = []
  const times = new Map<HookName, number>()
  const listen = (hook: HookName) => (...given: readonly unknown[]): undefined => {
    const n = (times.get(hook) ?? 0) + 1
    times.set(hook, n)
    if (n !== 1 && n !== 30) return undefined
    const k = given.at(-1) as Context
    asked.push(plainCopy({ hook, args: given.slice(0, -1), answer: (k.base[hook] as () => unknown)() }))
    return undefined
  }
  const { ejections } = runScenario(EVERYTHING, { policies: [policy({ hooks: Object.fromEntries(ALL_HOOKS.map(hook => [hook, listen(hook)])) })], everyTurns: 0 })
  expect(ejections).toEqual([])
  return asked
}

/** Of ordinary objects, as the engine's own are. */
function plainCopy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T
}

async function fuzz(request: FuzzRequest): Promise<FuzzReport> {
  const register = new URL('../../main/boot/register.mjs', import.meta.url).href
  const worker = new Worker(fileURLToPath(new URL('./runtime-worker.ts', import.meta.url)), { execArgv: ['--import', register, '--no-warnings'], resourceLimits: { stackSizeMb: 8 } })
  try {
    return await new Promise((resolve, reject) => {
      worker.on('message', resolve)
      worker.on('error', reject)
      worker.postMessage(request)
    })
  } finally {
    await worker.terminate()
  }
}

test('whatever a hook answers, the engine gets what it can use or the base decides', async () => {
  const compiled = compile('hostile.ts', HOSTILE_POLICY)
  expect(compiled.errors).toEqual([])
  const asked = realCalls()
  const { tally, wrong } = await fuzz({ compiled, asked, seeds: SEEDS })
  expect(wrong.slice(0, 10)).toEqual([])
  for (const hook of new Set(asked.map(one => one.hook))) {
    const counts = tally[hook] ?? {}
    expect({ hook, invalid: (counts['invalid-answer'] ?? 0) > SEEDS / 10, threw: (counts['error'] ?? 0) > 0 }).toEqual({ hook, invalid: true, threw: true })
  }
  // Kept answers show that the test can tell right from wrong.
  expect(Object.values(tally).reduce((sum, counts) => sum + (counts['kept'] ?? 0), 0)).toBeGreaterThan(SEEDS)
})
