/** UI tests in the system's Chromium. `npm test` installs one where it may and says so where it may not; nothing is downloaded by Playwright. */
import { defineConfig } from '@playwright/test'
import { findChromium } from './main/boot/prerequisites.mjs'

const executablePath: string | undefined = findChromium()

export default defineConfig({
  testDir: 'test/ui',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  // One lab, one window at a time: tests share a machine that may have two CPUs.
  workers: 1,
  fullyParallel: false,
  forbidOnly: Boolean(process.env['CI']),
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: 'list',
  use: {
    viewport: { width: 1440, height: 900 },
    trace: 'retain-on-failure',
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-domain-reliability', '--no-pings', '--no-first-run'],
    },
  },
})
