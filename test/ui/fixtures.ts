/** What UI tests share: the address of a served window, and one page object that waits on the window's own idle signal, never on time. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test as base } from '@playwright/test'
import type { Locator, Page } from '@playwright/test'

const root = fileURLToPath(new URL('../../', import.meta.url))

export interface Served { readonly url: string }
export interface RealLab {
  readonly workspace: string
  /** An address with a code that was not used yet. */
  address(): Promise<string>
}

interface Shared { readonly fake: Served }

export const test = base.extend<{ readonly lab: LabWindow; readonly real: RealLab }, Shared>({
  fake: [async ({}, use) => {
    await withServer(['--import', './main/boot/register.mjs', 'test/ui/serve-fake.ts', '0'], async (said) => use({ url: await said(/http:\/\/127\.0\.0\.1:\d+\//) }))
  }, { scope: 'worker', timeout: 60_000 }],
  real: [async ({ page }, use) => {
    const workspace = mkdtempSync(join(tmpdir(), 'reclaim-lab-ui-'))
    try {
      await withServer(['main/boot/start.mjs', '--host=none', `--workspace=${workspace}`], async (said) => {
        await use(realLab(workspace, said))
        // A page that outlives its lab knocks at a closed port, and would be blamed for that.
        await page.close()
      })
    } finally {
      rmSync(workspace, { recursive: true, force: true })
    }
  }, { timeout: 120_000 }],
  lab: async ({ page }, use) => {
    const lab = new LabWindow(page)
    await use(lab)
    expect(lab.complaints, 'errors in the page').toEqual([])
  },
})

export { expect }

/** The window as tests see it. */
export class LabWindow {
  readonly page: Page
  readonly complaints: string[] = []
  constructor(page: Page) {
    this.page = page
    page.on('pageerror', (error) => this.complaints.push(error.stack ?? error.message))
    page.on('console', (message) => { if (message.type() === 'error') this.complaints.push(message.text()) })
  }

  async open(url: string): Promise<void> {
    await this.page.goto(url)
    await this.idle()
  }

  /** Nothing is pending: no request, no run, the editor ready, charts drawn. */
  async idle(): Promise<void> {
    await expect(this.page.locator('html')).toHaveAttribute('data-idle', 'true', { timeout: 150_000 })
  }

  async run(): Promise<void> {
    await this.page.getByTestId('run').click()
    await expect(this.page.locator('html')).toHaveAttribute('data-idle', 'true', { timeout: 200_000 })
  }

  /** A short run and one seed, for tests that are not about what comes out. */
  async quick(policies: readonly string[] = []): Promise<void> {
    await this.page.getByTestId('preset').selectOption('preset:seed-000-raise-min-free')
    await this.page.locator('.seeds').fill('1')
    for (const name of policies) await this.policy(name).getByRole('checkbox').check()
  }

  get editor(): Locator { return this.page.getByTestId('editor') }
  get problems(): Locator { return this.page.getByTestId('problems') }
  get findings(): Locator { return this.page.getByTestId('findings') }

  /** Puts text in place of everything in the active editor, as a person pasting would. */
  async replaceCode(text: string): Promise<void> {
    await this.editor.locator('.view-lines').click()
    await this.page.keyboard.press('Control+A')
    await this.page.evaluate((pasted) => {
      const clipboardData = new DataTransfer()
      clipboardData.setData('text/plain', pasted)
      document.activeElement?.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
    }, text)
    await this.idle()
  }

  async save(): Promise<void> {
    await this.page.keyboard.press('Control+S')
    await this.idle()
  }

  /** Forks a policy under a new name by its row in the setup. */
  async fork(policy: string, name: string): Promise<void> {
    await this.policy(policy).getByRole('button', { name: `More for ${policy}` }).click()
    await this.page.getByRole('menuitem', { name: 'Fork' }).click()
    const dialog = this.page.getByRole('dialog')
    await dialog.getByRole('textbox').fill(name)
    await dialog.getByRole('button', { name: 'Fork', exact: true }).click()
    await expect(this.page.getByRole('tab', { name: `${name}.ts` })).toBeVisible()
    await this.idle()
  }

  policy(name: string): Locator { return this.page.locator(`[data-policy="${name}"]`) }

  async shot(name: string): Promise<void> {
    await this.page.screenshot({ path: join(root, 'test-results/looks', `${name}.png`) })
  }

  /** Nothing sticks out of the window or of the top bar. */
  async fits(): Promise<void> {
    const over = await this.page.evaluate(() => {
      const bar = document.querySelector('.top-bar') as HTMLElement
      return { page: document.documentElement.scrollWidth - window.innerWidth, bar: bar.scrollWidth - bar.clientWidth }
    })
    expect(over).toEqual({ page: 0, bar: 0 })
  }
}

type Said = (pattern: RegExp) => Promise<string>

/** Runs a server while `use` does; `said` waits for the next thing it prints that fits. */
async function withServer(args: readonly string[], use: (said: Said) => Promise<void>): Promise<void> {
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['pipe', 'pipe', 'pipe'] })
  try {
    await use(listenTo(child))
  } finally {
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await ended
  }
}

/** What was matched once is not matched again. */
function listenTo(child: ChildProcess): Said {
  let heard = ''
  let waiting: { pattern: RegExp; resolve(text: string): void; reject(error: Error): void } | undefined
  let ended: Error | undefined
  const look = (): void => {
    const match = waiting?.pattern.exec(heard)
    if (match) {
      heard = heard.slice(match.index + match[0].length)
      waiting?.resolve(match[0])
      waiting = undefined
    } else if (ended) waiting?.reject(ended)
  }
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => { heard += chunk.toString(); look() })
  child.once('exit', (code) => { ended = new Error(`the server ended with ${code}:\n${heard}`); look() })
  return (pattern) => new Promise((resolve, reject) => { waiting = { pattern, resolve, reject }; look() })
}

/** A code opens one page; asking without one makes the lab print the next. */
function realLab(workspace: string, said: Said): RealLab {
  let origin: string | undefined
  return {
    workspace,
    async address() {
      if (origin !== undefined) await fetch(`${origin}/session`, { method: 'POST', headers: { 'content-type': 'application/json', origin }, body: '{"code":""}' })
      const address = await said(/http:\/\/127\.0\.0\.1:\d+\/#code=[\w-]+/)
      origin = new URL(address).origin
      return address
    },
  }
}
