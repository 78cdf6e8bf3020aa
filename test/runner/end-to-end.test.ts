/** Real processes, the real engine: the pool's promises as a person sees them. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import linux61 from '../../plugins/kernels/linux-6.1'
import { createCompileService } from '../../main/compile/service'
import type { CompileService } from '../../main/compile/service'
import { readSource } from '../../main/compile/sources'
import { createSimulation } from '../../main/engine'
import type { Recording, Scenario } from '../../main/engine'
import { createLiveSamples } from '../../main/lab/live-samples'
import { PRESETS } from '../../main/lab/presets'
import { forkChildRunner } from '../../main/runner/fork-child'
import { createRunnerPool } from '../../main/runner/pool'
import type { RunnerPool, RunOutcome } from '../../main/runner/pool'
import type { RunJob } from '../../main/runner/protocol'

let compiler: CompileService
let pool: RunnerPool
beforeAll(() => {
  compiler = createCompileService()
  pool = createRunnerPool({ fork: forkChildRunner, size: 2, prewarm: 2 })
})
afterAll(async () => { await Promise.all([pool.dispose(), compiler.dispose()]) })

/** Reads a file larger than memory: reclaim starts after about 4.2 s. */
const scenario = shortened('thrash', 5_000)

function shortened(id: string, durationMs: number): Scenario {
  const preset = PRESETS.find(candidate => candidate.id === id)
  if (!preset) throw new Error(`no preset ${id}`)
  return { ...preset.scenario, durationMs }
}

let runs = 0

async function jobOf(policy?: { readonly file: string; readonly text: string }, more: Partial<RunJob> = {}): Promise<RunJob> {
  const compiled = policy && await compiler.compile(policy.file, policy.text)
  expect(compiled?.errors ?? []).toEqual([])
  return { run: `run-${++runs}`, scenario, kernel: 'linux-6.1', policies: compiled ? [{ compiled, params: {} }] : [], seed: 1, scriptedEjections: [], ...more }
}

async function recordingOf(policy?: { readonly file: string; readonly text: string }, more?: Partial<RunJob>): Promise<Recording> {
  return doneOf(await pool.run(await jobOf(policy, more)).promise)
}

function doneOf(outcome: RunOutcome): Recording {
  if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome))
  return outcome.recording
}

/** `body` starts on line 4. */
const policy = (hook: string, body: string, top = ''): { readonly file: string; readonly text: string } => ({
  file: 'attack.ts', text: `import { definePolicy } from 'reclaim-lab'\n${top}\nexport default definePolicy({ api: 1, name: 'attack', hooks: { ${hook}(args: any, k: any): any {\n${body}\n} } })\n`,
})

let base: Recording
beforeAll(async () => { base = await recordingOf() })

test('the engine in a runner gives the digest that it gives in this process', () => {
  const simulation = createSimulation({ scenario, kernel: linux61, policies: [], seed: 1 })
  while (simulation.step(10_000));
  expect(simulation.finish().digest).toBe(base.digest)
  expect(base.summary.delta['pgscan_kswapd']).toBeGreaterThan(0)
})

test('a watched run tells what it samples while it goes on: rows of its recording, which is the same as unwatched', async () => {
  const [told, silent] = [createLiveSamples(), createLiveSamples()]
  const watched = pool.run(await jobOf(), { onSamples: (from, samples) => { told.add(from, samples) } })
  watched.watch(true)
  const unwatched = pool.run(await jobOf(), { onSamples: (from, samples) => { silent.add(from, samples) } })
  const [recording, other] = [doneOf(await watched.promise), doneOf(await unwatched.promise)]
  expect([recording.digest, other.digest]).toEqual([base.digest, base.digest])
  const { series } = told.of(recording.series.ids)
  expect(series.times.length).toBeGreaterThan(0)
  expect(series.ids).toEqual(recording.series.ids)
  expect([series.times, ...series.columns]).toEqual([recording.series.times, ...recording.series.columns].map(column => column.slice(0, series.times.length)))
  expect(silent.ids().series).toEqual([])
})

test.each(['linux-6.1', 'linux-5.15', 'android-3.18'])('an unedited fork of %s, sandboxed, takes every decision and gives the same digest', async (kernel) => {
  const own = kernel === 'linux-6.1' ? base : await recordingOf(undefined, { kernel })
  const fork = await recordingOf({ file: `${kernel}.ts`, text: readSource(`plugins/kernels/${kernel}.ts`) }, { kernel })
  expect(fork.ejections).toEqual([])
  expect(fork.hooks.find(({ hook }) => hook === 'folioReferences')?.called).toBeGreaterThan(0)
  expect(fork.hooks.map(({ overrode }) => overrode)).toEqual(fork.hooks.map(() => 0))
  expect(fork.digest).toBe(own.digest)
})

