// `npm run docs:api`: writes the reference of the policy API beside it. With --check it only says whether what is there is what it would write.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './guard.mjs'
import './register.mjs'

const { apiReference } = await import('../compile/api-reference.ts')
const path = join(root, 'plugins', 'api', 'REFERENCE.md')
const text = apiReference()
if (!process.argv.includes('--check')) writeFileSync(path, text)
else if (readFileSync(path, 'utf8') !== text) {
  process.stderr.write('plugins/api/REFERENCE.md is not what the sources give: npm run docs:api\n')
  process.exit(1)
}
