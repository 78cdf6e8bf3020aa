/**
 * The project's own sources as text: the API (rolled up for the editor), kernels (shown, diffed, forked), example policies. From a bundle they come from inside it
 * (Vite inlines the glob below); from sources they are read from the tree.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT_FROM_HERE = '../../'

/** Paths are relative to the project, with `/`: `plugins/kernels/linux-6.1.ts`. */
export function readSource(path: string): string {
  const text = allSources().get(path)
  if (text === undefined) throw new Error(`no source ${path}; there are ${[...allSources().keys()].join(', ')}`)
  return text
}

/** Paths of the `.ts` files under a folder, e.g. `plugins/policies`, sorted. */
export function listSources(folder: string): readonly string[] {
  return [...allSources().keys()].filter(path => path.startsWith(`${folder}/`)).sort()
}

let cache: ReadonlyMap<string, string> | undefined

function allSources(): ReadonlyMap<string, string> {
  return cache ??= bundledSources() ?? sourcesOnDisk()
}

/** Vite replaces the call by the texts. Plain Node has no `import.meta.glob`: the call throws, and the tree is read instead. */
function bundledSources(): ReadonlyMap<string, string> | undefined {
  let found: Record<string, unknown>
  try {
    found = import.meta.glob(['../../plugins/**/*.ts'], { query: '?raw', import: 'default', eager: true })
  } catch {
    return undefined
  }
  return new Map(Object.entries(found).map(([path, text]) => [path.slice(ROOT_FROM_HERE.length), String(text)]))
}

function sourcesOnDisk(): ReadonlyMap<string, string> {
  const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
  const paths = ['api', 'kernels', 'policies'].flatMap(folder => typescriptFiles(root, `plugins/${folder}`))
  return new Map(paths.map(path => [path, readFileSync(join(root, path), 'utf8')]))
}

function typescriptFiles(root: string, folder: string): readonly string[] {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder)).filter(name => name.endsWith('.ts')).map(name => `${folder}/${name}`)
}
