/** Unit and contract tests on Node. Playwright (test/ui) has its own configuration. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: {
    alias: {
      'reclaim-lab': fileURLToPath(new URL('plugins/api/index.ts', import.meta.url)),
      // The real package would download its runtime the moment it is imported.
      electron: fileURLToPath(new URL('test/hosts/electron-module.ts', import.meta.url)),
    },
  },
  test: {
    environment: 'node',
    include: ['test/**/*.test.ts'],
    exclude: ['test/ui/**', 'node_modules/**', 'out/**'],
    // The built bundles are loaded as Node loads them, not through Vite.
    server: { deps: { external: [/\/out\/main\//] } },
    // All processors: Vitest leaves one free, which on two means half of them.
    maxWorkers: '100%',
    // A test that hangs is a failure, not an endless build. One ceiling for all, far above what any takes: a machine many times slower than usual still passes.
    testTimeout: 300_000,
    hookTimeout: 180_000,
  },
})
