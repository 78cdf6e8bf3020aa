// `npm test`: everything, in one go, and one line at the end that says how it went. Flags after `--` go to Vitest (`npm test -- test/hosts` runs those and no UI tests).
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { BUILD_NEEDS, buildIfStale } from './build.mjs'
import { findElectron } from './electron-runtime.mjs'
import { guard, root } from './guard.mjs'
import { ensurePrerequisites, findChromium } from './prerequisites.mjs'

/** Counts of one Vitest JSON report. A file that could not be loaded is a failure though it holds no test. */
export function countVitest(report, status) {
  const passed = report.numPassedTests
  const broken = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed')).length
  const failed = report.numFailedTests + broken
  // An error outside any test (an unhandled rejection) fails the run as well.
  return { passed, failed: failed === 0 && status !== 0 ? 1 : failed, skipped: report.numPendingTests + (report.numTodoTests ?? 0) }
}

/** Counts of one Playwright JSON report. A flaky test is none that passed. */
export function countPlaywright(report, status) {
  const { expected, unexpected, flaky, skipped } = report.stats
  const failed = unexpected + flaky
  const broken = report.errors?.length ?? 0
  return { passed: expected, failed: failed + broken === 0 && status !== 0 ? 1 : failed + broken, skipped }
}

/** Titles and reasons of the UI tests that were skipped, so that none is in silence. */
export function skippedUi(suite) {
  const own = (suite.specs ?? []).flatMap((spec) => spec.tests.filter((test) => test.status === 'skipped').map((test) => `${spec.title}: ${test.annotations.find(({ type }) => type === 'skip')?.description ?? 'no reason given'}`))
  return [...own, ...(suite.suites ?? []).flatMap(skippedUi)]
}

export function sum(counts) {
  return counts.reduce((a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + (b.skipped ?? 0) }), { passed: 0, failed: 0, skipped: 0 })
}

const PASSED = { passed: 1, failed: 0 }
const FAILED = { passed: 0, failed: 1 }

async function main() {
  await guard([...BUILD_NEEDS, 'vitest', 'eslint', '@playwright/test'], import.meta.url)
  const only = process.argv.slice(2)
  const reports = mkdtempSync(join(tmpdir(), 'reclaim-lab-test-'))
  try {
    const lacking = only.length > 0 ? undefined : ensurePrerequisites(say)
    if (lacking !== undefined) say(lacking)
    const counts = only.length > 0 ? [await build(), await vitest(reports, only)] : await everything(reports, lacking)
    return conclude(sum(counts), lacking)
  } finally {
    rmSync(reports, { recursive: true, force: true })
  }
}

async function everything(reports, lacking) {
  const counts = [await script('lint'), await script('typecheck')]
  const built = await build()
  counts.push(built, await vitest(reports, []))
  if (lacking !== undefined) return [...counts, FAILED]
  if (built.failed > 0) {
    say('The UI tests did not run: there is nothing built to test.')
    return [...counts, FAILED]
  }
  return [...counts, await playwright(reports)]
}

function conclude({ passed, failed, skipped }, lacking) {
  if (findElectron() === undefined) say("Electron's runtime is not here: its two bundles were tested against a stand-in, its window was not.")
  if (skipped > 0) say(`${skipped} skipped (each says why above).`)
  if (lacking !== undefined) say(`The UI tests did not run. ${lacking}`)
  say(`${passed} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
}

async function script(name) {
  say(`\n== ${name}`)
  return (await run([join(root, 'main', 'boot', `${name}.mjs`)])) === 0 ? PASSED : FAILED
}

/** Counts only when it fails: then no bundle can be trusted. */
async function build() {
  say('\n== build')
  try {
    say(await buildIfStale({ say }) ? 'Built.' : 'The bundles are up to date.')
    return { passed: 0, failed: 0 }
  } catch (error) {
    say(error.message)
    return FAILED
  }
}

async function vitest(reports, only) {
  say('\n== unit and contract tests')
  const file = join(reports, 'vitest.json')
  const status = await run([join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...only])
  return readReport(file, (report) => countVitest(report, status))
}

async function playwright(reports) {
  say('\n== UI tests in Chromium')
  const file = join(reports, 'playwright.json')
  const status = await run([join(root, 'node_modules/@playwright/test/cli.js'), 'test', '--reporter=list,json'], { PLAYWRIGHT_JSON_OUTPUT_NAME: file, PLAYWRIGHT_JSON_OUTPUT_FILE: file, RECLAIM_LAB_BROWSER: findChromium() })
  return readReport(file, (report) => {
    for (const line of skippedUi(report)) say(`Skipped: ${line}`)
    return countPlaywright(report, status)
  })
}

function readReport(file, count) {
  try {
    return count(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    say(`There is no report (${error.message}), so this counts as failed.`)
    return FAILED
  }
}

function run(args, env = {}) {
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } })
  const stop = (signal) => child.kill(signal)
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop)
  return new Promise((resolve) => child.on('exit', (code, signal) => {
    for (const name of ['SIGINT', 'SIGTERM']) process.off(name, stop)
    if (signal !== null) process.exit(130)
    resolve(code)
  }))
}

function say(text) {
  console.log(text)
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main().then((status) => process.exit(status), (error) => { console.error(error); process.exit(1) })
}
