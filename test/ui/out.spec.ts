/** What leaves the window as files, and a bundle that comes back: against the real lab, so that every byte is what a person would get. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures'

async function exported(page: Page, item: string): Promise<{ readonly name: string; readonly bytes: Buffer }> {
  await page.getByRole('button', { name: 'Export', exact: true }).click()
  const waiting = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: item }).click()
  const download = await waiting
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) }
}

test('a comparison leaves as report, CSV, JSON, trace and pictures; its bundle runs again to the same digests', async ({ lab, real, page }) => {
  await lab.open(await real.address())
  await lab.quick()
  await lab.run()
  const digest = await page.getByTestId('runs').locator('.digest').first().getAttribute('title') ?? ''
  expect(digest).toMatch(/^[0-9a-f]{32}$/)

  const report = await exported(page, 'Report (HTML)')
  expect(report.name).toBe('seed-000-raise-min-free-report.html')
  expect(report.bytes.toString()).toContain(digest)
  expect((await exported(page, 'Runs (CSV)')).bytes.toString()).toContain(digest)
  expect(JSON.parse((await exported(page, 'Everything (JSON)')).bytes.toString())).toMatchObject({ scenario: 'seed-000-raise-min-free', state: 'done' })
  const trace = JSON.parse((await exported(page, 'Trace for Perfetto: linux-6.1')).bytes.toString()) as { readonly traceEvents: readonly unknown[]; readonly otherData: unknown }
  expect(trace.traceEvents.length).toBeGreaterThan(50)
  expect(trace.otherData).toMatchObject({ digest })
  expect((await exported(page, 'Series (CSV): linux-6.1')).bytes.toString()).toMatch(/^t_ns,/)

  const chart = page.locator('.chart[data-chart="lru"]')
  await chart.scrollIntoViewIfNeeded()
  for (const [item, name, start] of [['Save as SVG', 'seed-000-raise-min-free-lru.svg', '<svg'], ['Save as PNG', 'seed-000-raise-min-free-lru.png', '\u0089PNG']] as const) {
    await chart.getByRole('button', { name: 'More for the chart LRU lists' }).click()
    const waiting = page.waitForEvent('download')
    await page.getByRole('menuitem', { name: item }).click()
    const download = await waiting
    expect(download.suggestedFilename()).toBe(name)
    const bytes = readFileSync(await download.path())
    expect(bytes.subarray(0, 4).toString('latin1')).toBe(start)
    // Twice the SVG's 760 pixels.
    if (start.endsWith('PNG')) expect(bytes.readUInt32BE(16)).toBe(1520)
  }

  const folder = mkdtempSync(join(tmpdir(), 'out-spec-'))
  try {
    const { bytes } = await exported(page, 'Bundle, to run it again')
    const file = join(folder, 'bundle.json')
    writeFileSync(file, bytes)
    await page.getByRole('button', { name: 'Export', exact: true }).click()
    const choosing = page.waitForEvent('filechooser')
    await page.getByRole('menuitem', { name: 'Open a bundle…' }).click()
    await (await choosing).setFiles(file)
    await expect(page.getByTestId('runs')).toContainText('as in the bundle')
    await lab.idle()
    await expect(page.getByTestId('runs').locator('.digest').first()).toHaveAttribute('title', digest)
    await lab.shot('bundle-light-en')

    writeFileSync(file, bytes.toString().replace('"reclaim-lab-bundle"', '"reclaim-lab-bundle", "more": 1'))
    await page.getByRole('button', { name: 'Export', exact: true }).click()
    const again = page.waitForEvent('filechooser')
    await page.getByRole('menuitem', { name: 'Open a bundle…' }).click()
    await (await again).setFiles(file)
    await expect(page.locator('#pane-results').getByRole('alert').first()).toContainText('more')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('a report is read without the lab: no request, both languages, charts', async ({ lab, real, page, context }) => {
  await lab.open(await real.address())
  await lab.quick()
  await lab.run()
  const { bytes } = await exported(page, 'Report (HTML)')
  const folder = mkdtempSync(join(tmpdir(), 'report-spec-'))
  try {
    writeFileSync(join(folder, 'report.html'), bytes)
    const reader = await context.newPage()
    const asked: string[] = []
    reader.on('request', (request) => asked.push(request.url()))
    await reader.goto(`file://${folder}/report.html`)
    await expect(reader.getByRole('heading', { name: 'What ran' })).toBeVisible()
    await expect(reader.getByRole('heading', { name: '运行了什么' })).toBeHidden()
    await expect(reader.getByRole('img', { name: 'LRU lists' })).toBeVisible()
    await reader.screenshot({ path: 'test-results/looks/report-en.png', fullPage: true })
    await reader.getByText('简体中文').click()
    await expect(reader.getByRole('heading', { name: '运行了什么' })).toBeVisible()
    await expect(reader.getByRole('heading', { name: 'What ran' })).toBeHidden()
    await reader.screenshot({ path: 'test-results/looks/report-zh.png', fullPage: true })
    expect(asked).toEqual([`file://${folder}/report.html`])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
