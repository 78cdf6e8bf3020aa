/** The real lab as a person uses it: open and run, read the results, write a policy, bring a machine's own numbers, cancel. Needs nothing but the built lab and Chromium. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from './fixtures'

/** As the article prints it, with what a grep leaves of /proc/zoneinfo. */
const ZONEINFO = `Node 0, zone      DMA
  pages free     3840
        min      7
        low      10
        high     13
        managed  3840
Node 0, zone    DMA32
  pages free     758226
        min      1505
        low      2257
        high     3009
        managed  758592
Node 0, zone   Normal
  pages free     145291
        min      487
        low      730
        high     973
        managed  243597
Node 0, zone  Movable
  pages free     0
        min      0
        low      0
        high     0
        managed  0
`

const GOOD = `import { definePolicy } from 'reclaim-lab'

export default definePolicy({
  api: 1,
  name: 'my-marks',
  describe: 'Doubles the distance between the marks.',
  params: { times: { kind: 'number', default: 4, min: 1, max: 10, step: 1, unit: 'x', about: 'How far apart.' } },
  hooks: {
    zoneWatermarks(args, k) {
      const marks = k.base.zoneWatermarks(args)
      return marks.map(({ min, low, high }) => {
        const gap = (high - low) * k.params.times
        return { min, low: low + gap, high: high + 2 * gap, promo: high + 3 * gap }
      })
    },
  },
})
`

test.beforeEach(async ({ lab, real }) => {
  await lab.open(await real.address())
})

test('opens on the first article\'s machine and compares it with two policies', async ({ lab, page }) => {
  await expect(page.getByTestId('preset')).toHaveValue('preset:seed-000')
  await expect(page.getByTestId('base')).toHaveValue('linux-6.1')
  await lab.run()
  await expect(page.getByTestId('run-state')).toContainText('Done')
  await expect(lab.findings).toContainText('watermark-early compared with linux-6.1')
  const table = page.getByTestId('metrics')
  await expect(table.locator('tbody tr').first()).toContainText(/better|worse|different/)
  await expect(table.locator('.interval').first()).toHaveText(/^[+−\d].* … [+−\d].*$/)
  await lab.shot('real-results-light-en')
  for (const chart of ['zone-free.0.Normal', 'lru', 'scan-by-reclaimer', 'scan-by-type', 'refaults', 'swap', 'disk', 'alloc-latency']) {
    const figure = page.locator(`[data-chart="${chart}"]`)
    await figure.scrollIntoViewIfNeeded()
    await expect(figure.locator('path.recharts-curve').first(), chart).toBeAttached()
  }
  await lab.idle()
  await lab.shot('real-charts-light-en')
  const hooks = page.getByTestId('hooks').first()
  await hooks.scrollIntoViewIfNeeded()
  await expect(hooks).toContainText('zoneWatermarks')
  await lab.shot('real-runs-light-en')
})

test('who woke kswapd: marks missed, gfp and the call path', async ({ lab, page }) => {
  await page.getByTestId('preset').selectOption('preset:seed-000-raise-min-free')
  await lab.run()
  await page.getByRole('group', { name: /^kswapd, linux-6\.1/ }).focus()
  await page.keyboard.press('ArrowRight')
  const inspector = page.getByTestId('inspector')
  await expect(inspector).toContainText('mm_vmscan_wakeup_kswapd')
  await expect(inspector).toContainText('missed by')
  await expect(inspector).toContainText('GFP_')
  await expect(inspector).toContainText('wakeup_kswapd')
  await lab.idle()
  await lab.shot('real-inspector-light-en')
  await inspector.getByRole('radio', { name: 'gfp' }).check()
  await expect(page.getByTestId('gfp')).toContainText('wakes kswapd')
  await lab.idle()
  await lab.shot('real-gfp-light-en')
  await inspector.getByRole('radio', { name: '/proc at this moment' }).check()
  await expect(page.getByTestId('proc')).toContainText('pages free')
  await lab.idle()
  await lab.shot('real-proc-light-en')
})

