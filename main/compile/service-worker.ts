/** The compile service's thread: loads typescript once and answers one request after another. */
import { parentPort } from 'node:worker_threads'
import { rollApiTypes } from './api-types'
import { createCompiler } from './compile-policy'
import type { FromService, ToService } from './service-protocol'

const port = parentPort
if (!port) throw new Error('compile/service-worker runs as a worker thread')

const compile = createCompiler()
// What costs a person their first wait: libraries and API are parsed and checked before anybody asks.
compile('warm-up.ts', 'import { definePolicy } from \'reclaim-lab\'\nexport default definePolicy({ api: 1, name: \'warm-up\', hooks: { kswapdTarget: (args, k) => k.base.kswapdTarget(args) } })\n')

port.on('message', (message: ToService) => {
  const answer: FromService = message.type === 'compile'
    ? { request: message.request, result: compile(message.file, message.text) }
    : { request: message.request, apiTypes: rollApiTypes() }
  port.postMessage(answer)
})
