/** The help lists what the articles say with verdicts, in both languages, and a button runs the evidence. */
import { expect, test } from './fixtures'

test('the articles\' claims with their verdicts, and the evidence at the press of a button', async ({ lab, real, page }) => {
  test.setTimeout(180_000)
  await lab.open(await real.address())
  await page.getByRole('button', { name: 'Keys and help' }).click()
  const claims = page.getByTestId('claims')
  await expect(claims).toContainText('kswapd reclaims until every zone is above HIGH. article 002')
  await expect(claims).toContainText('True in android-3.18.')
  await expect(claims.locator('dt').first()).toBeVisible()
  await claims.getByRole('button', { name: 'Run the evidence: kswapd reclaims until every zone is above HIGH.' }).click()
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(page.getByTestId('preset')).toHaveValue('preset:kernels-zones')
  await lab.idle()
  await expect(page.getByTestId('run-state')).toContainText('Done', { timeout: 120_000 })
  await expect(lab.findings).toContainText('android-3.18')
  await page.getByTestId('language').selectOption('zh')
  await page.getByRole('button', { name: '按键与帮助' }).click()
  await expect(page.getByTestId('claims')).toContainText('在 android-3.18 中正确。')
  await lab.shot('claims-light-zh')
})
