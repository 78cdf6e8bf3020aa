/** Unit and contract tests on Node. Playwright (test/ui) has its own configuration. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { alias: { 'reclaim-lab': fileURLToPath(new URL('plugins/api/index.ts', import.meta.url)) } },
  test: {
    environment: 'node',
    include: ['test/**/*.test.ts'],
    exclude: ['test/ui/**', 'node_modules/**', 'out/**'],
    // A test that hangs is a failure, not an endless build.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
