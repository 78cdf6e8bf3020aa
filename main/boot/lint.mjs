// `npm run lint`: eslint over the whole project.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { guard, root } from './guard.mjs'

await guard(['eslint', 'typescript-eslint'], import.meta.url)
const { status } = spawnSync(process.execPath, [join(root, 'node_modules/eslint/bin/eslint.js'), '--max-warnings=0', '.', ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' })
process.exit(status ?? 1)
