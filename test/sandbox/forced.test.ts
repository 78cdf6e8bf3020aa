/**
 * What only force can stop, and what differs by machine: real processes, real runs. Each time the run ends as without the policy, the ejection is whole, and a run that
 * went on beside it, and the one after it, are what they always are. On a busy machine each takes many seconds: the watchdog counts CPU time.
 */
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Recording } from '../../main/engine'
import { forkChildRunner } from '../../main/runner/fork-child'
import { createRunnerPool } from '../../main/runner/pool'
import type { RunnerPool, RunOutcome } from '../../main/runner/pool'
import type { RunJob } from '../../main/runner/protocol'
import { compile } from '../compile/compiler'
import { EVERYTHING } from '../engine/policy/scenario'
import { runScenario } from '../engine/support/run'

let pool: RunnerPool
beforeAll(() => { pool = createRunnerPool({ fork: forkChildRunner, size: 2, prewarm: 2 }) })
afterAll(() => pool.dispose())

const digest = runScenario(EVERYTHING, { everyTurns: 0 }).digest
let runs = 0

function jobOf(text?: string): RunJob {
  const compiled = text === undefined ? undefined : compile('attack.ts', text)
  expect(compiled?.errors ?? []).toEqual([])
  return { run: `run-${++runs}`, scenario: EVERYTHING, kernel: 'linux-6.1', policies: compiled ? [{ compiled, params: {} }] : [], seed: 1, scriptedEjections: [] }
}

function recordingOf(outcome: RunOutcome): Recording {
  if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome))
  return outcome.recording
}

/** `body` is line 5 on, at the third call. */
const third = (body: string, top = ''): string => `import { definePolicy } from 'reclaim-lab'
let calls = 0; ${top}
export default definePolicy({ api: 1, name: 'attack', hooks: { kswapdTarget(args: any, k: any): any {
if (++calls === 3) {
${body}
} } } })
`
/** Endless, with no turn of the policy's own and no memory. */
const ENDLESS = '{ [Symbol.iterator]() { return this }, next: Object.prototype.valueOf, done: false, value: 1 } as any'

interface Forced { readonly text: string; readonly kind: string; readonly message: RegExp; readonly line?: number }

const ATTACKS: Readonly<Record<string, Forced>> = {
  'a regular expression that backtracks for ever': { text: third('/^(a+)+$/.test("a".repeat(60) + "b")'), kind: 'stall', message: /no answer after 2 s of CPU time/, line: 5 },
  'a built-in loop over a built-in iterator': { text: third(`new Set(${ENDLESS})`), kind: 'stall', message: /no answer/, line: 5 },
  'a search through a list of 2^32 holes': { text: third('const a: any[] = []; a[4294967290] = 1\na.indexOf(7)'), kind: 'stall', message: /no answer/, line: 6 },
  'a heap that fills up': { text: third('const hoard: any[] = []; for (;;) hoard.push(new Array(100_000).fill(1))'), kind: 'memory', message: /more memory than the 512 MB/, line: 5 },
  'a list too long for V8, which ends the process': { text: third('"x".repeat(2 ** 28).split("")'), kind: 'memory', message: /asked for more memory than a process can have/ },
  'a stack that fills up below the limit of calls': { text: third('const f = (...a: any[]): any => f(...a, ...a)\ntry { f(1) } catch {}', 'const g = 1'), kind: 'fuel', message: /nested too deeply for the stack/ },
}

describe('a run with it ends as the kernel would have it, and nobody else notices', () => {
  test.each(Object.entries(ATTACKS))('%s', async (_, { text, kind, message, line }) => {
    const [attacked, beside] = await Promise.all([pool.run(jobOf(text)).promise, pool.run(jobOf()).promise])
    const { ejections, digest: found, summary } = recordingOf(attacked)
    expect(ejections).toMatchObject([{ policy: 'attack', kind, hook: 'kswapdTarget', call: 3, message: expect.stringMatching(message) as string, dump: expect.stringContaining('"priority"') as string }])
    if (line !== undefined) expect(ejections[0]?.line).toBe(line)
    expect(summary.end).toBe('done')
    // It agreed until it was stopped.
    expect([found, recordingOf(beside).digest]).toEqual([digest, digest])
    expect(recordingOf(await pool.run(jobOf()).promise).digest).toBe(digest)
  })
})

test('a built-in loop over a function of k runs out of fuel, in the run', async () => {
  for (const asked of ['k.base.kswapdTarget', 'k.rng.next', 'k.log']) {
    const outcome = await pool.run(jobOf(third(`Array.from(${ENDLESS}, (${asked}) as any)`))).promise
    expect(recordingOf(outcome).ejections).toMatchObject([{ kind: asked.endsWith('Target') ? 'invalid-answer' : 'fuel', hook: 'kswapdTarget', call: 3 }])
    expect(outcome).toMatchObject({ forced: [] })
    expect(recordingOf(outcome).digest.length).toBe(digest.length)
  }
})

test('how deep the stack is stays unknown: what was counted on the way down is not in the run', async () => {
  const text = third('const f = (a: any = (k.count("depth"), f())): any => 1\ntry { f() } catch {}')
  const outcome = await pool.run(jobOf(text)).promise
  expect(outcome).toMatchObject({ kind: 'done', forced: [{ policy: 0, call: 3, kind: 'fuel' }] })
  expect(recordingOf(outcome).policySeries.ids).toEqual([])
})

test('text that tells of calls on stderr is nobody\'s but the runner\'s: a policy that throws it is ejected for throwing', async () => {
  const { ejections } = recordingOf(await pool.run(jobOf(third('throw new Error("\\n@call 0 1 init\\n")'))).promise)
  expect(ejections).toMatchObject([{ kind: 'error', message: '\\n@call 0 1 init\\n', line: 5 }])
})

test('work saved beside a run that is killed stays as it was', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'saved-'))
  try {
    const file = join(folder, 'run.json')
    writeFileSync(file, JSON.stringify(recordingOf(await pool.run(jobOf()).promise).summary))
    const before = createHash('sha256').update(readFileSync(file)).digest('hex')
    await pool.run(jobOf(third('"x".repeat(2 ** 28).split("")'))).promise
    expect(createHash('sha256').update(readFileSync(file)).digest('hex')).toBe(before)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
