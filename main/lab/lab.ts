/** The lab with its real parts, as every host and the CLI use it. */
import { ENGINE_VERSION } from '../engine'
import { createHistory } from '../store/history/history'
import { createStore } from '../store/store'
import { assembleLab } from './assemble-lab'
import { createDefaultParts } from './default-parts'
import type { CreateLab } from './lab-types'

export const createLab: CreateLab = async (options) => {
  const history = createHistory({ workspace: options.workspace, engine: ENGINE_VERSION, host: options.host })
  return assembleLab(options, await createDefaultParts(options.forkRunner), await createStore(options.workspace), history)
}
