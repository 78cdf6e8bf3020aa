import { vi } from 'vitest'
import { bridgeLab, openWindow, serveFiles } from '../../main/hosts/electron'
import type { LabApi } from '../../preload/contract'
import { REQUEST_CHANNEL } from '../../preload/channels'
import type { Answer } from '../../preload/requests'
import { contractSuite } from './contract-suite'
import { freshElectron } from './electron-module'
import { FILES } from './loopback-client'

contractSuite('Electron, through the stand-in', async (lab) => {
  const electron = freshElectron()
  serveFiles(FILES)
  const stop = bridgeLab(lab)
  await openWindow('/preload.cjs')
  vi.resetModules()
  // A new module instance must find the same stand-in: the preload registers itself when it is imported.
  vi.doMock('electron', () => electron.preload)
  await import('../../preload/index')
  return {
    api: electron.log.exposed.get('lab') as LabApi,
    async rawFault(name, args) {
      const answer = (await electron.invokeFrom({ url: 'app://lab/index.html', parent: null }, REQUEST_CHANNEL, name, args)) as Answer
      return answer.ok ? '' : answer.fault.message
    },
    close: () => Promise.resolve(stop()),
  }
})
