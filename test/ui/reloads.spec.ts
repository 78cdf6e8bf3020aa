/** Which text of a policy runs: the last good one where the saved one can't, and a file that others keep changing is held. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from './fixtures'

test('a broken save is stood in for by the last good text, and a flood of edits from outside is held until a person says so', async ({ lab, real, page }) => {
  test.setTimeout(120_000)
  await lab.open(await real.address())
  await lab.quick()
  await lab.fork('watermark-early', 'mine')
  await page.getByRole('checkbox', { name: 'Run on save' }).uncheck()
  await lab.replaceCode('export default 1 +')
  await lab.save()
  const standIn = page.getByTestId('stand-in')
  await expect(standIn).toContainText('This policy can’t be run as it is saved: runs use its last good text')
  await expect(lab.policy('mine')).toContainText('last good')
  await lab.run()
  await expect(page.getByTestId('left-out')).toContainText('mine can\'t be run as it is now; this is its last good text, of')
  await lab.shot('last-good-light-en')
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.getByTestId('language').selectOption('zh')
  await lab.idle()
  await lab.shot('last-good-dark-zh')
  await page.getByTestId('language').selectOption('en')
  await standIn.getByRole('button', { name: 'Show the difference' }).click()
  await expect(page.getByTestId('diff')).toHaveValue('good')
  await standIn.getByRole('button', { name: 'Back to the last good' }).click()
  await lab.idle()
  await lab.save()
  await expect(standIn).toHaveCount(0)

  const file = join(real.workspace, 'policies/mine.ts')
  const held = page.getByTestId('held')
  let n = 0
  await expect(async () => {
    writeFileSync(file, `// ${++n}\nimport { definePolicy } from 'reclaim-lab'\nexport default definePolicy({ api: 1, name: 'mine' })\n`)
    await expect(held).toBeVisible({ timeout: 150 })
  }).toPass({ timeout: 60_000 })
  expect(n).toBeGreaterThan(4)
  await expect(held).toContainText('Something outside the lab keeps changing this file')
  await expect(lab.policy('mine')).toContainText('not loaded')
  await lab.idle()
  await lab.shot('held-dark-en')
  await held.getByRole('button', { name: 'Load it now' }).click()
  await expect(held).toHaveCount(0)
  await expect(lab.editor).toContainText(`// ${n}`)
})

test('an ejected text and one ejected over and over are said, with the way on; saving runs nothing meanwhile', async ({ lab, fake, page }) => {
  await lab.open(fake.url)
  await lab.fork('watermark-early', 'mine')
  await page.evaluate(() => {
    const { fake: inPage } = window as unknown as { readonly fake: { mark(file: string, marks: object): void } }
    inPage.mark('policies/mine.ts', { standIn: { why: 'ejected', text: '// good', atMs: 1e12 }, held: { why: 'ejections', count: 3, sinceMs: 1e12 } })
  })
  await expect(page.getByTestId('held')).toContainText('3 texts in a row were ejected')
  await expect(page.getByTestId('stand-in').getByRole('button', { name: 'Run it all the same' })).toBeVisible()
  await lab.editor.locator('.view-lines').click()
  await page.keyboard.type('// ')
  await lab.save()
  await expect(page.getByTestId('run-state')).toBeEmpty()
  await lab.shot('ejected-light-en')
  await page.getByTestId('held').getByRole('button', { name: 'Go on' }).click()
  await expect(page.getByTestId('held')).toHaveCount(0)
  await lab.editor.locator('.view-lines').click()
  await page.keyboard.type('// ')
  await lab.save()
  await expect(page.getByTestId('run-state')).not.toBeEmpty()
})
