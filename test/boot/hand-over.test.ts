/** `npx lab` on Node 20 is one process that hands over to another; whoever looks from outside must not see the difference. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { put, temporaryFolder } from './temporary'

const HAND_OVER = new URL('../../main/boot/hand-over.mjs', import.meta.url).href

/** Runs `script` through a hand-over; `execve: false` is how Node 20 does it. */
function through(script: string, execve: boolean): string {
  const folder = temporaryFolder()
  const inner = put(folder, 'inner.mjs', script)
  return put(folder, 'outer.mjs', `${execve ? '' : 'process.execve = undefined\n'}const { handOver } = await import(${JSON.stringify(HAND_OVER)})\nawait handOver(process.execPath, [${JSON.stringify(inner)}, ...process.argv.slice(2)])`)
}

describe.each([['as one process', true], ['as two', false]])('%s', (_, execve) => {
  test('output, input, arguments and status pass', () => {
    const outer = through("process.stdin.on('data', (text) => { process.stdout.write(process.argv.slice(2).join('|') + text); process.stderr.write('err'); process.exitCode = 7 })", execve)
    const { status, stdout, stderr } = spawnSync(process.execPath, [outer, 'a b', '--json'], { input: 'in', encoding: 'utf8' })
    expect({ status, stdout, stderr }).toEqual({ status: 7, stdout: 'a b|--jsonin', stderr: 'err' })
  })

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s reaches the program, which may end as it likes', async (signal) => {
    const outer = through(`process.on('${signal}', () => { console.log('heard'); process.exit(9) }); setInterval(() => {}, 1e6); console.log('up')`, execve)
    const child = spawn(process.execPath, [outer], { stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (said === 'up\n') child.kill(signal)
    })
    expect(await once(child, 'close')).toEqual([9, null])
    expect(said).toBe('up\nheard\n')
  })

  test('a program ended by a signal ends us by the same', async () => {
    const child = spawn(process.execPath, [through("process.kill(process.pid, 'SIGKILL')", execve)], { stdio: 'ignore' })
    expect(await once(child, 'close')).toEqual([null, 'SIGKILL'])
  })
})

test('a program that is not there is named', () => {
  const outer = put(temporaryFolder(), 'outer.mjs', `process.execve = undefined\nconst { handOver } = await import(${JSON.stringify(HAND_OVER)})\nawait handOver('/nowhere/node', [])`)
  const { status, stderr } = spawnSync(process.execPath, [outer], { encoding: 'utf8' })
  expect([status, stderr]).toEqual([1, '/nowhere/node could not be started: spawn /nowhere/node ENOENT\n'])
})

test('the lab’s program runs from here as a file', () => {
  expect(spawnSync(fileURLToPath(new URL('../../main/boot/lab.mjs', import.meta.url)), ['--no-such-flag'], { encoding: 'utf8' }).error).toBeUndefined()
})
