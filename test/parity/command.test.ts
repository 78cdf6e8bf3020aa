/** `lab parity` as a process: what it prints and writes, its exit status, Ctrl-C. */
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const LAUNCHER = fileURLToPath(new URL('../../main/boot/lab.mjs', import.meta.url))

interface Ended { readonly code: number | null; readonly out: string; readonly err: string }

function parity(argv: readonly string[], onErr: (err: string, interrupt: () => void) => void = () => undefined): Promise<Ended> {
  const child = spawn(process.execPath, [LAUNCHER, 'parity', ...argv], { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => { out += text })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
    onErr(err, () => { if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT') })
  })
  return new Promise(resolve => { child.on('close', code => { resolve({ code, out, err }) }) })
}

test('the watermarks alone: every row exact, said in the last line', async () => {
  const { code, out, err } = await parity(['--only', 'A_watermarks'])
  expect(code).toBe(0)
  expect(out.endsWith('\n408 of 408 watermark rows exact\n')).toBe(true)
  expect(err).toContain('7 of 7 runs')
})

test('a variant: its metrics, the medians, and summaries in the measured form', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'reclaim-lab-parity-'))
  try {
    const { code, out } = await parity(['--only', 'F_thrash/cyclic_0.90', '--out', folder, '--json'])
    expect(code).toBe(0)
    const result = JSON.parse(out) as { readonly simulated: readonly string[]; readonly cells: readonly { readonly metric: string }[]; readonly simulatedToWall: number }
    expect(result.simulated).toEqual([1, 2, 3].map(k => `F_thrash/cyclic_0.90/run${k}`))
    expect(result.cells.map(({ metric }) => metric)).toContain('nr_active_file.end')
    expect(result.simulatedToWall).toBeGreaterThan(0)
    for (const run of result.simulated) expect(JSON.parse(await readFile(join(folder, run, 'summary.json'), 'utf8'))).toMatchObject({ ok: true, simulated: { kernel: 'linux-6.1' } })
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('nothing chosen and no such folder: told, with status 2', async () => {
  expect(await parity(['--only', 'no such scenario'])).toMatchObject({ code: 2, out: '', err: expect.stringContaining('Scenarios: A_watermarks') as string })
  expect(await parity(['--data', '/no/such/folder'])).toMatchObject({ code: 2, err: expect.stringContaining('/no/such/folder') as string })
})

test('Ctrl-C prints what had ended', async () => {
  let told = false
  const { code, out } = await parity(['--json'], (err, interrupt) => {
    if (told || !err.includes('1 of ')) return
    told = true
    interrupt()
  })
  expect(code).toBe(130)
  const result = JSON.parse(out) as { readonly simulated: readonly string[]; readonly cancelled: readonly string[] }
  expect(result.simulated.length).toBeGreaterThan(0)
  expect(result.cancelled.length).toBeGreaterThan(50)
})