test('a policy with effect has another digest, the same every time', async () => {
  const early = { file: 'watermark-early.ts', text: readSource('plugins/policies/watermark-early.ts') }
  const [a, b] = await Promise.all([recordingOf(early), recordingOf(early)])
  expect(a.digest).not.toBe(base.digest)
  expect(b.digest).toBe(a.digest)
  expect(a.series.times.length).toBeGreaterThan(0)
})

describe('a policy at fault is ejected at its line, and the run finishes', () => {
  test.each([
    ['loops', 'let n = 0\nwhile (true) n++', 'fuel', 5],
    ['loops and swallows it', 'for (;;) {\ntry { for (;;); } finally { continue } }', 'fuel', 5],
    ['throws', '\n\nthrow new Error(\'no idea\')', 'error', 6],
    ['throws what is no error', '\nthrow null', 'error', 5],
    ['throws a trap', '\nthrow { get message() { while (true); }, toString() { for (;;); } }', 'error', 5],
    ['calls itself', 'const f = (): any =>\n  f()\nreturn f()', 'fuel', 5],
    ['looks for process', '\nreturn k.log.constructor(\'return process\')()', 'error', 5],
    ['answers garbage', '\n\nreturn { mode: [\'every\', \'thing\'].map(word =>\n  word).join(\'\') }', 'invalid-answer', 6],
    ['answers a trap', 'return { get mode() { while (true); } }', 'fuel', 4],
    ['answers itself', 'const o: any = { mode: \'fract\', anon: 1, file: 1 }; o.anon = o\nif (o) return o', 'invalid-answer', 5],
    ['changes its arguments', '\nargs.priority = 0; args.inactiveFile = -1', 'error', 5],
    ['spoils the context', '\nk.base = null', 'error', 5],
    ['spoils the shared mathematics', '\nk.math.mulDiv = () => 0', 'error', 5],
  ] as const)('%s', async (_, body, kind, line) => {
    const run = await recordingOf(policy('scanBalance', body))
    expect(run.summary.end).toBe(base.summary.end)
    // The base took over from the first call on.
    expect(run.digest).toBe(base.digest)
    expect(run.ejections).toMatchObject([{ policy: 'attack', kind, hook: 'scanBalance', call: 1 }])
    expect(run.ejections[0]?.line).toBe(line)
  })
})

// Each needs 2 s of CPU time before it is killed, which on a busy machine is many seconds.
describe('what only force can stop', () => {
  const bomb = (inside: string): { readonly file: string; readonly text: string } => policy('kswapdTarget', `if (++calls === 20) {\n  ${inside}\n}\nreturn k.base.kswapdTarget(args) * 4`, 'let calls = 0')

  test('a regular expression that backtracks for ever: killed, run again, the same digest each time and by script', async () => {
    const regexp = bomb('/^(a+)+$/.test(\'a\'.repeat(60) + \'b\')')
    const outcomes = await Promise.all([jobOf(regexp), jobOf(regexp)].map(async job => await pool.run(await job).promise))
    const [a, b] = outcomes.map(doneOf)
    expect(a?.ejections).toMatchObject([{ policy: 'attack', kind: 'stall', hook: 'kswapdTarget', call: 20, line: 5 }])
    expect(b?.digest).toBe(a?.digest)
    const forced = outcomes[0]?.kind === 'done' ? outcomes[0].forced : []
    expect(forced).toMatchObject([{ policy: 0, call: 20, kind: 'stall' }])
    expect((await recordingOf(regexp, { scriptedEjections: forced })).digest).toBe(a?.digest)
  })

  test('memory without end: the process goes, the run is done again without the policy from that call on', async () => {
    const run = await recordingOf(bomb('const hoard: any[] = []; for (;;) hoard.push(new Array(100_000).fill(1))'))
    expect(run.ejections).toMatchObject([{ policy: 'attack', kind: 'memory', hook: 'kswapdTarget', call: 20, line: 5 }])
    expect(run.summary.end).toBe(base.summary.end)
  })

  test('one that never loads fails its run with a sentence, and the next policy is inspected as if nothing were', async () => {
    const text = 'import { definePolicy } from \'reclaim-lab\'\nexport const x = /^(a+)+$/.test(\'a\'.repeat(60) + \'b\')\nexport default definePolicy({ api: 1, name: \'slow\' })\n'
    const [run, inspected] = await Promise.all([pool.run(await jobOf({ file: 'slow.ts', text })).promise, pool.inspect(await compiler.compile('slow.ts', text))])
    expect(run).toMatchObject({ kind: 'failed', message: expect.stringMatching(/did not load.*\(line 2\)/) as string })
    expect(inspected).toMatchObject({ ok: false, line: 2, message: expect.stringContaining('did not load') as string })
    const fine = await compiler.compile('watermark-early.ts', readSource('plugins/policies/watermark-early.ts'))
    expect(await pool.inspect(fine)).toMatchObject({ ok: true, name: 'watermark-early', hooks: ['zoneWatermarks'], params: [{ name: 'factor', default: 3, unit: 'x' }, { name: 'most' }] })
  })
})

