/** Comfort: palette, keys, pins, zones, zoom by wheel, layouts, tour, less motion; and axe-core over every state in both themes and languages. */
import type { Page } from '@playwright/test'
import axe from 'axe-core'
import { expect, test } from './fixtures'

/** Rules of WCAG 2.2 A and AA. Monaco's own inside is its makers' affair. */
async function accessible(page: Page, where: string): Promise<void> {
  // The page's policy forbids scripts that aren't ours; the debugger's are none of the page's.
  await page.evaluate(`(() => { ${axe.source} })()`)
  const result = await page.evaluate(async () => {
    const { axe: inPage } = window as unknown as { readonly axe: typeof axe }
    const { violations } = await inPage.run({ exclude: [['.monaco-editor'], ['.monaco-diff-editor']] }, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })
    return violations.map(({ id, nodes }) => ({ id, nodes: nodes.slice(0, 5).map((node) => node.html.slice(0, 160)) }))
  })
  expect(result, where).toEqual([])
}

test('every state of the window passes axe-core in both themes and languages', async ({ lab, fake, page }) => {
  test.setTimeout(180_000)
  await lab.open(fake.url)
  await lab.run()
  for (const scheme of ['light', 'dark'] as const) {
    for (const language of ['en', 'zh'] as const) {
      await page.emulateMedia({ colorScheme: scheme })
      await page.getByTestId('language').selectOption(language)
      await lab.idle()
      await accessible(page, `results, ${scheme}, ${language}`)
    }
  }
  await page.getByTestId('language').selectOption('en')
  await page.keyboard.press('Control+K')
  await accessible(page, 'palette')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Keys and help' }).click()
  await accessible(page, 'sheet')
  await page.keyboard.press('Escape')
  for (const language of ['en', 'zh']) {
    await page.getByTestId('language').selectOption(language)
    await page.keyboard.press('Alt+5')
    await page.getByTestId('reference').getByRole('searchbox').fill('get_scan_count')
    await expect(page.getByTestId('reference').locator('.reference-body')).toHaveCount(1)
    await lab.idle()
    await accessible(page, `reference, ${language}`)
    await lab.shot(`reference-dark-${language}`)
    await page.keyboard.press('Alt+5')
  }
  await page.getByTestId('language').selectOption('en')
  await page.getByRole('button', { name: 'Edit as JSON' }).click()
  await page.getByRole('radio', { name: 'Form' }).check()
  await lab.idle()
  await accessible(page, 'form')
  await page.getByRole('button', { name: 'Import a machine…' }).click()
  await page.getByRole('dialog').getByRole('radio', { name: 'Trace' }).check()
  await accessible(page, 'import')
})

test('the palette runs commands, chooses presets and opens policies, by keyboard alone', async ({ lab, fake, page }) => {
  await lab.open(fake.url)
  await page.keyboard.press('Control+K')
  const find = page.getByRole('combobox', { name: 'Type a command, preset or policy' })
  await expect(find).toBeFocused()
  await find.fill('policy file-fi')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('tab', { name: 'file-first.ts' })).toBeVisible()
  await page.keyboard.press('Control+K')
  await find.fill('run comp')
  await expect(page.getByRole('listbox', { name: 'Find a command' }).getByRole('option', { selected: true })).toContainText('Run the comparison')
  await lab.shot('palette-light-en')
  await page.keyboard.press('Enter')
  await lab.idle()
  await expect(lab.findings).toContainText('compared with linux-6.1')
})

test('keys are changed, refused where they are taken, kept over a reload, and reset', async ({ lab, fake, page }) => {
  await lab.open(fake.url)
  await page.keyboard.press('Control+K')
  await page.keyboard.press('Escape')
  await page.locator('.brand').click()
  await page.keyboard.press('?')
  const row = page.getByRole('button', { name: 'Change the keys of “Find a command”' })
  await row.click()
  await page.keyboard.press('Control+Enter')
  await expect(page.getByRole('dialog').getByRole('alert')).toContainText('Ctrl+Enter is “Run the comparison” already.')
  await page.keyboard.press('Control+J')
  await expect(row).toContainText('Ctrl+J')
  await lab.shot('keys-light-en')
  await page.keyboard.press('Escape')
  await lab.idle()
  await page.reload()
  await lab.idle()
  await page.keyboard.press('Control+J')
  await expect(page.getByRole('combobox', { name: 'Type a command, preset or policy' })).toBeFocused()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Keys and help' }).click()
  await page.getByRole('button', { name: 'Reset all keys' }).click()
  await expect(row).toContainText('Ctrl+K')
})

