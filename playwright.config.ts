/** Tests of the window in a real Chromium: `window.spec.ts` against a fake lab that can misbehave, `lab.spec.ts` against the real one. Screenshots go to test-results/looks. */
import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: 'test/ui',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results/ui',
  // Two files at a time, each with a browser and labs of its own: half of a journey is waiting.
  workers: 2,
  fullyParallel: false,
  // Ceilings, not expectations: a machine many times slower than usual still passes, and a hang still ends.
  timeout: 300_000,
  expect: { timeout: 60_000 },
  forbidOnly: process.env.CI !== undefined,
  retries: 0,
  reporter: [['list']],
  use: {
    browserName: 'chromium', viewport: { width: 1440, height: 900 }, locale: 'en-US', colorScheme: 'light', trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.RECLAIM_LAB_BROWSER || '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-quic'],
    },
  },
})