describe('a job that can\'t be run fails with a sentence', () => {
  test('parameters out of range', async () => {
    const job = await jobOf({ file: 'file-first.ts', text: readSource('plugins/policies/file-first.ts') })
    const run = (params: RunJob['policies'][number]['params']): Promise<RunOutcome> => pool.run({ ...job, run: `run-${++runs}`, policies: job.policies.map(entry => ({ ...entry, params })) }).promise
    expect(await run({ anonPercent: 101 })).toMatchObject({ kind: 'failed', message: 'file-first: anonPercent is 101; it must be a number in 0..100' })
    expect(await run({ percent: 1 })).toMatchObject({ kind: 'failed', message: 'file-first: there is no parameter percent; there are anonPercent' })
  })
  test('a policy that throws while loading, with its line', async () => {
    const job = await jobOf({ file: 'bad.ts', text: 'import { definePolicy } from \'reclaim-lab\'\n\nconst x: any = null!.y\nexport default definePolicy({ api: 1, name: \'bad\' })\n' })
    expect(await pool.run(job).promise).toMatchObject({ kind: 'failed', message: expect.stringMatching(/^bad\.ts:3: TypeError/) as string })
  })
  test('a kernel there is none of', async () => {
    expect(await pool.run(await jobOf(undefined, { kernel: 'linux-9.9' })).promise).toMatchObject({ kind: 'failed', message: expect.stringContaining('there is no kernel linux-9.9') as string })
  })
})

describe('cancel', () => {
  test('a busy engine hears it, and what there is comes as a recording', async () => {
    const run = pool.run(await jobOf(undefined, { scenario: shortened('4gib-60s', 60_000) }), { onProgress: ({ fraction }) => { if (fraction > 0) run.cancel() } })
    expect(doneOf(await run.promise).summary.end).toBe('cancelled')
  })
  test('inside a policy\'s call nobody hears it: the process is killed', async () => {
    const before = new Set(pool.pids())
    const deaf = policy('zoneWatermarks', 'for (let i = 0; i < 1_000; i++) /^(a+)+$/.test(\'a\'.repeat(20) + \'b\')')
    const run = pool.run(await jobOf(deaf))
    await Promise.resolve()
    run.cancel()
    expect(await run.promise).toEqual({ kind: 'cancelled' })
    const gone = [...before].filter(pid => !pool.pids().includes(pid))
    expect(gone.length).toBeGreaterThan(0)
    for (const pid of gone) expect(isAlive(pid)).toBe(false)
  })
})

test('a runner ends when the process that owns it is killed', async () => {
  const register = new URL('../../main/boot/register.mjs', import.meta.url).href
  const parent = execFile(process.execPath, ['--import', register, '--no-warnings', fileURLToPath(new URL('./orphan-maker.ts', import.meta.url))])
  const [line] = await once(parent.stdout ?? parent, 'data') as [string]
  const pid = Number(line)
  expect(isAlive(pid)).toBe(true)
  parent.kill('SIGKILL')
  await vi.waitFor(() => { expect(isAlive(pid)).toBe(false) }, { timeout: 20_000 })
})

test('after dispose no process is left', async () => {
  const own = createRunnerPool({ fork: forkChildRunner, size: 1, prewarm: 1 })
  const run = own.run(await jobOf())
  const pids = own.pids()
  expect(pids).toHaveLength(1)
  await own.dispose()
  expect(await run.promise).toEqual({ kind: 'cancelled' })
  for (const pid of pids) expect(isAlive(pid)).toBe(false)
})

function isAlive(pid: number): boolean {
  try { return process.kill(pid, 0) } catch { return false }
}
