// `npm run typecheck`: every environment by its own tsconfig. Prints what tsc says and ends with 1 if any complains.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { guard, root } from './guard.mjs'

const ENVIRONMENTS = ['engine', 'main', 'preload', 'renderer', 'test']

await guard(['typescript'], import.meta.url)
let failed = false
for (const name of ENVIRONMENTS) {
  const config = join(root, `tsconfig.${name}.json`)
  if (!existsSync(config)) throw new Error(`${config} is missing`)
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '--pretty', 'false', '-p', config], { cwd: root, stdio: 'inherit' })
  if (status !== 0) failed = true
  console.log(`${name}: ${status === 0 ? 'types are right' : 'type errors'}`)
}
process.exit(failed ? 1 : 0)
