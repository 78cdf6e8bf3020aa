/**
 * Electron's security checklist, all 20 items, and its fuses, all 9: which test sees to each, or why none can here. What packing sets is read back in `package.test.ts`, from a package around
 * a stand-in: Electron's binary can't be had where the lab is built.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FuseV1Options } from '@electron/fuses'
import { expect, test } from 'vitest'
import { FUSES } from '../../main/boot/after-pack.mjs'
import { CONTENT_SECURITY_POLICY } from '../../main/hosts/headers'
import { ROOT, typescriptSources } from '../arch/sources'

const SECURITY_TEST = 'test/hosts/electron-security.test.ts'

/** By the numbers of Electron's tutorial/security. */
const CHECKLIST: Readonly<Record<number, { readonly item: string; readonly seenBy: string }>> = {
  1: { item: 'only secure content', seenBy: SECURITY_TEST }, 2: { item: 'no Node integration', seenBy: SECURITY_TEST }, 3: { item: 'context isolation', seenBy: SECURITY_TEST },
  4: { item: 'process sandboxing', seenBy: SECURITY_TEST }, 5: { item: 'permission requests', seenBy: SECURITY_TEST }, 6: { item: 'webSecurity stays', seenBy: SECURITY_TEST },
  7: { item: 'Content-Security-Policy', seenBy: SECURITY_TEST }, 8: { item: 'no insecure content', seenBy: SECURITY_TEST }, 9: { item: 'no experimental features', seenBy: SECURITY_TEST },
  10: { item: 'no enableBlinkFeatures', seenBy: SECURITY_TEST }, 11: { item: 'no webview popups', seenBy: SECURITY_TEST }, 12: { item: 'webview options', seenBy: SECURITY_TEST },
  13: { item: 'navigation', seenBy: SECURITY_TEST }, 14: { item: 'new windows', seenBy: SECURITY_TEST }, 15: { item: 'no openExternal', seenBy: SECURITY_TEST },
  16: { item: 'a current Electron', seenBy: SECURITY_TEST }, 17: { item: 'senders of IPC', seenBy: SECURITY_TEST }, 18: { item: 'own protocol, no file://', seenBy: SECURITY_TEST },
  19: { item: 'fuses', seenBy: 'test/hosts/package.test.ts, in a package around a stand-in; not checkable here around Electron itself' }, 20: { item: 'no Electron APIs in the page', seenBy: SECURITY_TEST },
}

const FUSES_WANTED: readonly { readonly fuse: keyof typeof FUSES; readonly value: boolean; readonly why: string }[] = [
  { fuse: 'RunAsNode', value: false, why: 'the binary is no Node for others; runners are utility processes, which need it not' },
  { fuse: 'EnableCookieEncryption', value: true, why: 'there are no cookies; if there ever are, they are encrypted' },
  { fuse: 'EnableNodeOptionsEnvironmentVariable', value: false, why: 'NODE_OPTIONS can load foreign code' },
  { fuse: 'EnableNodeCliInspectArguments', value: false, why: '--inspect gives the main process away' },
  { fuse: 'EnableEmbeddedAsarIntegrityValidation', value: true, why: 'a changed archive is not loaded (macOS, Windows; Linux has no such check)' },
  { fuse: 'OnlyLoadAppFromAsar', value: true, why: 'else a folder beside the archive would go before it' },
  { fuse: 'LoadBrowserProcessSpecificV8Snapshot', value: false, why: 'we ship no snapshot' },
  { fuse: 'GrantFileProtocolExtraPrivileges', value: false, why: 'pages come from app://, never from file://' },
  { fuse: 'WasmTrapHandlers', value: true, why: 'stays as Electron has it: it makes WebAssembly fast, and pages may run none' },
]

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const config = JSON.parse(read('electron-builder.json')) as { readonly electronVersion: string; readonly asar: unknown; readonly files: readonly unknown[]; readonly afterPack: string }

test('all 20 items of the checklist are looked at', () => {
  expect(Object.keys(CHECKLIST).map(Number)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
  const titles = [...read(SECURITY_TEST).matchAll(/^test(?:\.each[^]*?)?\('([\d, ]+):/gm), ...read(SECURITY_TEST).matchAll(/\]\)\('([\d, ]+):/g)].flatMap((match) => match[1].split(',').map(Number))
  const claimed = Object.entries(CHECKLIST).filter(([, { seenBy }]) => seenBy === SECURITY_TEST).map(([number]) => Number(number))
  expect(claimed.filter((number) => !titles.includes(number))).toEqual([])
})

test('19: packing sets every fuse that there is, to the safe side', () => {
  const known = Object.keys(FuseV1Options).filter((name) => Number.isNaN(Number(name)))
  expect(FUSES_WANTED.map(({ fuse }) => fuse)).toEqual(known)
  expect(FUSES).toEqual(Object.fromEntries(FUSES_WANTED.map(({ fuse, value }) => [fuse, value])))
  expect(config.afterPack).toBe('./main/boot/after-pack.mjs')
})

test('19: nothing of ours needs what the fuses take away', () => {
  const hosts = typescriptSources().filter(({ path }) => /^main\/(index\.ts|hosts\/electron)/.test(path)).map(({ text }) => text).join('\n')
  // runAsNode off breaks child_process.fork; Electron's host starts runners as utility processes.
  expect(hosts).toContain('utilityProcess')
  expect(hosts).not.toMatch(/child_process|fork-child|ELECTRON_RUN_AS_NODE/)
  expect(hosts).not.toMatch(/file:\/\/|loadFile\(/)
  expect(CONTENT_SECURITY_POLICY).not.toContain('wasm-unsafe-eval')
})

test('the archive holds the bundles and nothing else, is checked, and is of the Electron that is pinned', () => {
  const manifest = JSON.parse(read('package.json')) as { readonly devDependencies: Readonly<Record<string, string>>; readonly main: string }
  expect(config.electronVersion).toBe(manifest.devDependencies['electron'])
  // `asar: true` keeps the integrity hash; an object could switch it off.
  expect(config.asar).toBe(true)
  expect(config.files.slice(0, 4)).toEqual(['package.json', 'out/main/**', 'out/preload/**', 'out/renderer/**'])
  expect(manifest.main).toBe('out/main/index.js')
})