test('a policy is written: a syntax error is shown and stops it, the fix is saved, loaded and run', async ({ lab, page, real }) => {
  await lab.quick()
  await page.locator('.setup').getByRole('button', { name: 'New policy…' }).click()
  await page.getByRole('dialog').getByRole('textbox').fill('my-marks')
  await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click()
  await expect(page.getByRole('tab', { name: 'my-marks.ts' })).toBeVisible()
  await lab.idle()
  await lab.replaceCode(GOOD.replace('(high - low) *', '(high - low) * *'))
  await expect(lab.problems).toContainText('This can’t run')
  await expect(lab.problems).toContainText('my-marks.ts:12')
  await expect(page.locator('.squiggly-error').first()).toBeVisible()
  await lab.shot('real-syntax-error-light-en')
  await lab.replaceCode(GOOD)
  await expect(lab.problems).toContainText('Checked')
  await lab.save()
  expect(readFileSync(join(real.workspace, 'policies/my-marks.ts'), 'utf8')).toBe(GOOD)
  await expect(page.getByTestId('run-state')).toContainText('Done')
  await expect(lab.findings).toContainText('my-marks')
  await expect(lab.policy('my-marks').getByRole('slider')).toHaveValue('4')
  await page.getByTestId('diff').selectOption('base')
  await expect(page.getByTestId('diff-editor')).toContainText('definePolicy')
  await lab.idle()
  await lab.shot('real-diff-light-en')
})

test('the editor knows the API: completion, hover, and its types', async ({ lab, page }) => {
  await lab.fork('file-first', 'knows-api')
  await lab.replaceCode(GOOD.replace("'my-marks'", "'knows-api'").replace('(high - low) * k.params.times', '(high - low) * k.params.nothing'))
  await expect(page.locator('.squiggly-error').first()).toBeVisible()
  await lab.replaceCode(`${GOOD.replace("'my-marks'", "'knows-api'")}`)
  await lab.editor.getByText('zoneWatermarks', { exact: true }).first().hover()
  await expect(page.locator('.monaco-hover').filter({ hasText: 'setup_per_zone_wmarks' }).first()).toBeVisible()
  await lab.shot('real-hover-light-en')
  await page.mouse.move(5, 300)
  await expect(page.locator('.monaco-hover:visible')).toHaveCount(0)
  await lab.editor.locator('.view-line', { hasText: 'hooks: {' }).click()
  await page.keyboard.press('End')
  await page.keyboard.press('Enter')
  await page.keyboard.type('scan')
  await expect(page.locator('.suggest-widget')).toContainText('scanBalance')
  await lab.shot('real-completion-light-en')
  await page.keyboard.press('Escape')
  await lab.idle()
})

test('a policy that throws is ejected: the run goes on and the line is named', async ({ lab, page }) => {
  await lab.quick()
  await lab.fork('watermark-early', 'throws')
  await lab.replaceCode(GOOD.replace("'my-marks'", "'throws'").replace('return marks.map', "if (marks.length > 0) throw new Error('no marks today')\n      return marks.map"))
  await lab.save()
  await expect(page.getByTestId('run-state')).toContainText('Done')
  await expect(lab.findings).toContainText('Ejected in 1 of 1 run')
  await expect(page.getByTestId('runs')).toContainText('no marks today')
  await expect(lab.problems).toContainText('line 11')
  await expect(lab.problems).toContainText('no marks today')
  await expect(lab.policy('throws')).toContainText('ejected')
  await expect(page.locator('.squiggly-error').first()).toBeVisible()
  await lab.shot('real-ejected-light-en')
})

test('an edit from outside is noticed while one\'s own is kept', async ({ lab, page, real }) => {
  await lab.quick()
  await lab.fork('watermark-early', 'outside')
  await lab.replaceCode(`// mine\n${GOOD.replace("'my-marks'", "'outside'")}`)
  writeFileSync(join(real.workspace, 'policies/outside.ts'), `// theirs\n${GOOD.replace("'my-marks'", "'outside'")}`)
  const note = page.getByRole('alert').filter({ hasText: 'changed outside' })
  await expect(note).toBeVisible()
  await note.getByRole('button', { name: 'Keep mine' }).click()
  await expect(lab.editor).toContainText('// mine')
  await lab.save()
  expect(readFileSync(join(real.workspace, 'policies/outside.ts'), 'utf8')).toContain('// mine')
})

test('a pasted zoneinfo becomes the machine; a cut-off one is refused with its line', async ({ lab, page }) => {
  await page.getByRole('button', { name: 'Import a machine…' }).click()
  const zoneinfo = page.getByTestId('import-zoneinfo')
  await zoneinfo.fill(ZONEINFO.slice(0, ZONEINFO.indexOf('758592')))
  await page.getByRole('button', { name: 'Read', exact: true }).click()
  await expect(page.getByRole('dialog').getByRole('alert')).toContainText('12')
  await lab.shot('real-import-refused-light-en')
  await zoneinfo.fill(ZONEINFO)
  await page.getByRole('button', { name: 'Read', exact: true }).click()
  const summary = page.getByTestId('import-summary')
  await expect(summary).toContainText('758,592')
  await summary.scrollIntoViewIfNeeded()
  await lab.shot('real-import-light-en')
  await page.getByRole('button', { name: 'Use this machine' }).click()
  await expect(page.locator('.setup')).toContainText('243,597')
  await lab.run()
  await expect(page.getByTestId('run-state')).toContainText('Done')
  await page.getByRole('button', { name: 'Edit the scenario' }).click()
  await lab.idle()
  await expect(lab.problems).toContainText('can run')
  await lab.shot('real-scenario-light-en')
})

