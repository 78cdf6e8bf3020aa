/** Electron's entry: the lifecycle and nothing else. */
import { app, utilityProcess } from 'electron'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { bridgeLab, denyTheRest, openWindow, registerScheme, serveFiles } from './hosts/electron'
import { utilityRunners } from './hosts/electron-runner'
import { loadStaticFiles } from './hosts/static-files'
import { describeHolder, lockWorkspace } from './hosts/workspace-lock'
import { createLab } from './lab/lab'
import type { Lab } from './lab/lab-types'
import { projectRoot } from './root'
import { openWorkspace } from './store/workspace'

/** The launcher's: the workspace is taken, so another host would not do either. */
const EXIT_LOCKED = 75

app.enableSandbox()
registerScheme()
app.whenReady().then(start).catch((error: unknown) => {
  process.stderr.write(`The lab could not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  app.exit(1)
})

async function start(): Promise<void> {
  const workspace = await openWorkspace(workspaceFlag())
  const attempt = lockWorkspace(workspace.path, 'electron')
  if (!attempt.ok) {
    process.stderr.write(`${describeHolder(workspace.path, attempt.holder)}\n`)
    return app.exit(EXIT_LOCKED)
  }
  process.on('exit', () => {
    attempt.lock.release()
    if (!workspace.kept) rmSync(workspace.path, { recursive: true, force: true })
  })
  denyTheRest()
  serveFiles(loadStaticFiles(join(projectRoot, 'out', 'renderer')))
  const lab = await createLab({ workspace: workspace.path, kept: workspace.kept, ...(workspace.why === undefined ? {} : { why: workspace.why }), host: 'electron', forkRunner: utilityRunners(utilityProcess) })
  bridgeLab(lab)
  endWell(lab)
  await openWindow(join(projectRoot, 'out', 'preload', 'index.cjs'))
  // The launcher waits for this line; without it in time it opens the browser host instead.
  process.stdout.write('reclaim-lab: ready\n')
}

/** Closing the window ends the lab once no run is going; signals end it at once. Either way runs and files are closed first. */
function endWell(lab: Lab): void {
  let disposed = false
  const quitWhenIdle = (): void => { if (lab.activeRuns() === 0) app.quit() }
  app.on('window-all-closed', () => {
    lab.on('experiment', quitWhenIdle)
    quitWhenIdle()
  })
  app.on('before-quit', (event) => {
    if (disposed) return
    event.preventDefault()
    disposed = true
    void Promise.race([lab.dispose(), new Promise((resolve) => setTimeout(resolve, 10_000))]).finally(() => app.quit())
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => app.quit())
}

function workspaceFlag(): string | undefined {
  return parseArgs({ args: process.argv.slice(1), strict: false, options: { workspace: { type: 'string' } } }).values.workspace as string | undefined
}
