/** The CLI as a process: pipes that close, Ctrl-C, exit status. */
import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'

const LAUNCHER = fileURLToPath(new URL('../../main/boot/lab.mjs', import.meta.url))
const started: ChildProcess[] = []

interface Ended { readonly code: number | null; readonly out: string; readonly err: string }

function start(...argv: readonly string[]): { readonly child: ChildProcess; readonly ended: Promise<Ended>; sawErr(part: string): Promise<void> } {
  // A group of its own, so that a signal can reach all of it, as Ctrl-C does in a terminal.
  const child = spawn(process.execPath, [LAUNCHER, ...argv], { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  started.push(child)
  let out = ''
  let err = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => { out += text })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => { err += text })
  const ended = new Promise<Ended>((resolve) => { child.on('close', (code) => { resolve({ code, out, err }) }) })
  const sawErr = (part: string): Promise<void> => new Promise((resolve) => {
    const look = (): void => { if (err.includes(part)) resolve() }
    child.stderr?.on('data', look)
    look()
  })
  return { child, ended, sawErr }
}

afterEach(() => {
  for (const child of started.splice(0)) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
})

interface Run { readonly digest: string | null; readonly end: string; readonly state: string; readonly policy: string | null; readonly seed: number; readonly metrics: Readonly<Record<string, number>>; readonly ejections: readonly unknown[] }
interface Compared { readonly state: string; readonly partial: boolean; readonly runs: readonly Run[]; readonly findings: readonly { readonly sentence: string }[] }

test('stdout of --json is JSON alone, with stdin closed', async () => {
  const { code, out, err } = await start('presets', '--json').ended
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(Array.isArray(JSON.parse(out))).toBe(true)
})

test('a reader that goes away ends the command quietly', async () => {
  const { child, ended } = start('presets', '--json')
  child.stdout?.destroy()
  expect(await ended).toEqual({ code: 141, out: '', err: '' })
})

test('wrong usage ends with 2', async () => {
  expect(await start('compare', 'nonsense', '--json').ended).toMatchObject({ code: 2, err: '' })
})

test('run and compare agree on the digest; every run carries what other programs need', async () => {
  const compared = await start('compare', 'seed-000-raise-min-free', '--policy', 'watermark-early', '--seeds', '1', '--json').ended
  expect(compared).toMatchObject({ code: 0, err: '' })
  const { runs, state, partial } = JSON.parse(compared.out) as Compared
  expect({ state, partial }).toEqual({ state: 'done', partial: false })
  expect(runs.map((run) => [run.policy, run.seed])).toEqual([[null, 1], ['watermark-early', 1]])
  for (const run of runs) {
    expect(run.digest).toMatch(/^[0-9a-f]{8,}$/)
    expect(['done', 'time']).toContain(run.end)
    expect(run.metrics['run_time']).toBeGreaterThan(0)
    expect(run.ejections).toEqual([])
  }
  const alone = JSON.parse((await start('run', 'seed-000-raise-min-free', '--json').ended).out) as Run
  expect(alone.digest).toBe(runs[0].digest)
  const other = JSON.parse((await start('run', 'seed-000-raise-min-free', '--policy', 'watermark-early', '--json').ended).out) as Run
  expect(other).toMatchObject({ digest: runs[1].digest, policy: 'watermark-early' })
})

test('Ctrl-C reaches everything and still prints what there is, marked', async () => {
  const { child, ended, sawErr } = start('compare', '4gib-60s', '--policy', 'watermark-early', '--seeds', '4', '--json', '--progress')
  await sawErr(' % ')
  if (child.pid === undefined) throw new Error('no process')
  process.kill(-child.pid, 'SIGINT')
  const { code, out } = await ended
  expect(code).toBe(130)
  const result = JSON.parse(out) as Compared
  expect(result).toMatchObject({ state: 'cancelled', partial: true })
  expect(result.runs.length).toBe(8)
  expect(result.runs.every((run) => run.state === 'cancelled' || run.state === 'done')).toBe(true)
  // The run that was at work had something to give.
  expect(result.runs.some((run) => run.state === 'cancelled' && run.end === 'cancelled' && run.digest !== null)).toBe(true)
})
