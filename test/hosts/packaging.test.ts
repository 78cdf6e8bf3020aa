/**
 * Electron's security checklist, all 20 items, and its fuses, all 9: which test sees to each, or why none can here. What is said of fuses is what the packaging
 * configuration asks for: Electron's binary can't be had where the lab is built, so no package was ever made and no fuse read back from one.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
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
  19: { item: 'fuses', seenBy: 'this file, as far as the configuration; not checkable here in a package' }, 20: { item: 'no Electron APIs in the page', seenBy: SECURITY_TEST },
}

/** `undefined`: the packager has no name for it. */
const FUSES: readonly { readonly fuse: string; readonly setting: string | undefined; readonly value: boolean; readonly why: string }[] = [
  { fuse: 'runAsNode', setting: 'runAsNode', value: false, why: 'the binary is no Node for others; runners are utility processes, which need it not' },
  { fuse: 'cookieEncryption', setting: 'enableCookieEncryption', value: true, why: 'there are no cookies; if there ever are, they are encrypted' },
  { fuse: 'nodeOptions', setting: 'enableNodeOptionsEnvironmentVariable', value: false, why: 'NODE_OPTIONS can load foreign code' },
  { fuse: 'nodeCliInspect', setting: 'enableNodeCliInspectArguments', value: false, why: '--inspect gives the main process away' },
  { fuse: 'embeddedAsarIntegrityValidation', setting: 'enableEmbeddedAsarIntegrityValidation', value: true, why: 'a changed archive is not loaded (macOS, Windows; Linux has no such check)' },
  { fuse: 'onlyLoadAppFromAsar', setting: 'onlyLoadAppFromAsar', value: true, why: 'else a folder beside the archive would go before it' },
  { fuse: 'loadBrowserProcessSpecificV8Snapshot', setting: 'loadBrowserProcessSpecificV8Snapshot', value: false, why: 'we ship no snapshot' },
  { fuse: 'grantFileProtocolExtraPrivileges', setting: 'grantFileProtocolExtraPrivileges', value: false, why: 'pages come from app://, never from file://' },
  { fuse: 'wasmTrapHandlers', setting: undefined, value: true, why: 'stays as Electron has it: it makes WebAssembly fast, and pages may run none' },
]

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const config = JSON.parse(read('electron-builder.json')) as { readonly electronVersion: string; readonly asar: unknown; readonly files: readonly string[]; readonly electronFuses: Readonly<Record<string, boolean>> }

test('all 20 items of the checklist are looked at', () => {
  expect(Object.keys(CHECKLIST).map(Number)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
  const titles = [...read(SECURITY_TEST).matchAll(/^test(?:\.each[^]*?)?\('([\d, ]+):/gm), ...read(SECURITY_TEST).matchAll(/\]\)\('([\d, ]+):/g)].flatMap((match) => match[1].split(',').map(Number))
  const claimed = Object.entries(CHECKLIST).filter(([, { seenBy }]) => seenBy === SECURITY_TEST).map(([number]) => Number(number))
  expect(claimed.filter((number) => !titles.includes(number))).toEqual([])
})

test('19: the packaging configuration sets every fuse that its packager knows, to the safe side', () => {
  expect(FUSES).toHaveLength(9)
  expect(config.electronFuses).toEqual(Object.fromEntries(FUSES.flatMap(({ setting, value }) => (setting === undefined ? [] : [[setting, value]]))))
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
  expect(config.files).toEqual(['package.json', 'out/main/**', 'out/preload/**', 'out/renderer/**'])
  expect(manifest.main).toBe('out/main/index.js')
})
