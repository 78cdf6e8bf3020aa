// Lets Node 24 run the sources as they are: adds `.ts` to relative imports and finds `reclaim-lab` in plugins/api. Types are stripped by Node itself.
// Used by the CLI, by tests of processes and by runners forked from sources; bundles don't need it.
import { registerHooks } from 'node:module'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const api = new URL('../../plugins/api/index.ts', import.meta.url).href

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === 'reclaim-lab') return { url: api, format: 'module-typescript', shortCircuit: true }
    const relative = specifier.startsWith('./') || specifier.startsWith('../')
    if (relative && !/\.(ts|[cm]?js|json|node)$/.test(specifier) && context.parentURL?.startsWith('file:')) {
      for (const suffix of ['.ts', '/index.ts']) {
        const url = new URL(specifier + suffix, context.parentURL)
        if (existsSync(fileURLToPath(url))) return { url: url.href, shortCircuit: true }
      }
    }
    return next(specifier, context)
  },
})
