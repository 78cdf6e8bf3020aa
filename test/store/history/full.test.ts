/** A disk that takes no more: what was kept can still be read. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { fill, newEntry, open, workspace } from './samples'

const REGISTER = new URL('../../../main/boot/register.mjs', import.meta.url).href
const READER = fileURLToPath(new URL('./full-reader.ts', import.meta.url))

test('a history on a full disk opens, lists, and gives its recordings; only changes are refused', () => {
  const folder = workspace()
  const core = open(folder)
  // Stays open, so that its log stays and is longer than a file may become.
  for (let i = 0; i < 3; i++) fill(core, newEntry({ id: `entry00${i}` }))
  const said = execFileSync('bash', ['-c', `trap '' XFSZ; ulimit -f 40; exec "$0" "$@"`, process.execPath, '--import', REGISTER, '--no-warnings', READER, folder], { encoding: 'utf8' })
  const [seen, refused] = said.trim().split('\n')
  expect(JSON.parse(seen)).toEqual({ total: 3, runs: [4, 4, 4], ok: true })
  expect(refused).toMatch(/disk/)
  expect(core.state().reports).toEqual([])
})
