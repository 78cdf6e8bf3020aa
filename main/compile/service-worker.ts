/** The compile service's thread: loads typescript once and answers one request after another. */
import { parentPort } from 'node:worker_threads'
import { rollApiTypes } from './api-types'
import { createCompiler } from './compile-policy'
import { apiGuide } from './guide'
import { hookPlaces } from './hook-places'
import { insertPlace } from './insert-place'
import { createChecker } from './language-service'
import type { FromService, ToService } from './service-protocol'

const port = parentPort
if (!port) throw new Error('compile/service-worker runs as a worker thread')

const check = createChecker()
const compile = createCompiler(check)
// What costs a person their first wait: libraries and API are parsed and checked before anybody asks.
compile('warm-up.ts', 'import { definePolicy } from \'reclaim-lab\'\nexport default definePolicy({ api: 1, name: \'warm-up\', hooks: { kswapdTarget: (args, k) => k.base.kswapdTarget(args) } })\n')

port.on('message', (message: ToService) => { port.postMessage(answerTo(message)) })

function answerTo(message: ToService): FromService {
  const { request } = message
  switch (message.type) {
    case 'compile': return { request, result: compile(message.file, message.text) }
    case 'api-types': return { request, apiTypes: rollApiTypes() }
    case 'guide': return { request, guide: apiGuide() }
    case 'hook-places': return { request, hookPlaces: hookPlaces(check, message.text) }
    case 'insert-place': return { request, insertPlace: insertPlace(message.text, message.offset) }
  }
}
