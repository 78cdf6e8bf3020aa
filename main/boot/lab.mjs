#!/usr/bin/env node
// `npx lab`: the lab from a terminal, straight from the sources. Writes nothing to stdout itself.
import { join } from 'node:path'
import { findNode24, root, whatIsMissing } from './guard.mjs'
import { handOver } from './hand-over.mjs'

const missing = whatIsMissing(['typescript', 'ses', 'zod'])
if (missing !== undefined) {
  process.stderr.write(`${missing}\n`)
  process.exit(1)
}
const node = Number(process.versions.node.split('.')[0]) >= 24 ? process.execPath : findNode24()
// Types are stripped by Node itself and node:sqlite is part of it; both still announce themselves as experimental.
await handOver(node, ['--disable-warning=ExperimentalWarning', '--import', new URL('./register.mjs', import.meta.url).href, join(root, 'main', 'cli.ts'), ...process.argv.slice(2)])
