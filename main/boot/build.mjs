// Builds out/ when the sources are not the ones it was built from. `node main/boot/build.mjs` builds always; `start` and `test` call `buildIfStale`.
//
// Staleness is judged by content, not by times: git checkout and file copies make times lie. The stamp holds a hash over every source and the size of every bundle file, so a
// deleted source, a changed one and a missing bundle all show.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { guard, root } from './guard.mjs'

const SOURCES = ['main', 'preload', 'renderer', 'plugins', 'package.json', 'package-lock.json', 'electron.vite.config.ts', 'tsconfig.base.json', 'tsconfig.renderer.json']
const BUNDLES = ['main', 'preload', 'renderer']

export const BUILD_NEEDS = ['electron-vite', 'vite', 'react', 'ws', 'ses', 'typescript']

/** True when it had to build. Throws when the build fails. */
export async function buildIfStale({ folder = root, build = runBuild, say = console.error } = {}) {
  const unlock = await lockBuild(folder, say)
  try {
    const sources = hashSources(folder)
    if (isFresh(folder, sources)) return false
    say('Building the lab (its sources are newer than the bundles)…')
    await build(folder)
    writeFileSync(stampPath(folder), JSON.stringify({ sources, bundles: listBundles(folder) }))
    return true
  } finally {
    unlock()
  }
}

export function hashSources(folder) {
  const hash = createHash('sha256')
  for (const source of SOURCES) for (const file of filesBelow(folder, source)) hash.update(`${file}\0`).update(readFileSync(join(folder, file))).update('\0')
  return hash.digest('hex')
}

function isFresh(folder, sources) {
  try {
    const stamp = JSON.parse(readFileSync(stampPath(folder), 'utf8'))
    return stamp.sources === sources && JSON.stringify(stamp.bundles) === JSON.stringify(listBundles(folder))
  } catch {
    return false
  }
}

function stampPath(folder) {
  return join(folder, 'out', 'stamp.json')
}

function listBundles(folder) {
  return BUNDLES.flatMap((bundle) => filesBelow(folder, join('out', bundle))).map((file) => [file, statSync(join(folder, file)).size])
}

/** Paths relative to `folder`, in a fixed order. Hidden files (an editor's swap files) don't count. */
function filesBelow(folder, path) {
  const at = join(folder, path)
  if (!existsSync(at)) return []
  if (statSync(at).isFile()) return [path]
  return readdirSync(at).filter((name) => !name.startsWith('.')).sort().flatMap((name) => filesBelow(folder, join(path, name)))
}

async function runBuild(folder) {
  // What an earlier build left must not count as this one's if it fails half-way.
  rmSync(stampPath(folder), { force: true })
  const child = spawn(process.execPath, [join(folder, 'node_modules/electron-vite/bin/electron-vite.js'), 'build'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_ENV: 'production' } })
  const said = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => said.push(text))
  const code = await new Promise((resolve) => child.on('close', resolve))
  if (code !== 0) throw new Error(`The build failed:\n${Buffer.concat(said).toString('utf8')}`)
}

/** Two starts at once build one after the other; the second then finds it fresh. */
async function lockBuild(folder, say) {
  const lock = join(folder, 'out', '.build-lock')
  mkdirSync(join(folder, 'out'), { recursive: true })
  for (let told = false; ; ) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' })
      return () => rmSync(lock, { force: true })
    } catch (error) {
      if (error.code !== 'EEXIST') throw new Error(`The bundles can't be written to ${join(folder, 'out')}: ${error.message}`)
    }
    if (!isAlive(lock)) {
      rmSync(lock, { force: true })
      continue
    }
    if (!told) say('Another start is building; waiting for it…')
    told = true
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

function isAlive(lock) {
  try {
    const pid = Number(readFileSync(lock, 'utf8'))
    // Empty: being written just now.
    if (pid === 0) return Date.now() - statSync(lock).mtimeMs < 5_000
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await guard(BUILD_NEEDS, import.meta.url)
  try {
    rmSync(stampPath(root), { force: true })
    await buildIfStale({ say: () => {} })
    console.log('Built into out/.')
  } catch (error) {
    console.error(error.message)
    process.exit(1)
  }
}