test('charts are pinned, zones hidden, zoomed by the wheel; a layout brings it all back', async ({ lab, fake, page }) => {
  await lab.open(fake.url)
  await lab.run()
  const charts = page.locator('.charts .chart')
  await expect(charts.first()).toHaveAttribute('data-chart', 'zone-free.0.DMA32')
  const lru = page.locator('[data-chart="lru"]')
  await lru.scrollIntoViewIfNeeded()
  await lru.getByRole('button', { name: 'Pin LRU lists to the top' }).click()
  await expect(charts.first()).toHaveAttribute('data-chart', 'lru')
  await page.getByRole('group', { name: 'Zones shown' }).getByLabel('Node 0 DMA', { exact: true }).uncheck()
  await expect(page.locator('[data-chart="zone-free.0.DMA"]')).toHaveCount(0)
  await lab.shot('pinned-light-en')

  await page.keyboard.press('Control+K')
  await page.getByRole('combobox', { name: 'Type a command, preset or policy' }).fill('save this layout')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').getByRole('textbox').fill('mine')
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await charts.first().getByRole('button', { name: 'Unpin LRU lists' }).click()
  await expect(charts.first()).toHaveAttribute('data-chart', 'zone-free.0.DMA32')
  await page.keyboard.press('Control+K')
  await page.getByRole('combobox', { name: 'Type a command, preset or policy' }).fill('layout mine')
  await page.keyboard.press('Enter')
  await expect(charts.first()).toHaveAttribute('data-chart', 'lru')

  await lru.getByRole('button', { name: 'More for the chart LRU lists' }).click()
  await page.getByRole('menuitem', { name: 'Pin series inactive file' }).click()
  await expect(charts.first()).toContainText('Pinned series')
  await expect(charts.first().locator('.legend').first()).toContainText('LRU lists: inactive file')
  await expect(charts.first().locator('path.recharts-curve').first()).toBeAttached()
  await lab.shot('pinned-series-light-en')
  await charts.first().getByRole('button', { name: 'More for the chart Pinned series' }).click()
  await page.getByRole('menuitem', { name: 'Unpin series LRU lists: inactive file' }).click()
  await expect(charts.first()).toHaveAttribute('data-chart', 'lru')

  const overlay = charts.first().locator('.overlay').first()
  await overlay.scrollIntoViewIfNeeded()
  await overlay.hover()
  await page.keyboard.down('Control')
  await page.mouse.wheel(0, -300)
  await page.keyboard.up('Control')
  await expect(page.getByRole('button', { name: 'All', exact: true })).toBeEnabled()
})

test('what was taken away comes back: a variant, a sysctl, a policy\'s file, the settings of a preset that was left', async ({ lab, fake, page }) => {
  await lab.open(fake.url)
  const undo = page.locator('.notice').getByRole('button', { name: 'Undo' })
  await page.getByRole('button', { name: 'New variant' }).click()
  await page.getByRole('textbox', { name: 'What variant 1 sets' }).fill('vm.swappiness=10')
  await page.getByRole('button', { name: 'Remove variant 1' }).click()
  await expect(page.locator('[data-variant]')).toHaveCount(0)
  await lab.shot('undo-light-en')
  await undo.click()
  await expect(page.getByRole('textbox', { name: 'What variant 1 sets' })).toHaveValue('vm.swappiness=10')

  await page.getByTestId('preset').selectOption({ index: 1 })
  await expect(page.locator('[data-variant="variant 1"]')).toHaveCount(0)
  await undo.click()
  await expect(page.getByRole('textbox', { name: 'What variant 1 sets' })).toHaveValue('vm.swappiness=10')

  await page.getByRole('combobox', { name: 'Override a sysctl…' }).selectOption('vm.swappiness')
  await page.getByRole('button', { name: 'Remove vm.swappiness' }).click()
  await undo.click()
  await expect(page.getByRole('textbox', { name: 'vm.swappiness', exact: true })).toBeVisible()

  await lab.fork('file-first', 'going')
  await lab.policy('going').getByRole('button', { name: 'More for going' }).click()
  await page.getByRole('menuitem', { name: 'Remove' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
  await expect(lab.policy('going')).toHaveCount(0)
  await undo.click()
  await expect(lab.policy('going').getByRole('checkbox').first()).toBeChecked()
  await lab.idle()
})

test('the tour walks through the window; motion is spared where it is asked to be', async ({ lab, fake, page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: 'dark' })
  await lab.open(fake.url)
  await page.getByRole('button', { name: 'Keys and help' }).click()
  await page.getByRole('button', { name: 'Take the tour', exact: true }).click()
  await expect(page.getByRole('dialog')).toContainText('A machine and its work')
  await lab.shot('tour-dark-en')
  for (const title of ['What is compared', 'Run', 'What came out', 'Policies', 'Everything else']) {
    await page.getByRole('button', { name: 'Next' }).click()
    await expect(page.getByRole('heading', { name: title })).toBeVisible()
  }
  await page.getByRole('button', { name: 'Done' }).click()
  await expect(page.getByRole('dialog')).toHaveCount(0)
  const longest = await page.evaluate(() => Math.max(...[...document.querySelectorAll('*')].map((element) => parseFloat(getComputedStyle(element).transitionDuration) || 0)))
  expect(longest).toBeLessThan(0.001)
})
