/** The real Electron, where its runtime is installed. Where it isn't, this says so; the bundles are then tested against a stand-in only (test/hosts). */
import { _electron, expect, test } from '@playwright/test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findElectron } from '../../main/boot/electron-runtime.mjs'
import { root } from '../../main/boot/guard.mjs'
import { hasDisplay } from '../../main/boot/start.mjs'

const executablePath = findElectron()

test.describe('real Electron', () => {
  test.skip(executablePath === undefined, "Electron's runtime is not installed here, so its window could not be tested.")
  test.skip(executablePath !== undefined && !hasDisplay(), "Electron's runtime is here, but there is no display to test its window on.")

  test('the window opens on the lab, sandboxed and isolated', async () => {
    const workspace = mkdtempSync(join(tmpdir(), 'reclaim-lab-electron-'))
    const app = await _electron.launch({ executablePath, args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), root, `--workspace=${workspace}`] })
    try {
      const page = await app.firstWindow()
      expect(page.url()).toBe('app://lab/index.html')
      const seen = await page.evaluate(async () => ({ host: (await window.lab.describe()).host, node: [typeof Reflect.get(window, 'require'), typeof Reflect.get(window, 'process')] }))
      expect(seen).toEqual({ host: 'electron', node: ['undefined', 'undefined'] })
      await expect(page.locator('#root > *').first()).toBeVisible()
    } finally {
      await app.close()
      rmSync(workspace, { recursive: true, force: true })
    }
  })
})
