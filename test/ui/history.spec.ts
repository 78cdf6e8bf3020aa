/** The history in the real lab: kept, found, compared, looked after, there after kill -9 exactly as it was; earlier texts of a file. */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { expect, test } from './fixtures'
import { startLab } from './start-lab'

const history = (page: Page): Locator => page.getByTestId('history')
const entries = (page: Page): Locator => page.getByTestId('history-entry')
const toHistory = (page: Page): Promise<void> => page.getByRole('radio', { name: 'History' }).check()

async function act(page: Page, entry: Locator, action: string): Promise<void> {
  await entry.getByRole('button', { name: /^More for/ }).click()
  await page.getByRole('menuitem', { name: action, exact: true }).click()
}

async function answer(page: Page, text: string): Promise<void> {
  await page.getByRole('dialog').getByRole('textbox').fill(text)
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
}

test('what was run is found, named, tagged, pinned, compared, removed and brought back', async ({ lab, page, real }) => {
  await lab.open(await real.address())
  await toHistory(page)
  await expect(history(page)).toContainText('Nothing is kept yet')
  await lab.quick()
  await lab.run()
  await lab.run()
  await toHistory(page)
  await expect(entries(page)).toHaveCount(2)
  await expect(entries(page).first()).toContainText('done')
  await act(page, entries(page).first(), 'Name…')
  await answer(page, 'with the old marks')
  await expect(entries(page).first()).toContainText('with the old marks')
  await act(page, entries(page).first(), 'Tags…')
  await answer(page, 'ticket-7, before')
  await entries(page).first().getByRole('button', { name: /^Pin / }).click()
  await expect(page.getByTestId('history-space')).toContainText('1 recording takes')
  await lab.idle()
  await lab.shot('history-light-en')
  await page.getByRole('searchbox', { name: 'Search' }).fill('old marks')
  await expect(entries(page)).toHaveCount(1)
  await page.getByRole('searchbox', { name: 'Search' }).fill('')
  await page.getByRole('combobox', { name: 'Tag' }).selectOption('ticket-7')
  await expect(entries(page)).toHaveCount(1)
  await page.getByRole('combobox', { name: 'Tag' }).selectOption('')
  await expect(entries(page)).toHaveCount(2)
  await act(page, entries(page).last(), 'Remove')
  await expect(entries(page)).toHaveCount(1)
  await history(page).getByRole('button', { name: 'Undo' }).click()
  await expect(entries(page)).toHaveCount(2)
  // The base of one beside that of the other: the same runs, so nothing differs.
  await entries(page).first().getByRole('checkbox').first().check()
  await expect(page.getByTestId('history-compare')).toBeDisabled()
  await entries(page).last().getByRole('checkbox').first().check()
  await page.getByTestId('history-compare').click()
  await expect(page.getByTestId('run-state')).toContainText('Done')
  await expect(page.getByTestId('metrics')).toContainText('linux-6.1 · ')
  await lab.idle()
  await lab.shot('history-composed-light-en')
})

test('after kill -9 the lab offers what was open, and it is as it was; a damaged recording is reported', async ({ lab, page }) => {
  const first = await startLab(mkdtempSync(join(tmpdir(), 'reclaim-lab-ui-')))
  await lab.open(first.address)
  await lab.quick()
  await lab.run()
  const shown = async (): Promise<readonly string[]> => [await lab.findings.innerText(), await page.getByTestId('metrics').innerText()]
  const before = await shown()
  await expect.poll(() => readdirSync(join(first.workspace, 'history', 'recordings')).filter((name) => name.endsWith('.rec')).length).toBe(1)
  await lab.idle()
  await page.goto('about:blank')
  await first.kill()
  const second = await startLab(first.workspace)
  try {
    await lab.open(second.address)
    const offer = page.getByTestId('history-unclean')
    await expect(offer).toContainText('ended without being closed')
    await lab.shot('history-unclean-light-en')
    await offer.getByRole('button', { name: 'Open' }).click()
    await expect(page.getByTestId('run-state')).toContainText('Done')
    await lab.idle()
    expect(await shown()).toEqual(before)
    await expect(page.locator('[data-chart] path.recharts-curve').first()).toBeAttached()
    await expect(offer).toBeHidden()
    const folder = join(second.workspace, 'history', 'recordings')
    for (const name of readdirSync(folder)) writeFileSync(join(folder, name), readFileSync(join(folder, name)).subarray(0, 99))
    await page.reload()
    await lab.idle()
    await toHistory(page)
    await entries(page).first().getByRole('button', { name: 'Open' }).or(entries(page).first().locator('.history-name .link')).first().click()
    await lab.idle()
    // Made again, to the same digest.
    expect(await shown()).toEqual(before)
    await expect(page.getByTestId('history-reports')).toContainText('damaged')
    await page.getByTestId('history-reports').getByRole('button', { name: 'Details' }).click()
    await expect(page.getByRole('dialog')).toContainText('is cut off')
    await lab.shot('history-reports-light-en')
  } finally {
    await page.close()
    await second.stop()
  }
})

test('an earlier text of a policy is compared with and put back; the present one is kept', async ({ lab, page, real }) => {
  await lab.open(await real.address())
  await lab.quick()
  await lab.fork('watermark-early', 'mine')
  const original = await page.evaluate(() => window.lab.read('policies/mine.ts').then((answer) => (answer.ok ? answer.value.text : '')))
  await lab.replaceCode(original.replace('Idea:', 'My idea:'))
  await lab.save()
  await lab.replaceCode(original.replace('Idea:', 'Half a thought:'))
  const picker = page.getByTestId('diff')
  const earlier = picker.locator('optgroup option')
  await expect(earlier).toHaveCount(2)
  await picker.selectOption({ index: await picker.locator('option').count() - 1 })
  await expect(page.getByTestId('diff-editor')).toBeVisible()
  await lab.idle()
  await lab.shot('history-versions-light-en')
  await page.getByTestId('restore-version').click()
  await lab.idle()
  await expect(earlier).toHaveCount(3)
  const texts = await page.evaluate(async () => {
    const list = await window.lab.fileVersions('policies/mine.ts')
    const all = list.ok ? list.value : []
    return Promise.all(all.map(async ({ id, why }) => { const text = await window.lab.fileVersion('policies/mine.ts', id); return [why, text.ok ? /(\S+ \S+|Idea):/.exec(text.value.split('\n')[2] ?? '')?.[0] : ''] }))
  })
  expect(texts.map(([why]) => why)).toEqual(['kept', 'saved', 'saved'])
  await lab.save()
  expect(await page.evaluate(() => window.lab.read('policies/mine.ts').then((answer) => (answer.ok ? answer.value.text : '')))).toBe(original)
})

test('in Chinese and in the dark it reads well too', async ({ browser, real }) => {
  const page = await (await browser.newContext({ locale: 'zh-CN', colorScheme: 'dark', viewport: { width: 1440, height: 900 } })).newPage()
  await page.goto(await real.address())
  await page.locator('html[data-idle="true"]').waitFor()
  await page.getByRole('spinbutton', { name: '种子' }).fill('1')
  await page.getByTestId('preset').selectOption('preset:seed-000-raise-min-free')
  await page.getByTestId('run').click()
  await expect(page.getByTestId('run-state')).toContainText('完成')
  await page.getByRole('radio', { name: '历史' }).check()
  await expect(entries(page)).toHaveCount(1)
  await page.locator('html[data-idle="true"]').waitFor()
  await page.screenshot({ path: 'test-results/looks/history-dark-zh.png' })
})