test('this machine can be read', async ({ lab, page }) => {
  await page.getByRole('button', { name: 'Import a machine…' }).click()
  await page.getByRole('radio', { name: 'This machine' }).check()
  await page.getByRole('button', { name: 'Read', exact: true }).click()
  await expect(page.getByTestId('import-summary')).toBeVisible()
  await lab.idle()
  await lab.shot('real-this-machine-light-en')
})

test('setup and unsaved text come back after a reload', async ({ lab, page }) => {
  await lab.quick()
  await lab.fork('file-first', 'half-done')
  await lab.replaceCode('// half a thought\n')
  await page.reload()
  await lab.idle()
  await expect(page.getByTestId('preset')).toHaveValue('preset:seed-000-raise-min-free')
  await lab.policy('half-done').getByRole('button', { name: 'half-done', exact: true }).click()
  await page.getByRole('button', { name: 'Restore them' }).click()
  await expect(lab.editor).toContainText('half a thought')
  await lab.idle()
})

test('results say what they are of and that the setup has changed since, and come back after a reload', async ({ lab, page }) => {
  await lab.quick()
  await lab.run()
  const about = page.getByTestId('results-about')
  await expect(about).toContainText('Raise min_free_kbytes')
  await expect(about).toContainText('1 seed')
  await expect(about).not.toContainText('has changed')
  const digest = await page.getByTestId('runs').locator('.digest').first().textContent()
  // Drawn while the runs went on, and from the recordings alone after a reload: the same lines.
  const curves = (): Promise<readonly (string | null)[]> => page.locator('[data-chart="zone-free.0.Normal"] path.recharts-curve').evaluateAll((all) => all.map((one) => one.getAttribute('d')))
  const drawn = await curves()
  expect(drawn.length).toBeGreaterThan(3)
  await expect(page.locator('.plot-head')).toHaveCount(0)
  await page.getByRole('spinbutton', { name: 'Seeds' }).fill('2')
  await expect(about).toContainText('The setup has changed since')
  await page.getByRole('spinbutton', { name: 'Seeds' }).fill('1')
  await expect(about).not.toContainText('has changed')
  await page.reload()
  await lab.idle()
  await expect(about).toContainText('Raise min_free_kbytes')
  await expect(page.getByTestId('runs').locator('.digest').first()).toHaveText(digest ?? '')
  expect(await curves()).toEqual(drawn)
})

test('with all panes open and two policies the metrics table shows every column', async ({ lab, page }) => {
  await lab.quick(['watermark-early', 'file-first'])
  await page.locator('.seeds').fill('2')
  await lab.run()
  const hidden = await page.locator('.metrics-scroll').evaluate((box) => box.scrollWidth - box.clientWidth)
  expect(hidden).toBe(0)
})

test('a long comparison is cancelled; what is in stays and is marked', async ({ lab, page }) => {
  await page.getByTestId('preset').selectOption('preset:seed-000')
  await page.getByRole('spinbutton', { name: 'Seeds' }).fill('40')
  await page.getByTestId('run').click()
  const growing = page.locator('[data-chart="zone-free.0.Normal"]')
  await expect(page.getByTestId('running').first()).toContainText(/running, \d.* so far/)
  await expect(growing.locator('.plot-head').first()).toBeAttached()
  await expect(growing.locator('path.recharts-curve').first()).toBeAttached()
  await expect(page.getByTestId('run-state')).toContainText('to go')
  await expect(page.getByTestId('metrics')).toBeVisible()
  await lab.shot('real-running-light-en')
  await page.getByTestId('cancel').click()
  await expect(page.getByTestId('run-state')).toContainText('Cancelled')
  await expect(page.locator('.partial')).toBeVisible()
  await expect(page.getByTestId('runs')).toContainText('cancelled')
  await lab.idle()
})

for (const [scheme, tag, language] of [['dark', 'en-US', 'en'], ['light', 'zh-CN', 'zh'], ['dark', 'zh-CN', 'zh']] as const) {
  test.describe(`${scheme} ${language}`, () => {
    test.use({ colorScheme: scheme, locale: tag })
    test('looks right after a run', async ({ lab, page }) => {
      await lab.quick(['watermark-early', 'file-first'])
      await lab.run()
      await lab.fits()
      await lab.shot(`real-results-${scheme}-${language}`)
      await page.setViewportSize({ width: 1024, height: 700 })
      await lab.idle()
      await lab.fits()
      await lab.shot(`real-small-${scheme}-${language}`)
    })
  })
}
