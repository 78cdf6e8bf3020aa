/** The loopback host in a real Chromium: the session, a reload, the content policy, and that nothing leaves the machine. */
import { expect, test } from '@playwright/test'
import type { Page } from '@playwright/test'
import { startLab } from './start-lab'
import type { StartedLab } from './start-lab'

let lab: StartedLab

test.beforeEach(async () => { lab = await startLab() })
test.afterEach(() => lab.stop())

const hostOf = (page: Page): Promise<string> => page.evaluate(async () => (await window.lab.describe()).host)

test('the address opens the lab, loses its code at once, and a reload goes on', async ({ page }) => {
  await page.goto(lab.address)
  expect(await hostOf(page)).toBe('browser')
  expect(page.url()).toBe(`${lab.origin}/`)
  await page.reload()
  expect(await hostOf(page)).toBe('browser')
  expect(await page.context().cookies()).toEqual([])
})

test('a used address opens nothing and says so; the lab prints a new one that works', async ({ page, browser }) => {
  await page.goto(lab.address)
  await hostOf(page)
  const other = await (await browser.newContext()).newPage()
  const next = lab.nextAddress()
  await other.goto(lab.address)
  await expect(other.locator('#lab-no-session')).toContainText('already used')
  await expect(other.evaluate(() => window.lab.files())).rejects.toThrow(/already used/)
  const third = await (await browser.newContext()).newPage()
  await third.goto(await next)
  expect(await hostOf(third)).toBe('browser')
})

test('the page runs under its policy: no violation, no error, no request to anywhere else', async ({ page }) => {
  const problems: string[] = []
  const foreign: string[] = []
  page.on('console', (message) => { if (message.type() === 'error') problems.push(message.text()) })
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('request', (request) => { if (!request.url().startsWith(`${lab.origin}/`) && !/^(data|blob):/.test(request.url())) foreign.push(request.url()) })
  await page.addInitScript(() => { addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`)) })
  await page.goto(lab.address)
  await expect(page.locator('#root > *').first()).toBeVisible()
  await hostOf(page)
  await page.waitForLoadState('networkidle')
  expect(foreign).toEqual([])
  expect(problems).toEqual([])
})

test('what the policy forbids fails in this page', async ({ page }) => {
  await page.goto(lab.address)
  const tried = await page.evaluate(async () => {
    const blocked: string[] = []
    addEventListener('securitypolicyviolation', (event) => blocked.push(event.effectiveDirective))
    // Playwright's own evaluation may use eval until it first waits.
    await new Promise((resolve) => requestAnimationFrame(resolve))
    const attempt = async (run: () => unknown): Promise<string> => { try { await run(); return 'worked' } catch { return 'failed' } }
    const results = [await attempt(() => new Function('return 1')()), await attempt(() => fetch('http://127.0.0.1:9/')), await attempt(() => new Worker(URL.createObjectURL(new Blob(['1']))))]
    const script = document.createElement('script')
    script.textContent = 'window.inlineRan = true'
    document.body.append(script)
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
    return { results: results.slice(0, 2), inlineRan: Reflect.get(window, 'inlineRan') === true, blocked: [...new Set(blocked)].sort() }
  })
  expect(tried.results).toEqual(['failed', 'failed'])
  expect(tried.inlineRan).toBe(false)
  expect(tried.blocked).toEqual(expect.arrayContaining(['connect-src', 'script-src', 'script-src-elem', 'worker-src']))
})

test('a page of another origin gets nothing out of the lab', async ({ page, browser }) => {
  await page.goto(lab.address)
  await hostOf(page)
  const foreign = await (await browser.newContext()).newPage()
  await foreign.route('http://evil.example/', (route) => route.fulfill({ contentType: 'text/html', body: '<p>evil</p>' }))
  await foreign.goto('http://evil.example/')
  const tried = await foreign.evaluate(async (origin) => {
    const outcome = (work: Promise<unknown>): Promise<string> => work.then(() => 'worked', () => 'failed')
    const socket = new Promise((resolve, reject) => {
      const opened = new WebSocket(`${origin.replace('http', 'ws')}/lab`, ['reclaim-lab.1'])
      opened.onopen = resolve
      opened.onerror = reject
    })
    const script = new Promise((resolve, reject) => {
      const tag = Object.assign(document.createElement('script'), { src: `${origin}/bridge.js`, onload: resolve, onerror: reject })
      document.body.append(tag)
    })
    return Promise.all([outcome(fetch(`${origin}/`)), outcome(fetch(`${origin}/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })), outcome(socket), outcome(script)])
  }, lab.origin)
  expect(tried).toEqual(['failed', 'failed', 'failed', 'failed'])
})
