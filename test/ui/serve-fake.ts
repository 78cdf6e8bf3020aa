/** Serves the built window with the fake lab in front, under the hosts' own security headers. Started by Playwright; prints its address, ends with its parent. */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { rollApiTypes } from '../../main/compile/api-types'
import { apiGuide } from '../../main/compile/guide'
import { listSources, readSource } from '../../main/compile/sources'
import { CHARTS } from '../../main/engine/metrics/charts'
import { SECURITY_HEADERS } from '../../main/hosts/headers'
import { loadStaticFiles, withBridge } from '../../main/hosts/static-files'
import { metricInfos } from '../../main/lab/describe'
import { PRESETS } from '../../main/lab/presets'
import { rulesCatalogue } from '../../main/lab/rules/rules'
import { scenarioJsonSchema } from '../../main/lab/scenario-schema'
import { CHINESE } from '../../main/lab/words/chinese'
import { TERMS } from '../../main/lab/terms'
import type { LabDescription, ParamInfo, PolicyInfo } from '../../preload/contract'

const root = fileURLToPath(new URL('../../', import.meta.url))
const port = Number(process.argv[2] ?? 4179)

const sources = Object.fromEntries(listSources('plugins/policies').filter((path) => !path.endsWith('skeleton.ts')).map((path) => [path.replace('plugins/policies/', 'examples/'), readSource(path)]))

function policyOf(file: string, text: string): PolicyInfo {
  const name = /name:\s*'([^']+)'/.exec(text)?.[1] ?? file
  const params = [...text.matchAll(/^ {4}(\w+): \{ kind: 'number', default: ([\d.]+), min: ([\d.]+), max: ([\d.]+)(?:, step: ([\d.]+))?(?:, unit: '([^']*)')?, about: '((?:[^'\\]|\\.)*)'/gm)].map((match): ParamInfo => (
    { name: match[1], kind: 'number', default: Number(match[2]), min: Number(match[3]), max: Number(match[4]), step: match[5] ? Number(match[5]) : undefined, unit: match[6], about: match[7].replaceAll("\\'", "'") }))
  return { name, file, origin: 'example', describe: /describe: '((?:[^'\\]|\\.)*)'/.exec(text)?.[1].replaceAll("\\'", "'") ?? '', params, hooks: [], problems: [] }
}

function kernelSource(name: string): string {
  const path = listSources('plugins/kernels').find((known) => known.endsWith(`/${name}.ts`)) ?? listSources('plugins/kernels')[0]
  return readSource(path)
}

const description: LabDescription = {
  version: '0.1.0', engine: 'fake', host: 'browser', workspace: { path: '/home/someone/.local/share/reclaim-lab', kept: true },
  presets: PRESETS, kernels: [{ name: 'linux-6.1', describe: 'Linux 6.1', scope: 'full', source: kernelSource('linux-6.1') }],
  policies: Object.entries(sources).map(([file, text]) => policyOf(file, text)), metrics: metricInfos(), charts: CHARTS, terms: TERMS, chinese: CHINESE,
  sysctls: [
    { name: 'vm.min_free_kbytes', default: 0, min: 0, max: 2 ** 31 - 1, unit: 'kB', about: 'How much memory the kernel keeps free.' },
    { name: 'vm.swappiness', default: 60, min: 0, max: 200, unit: '', about: 'How willingly anonymous memory is swapped, against dropping page cache.' },
    { name: 'vm.watermark_scale_factor', default: 10, min: 1, max: 1000, unit: '1/10000', about: 'Distance between the marks.' },
    { name: 'vm.lowmem_reserve_ratio', default: [256, 256, 32, 0], min: 0, max: 2 ** 31 - 1, unit: 'ratio', about: 'How much lower zones keep for requests that need them.' },
  ],
  apiTypes: rollApiTypes(), skeleton: readSource('plugins/policies/skeleton.ts'), scenarioSchema: scenarioJsonSchema(), rules: rulesCatalogue(),
}

const out = `${root}out/fake-lab`
await build({
  root, configFile: false, logLevel: 'error', define: { DESCRIPTION: JSON.stringify(description), SOURCES: JSON.stringify(sources), GUIDE: JSON.stringify(apiGuide()) },
  build: { outDir: out, emptyOutDir: true, minify: false, lib: { entry: `${root}test/ui/fake-lab.ts`, formats: ['es'], fileName: () => 'fake-lab.js' } },
})
const files = withBridge(loadStaticFiles(`${root}out/renderer`), readFileSync(`${out}/fake-lab.js`))

const server = createServer((request, response) => {
  const file = files.get((request.url ?? '/').split('?')[0])
  response.writeHead(file ? 200 : 404, { ...SECURITY_HEADERS, 'content-type': file?.type ?? 'text/plain' })
  response.end(file?.body)
})
server.listen(port, '127.0.0.1', () => {
  const address = server.address()
  if (address !== null && typeof address === 'object') console.log(`http://127.0.0.1:${address.port}/`)
})
