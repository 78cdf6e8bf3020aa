/** The lab with its real parts, as every host and the CLI use it. */
import { createStore } from '../store/store'
import { assembleLab } from './assemble-lab'
import { createDefaultParts } from './default-parts'
import type { CreateLab } from './lab-types'

export const createLab: CreateLab = async (options) => assembleLab(options, await createDefaultParts(options.forkRunner), await createStore(options.workspace))
