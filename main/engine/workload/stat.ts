/** The walks of find and its like: a file of a tree is looked up, perhaps read, perhaps kept open. */
import type { Episode } from '../core/clock'
import { dput } from '../mm/dcache'
import type { FileMapping } from '../mm/file'
import type { FileTree } from '../mm/file-tree'
import type { Mm } from '../mm/mm'
import { pathLookup, readContent } from '../mm/namei'
import type { SuperBlock } from '../mm/super'
import type { Task } from '../mm/task'
import type { Phase } from '../sim/scenario'

export type StatPhase = Extract<Phase, { op: 'stat' }>

export interface TreePlace {
  readonly sb: SuperBlock
  readonly tree: FileTree
}

/** stat(), or open() where the phase reads or keeps the file. false: out of memory. */
export function* statPath(mm: Mm, task: Task, sb: SuperBlock, entry: number, phase: StatPhase): Episode<boolean> {
  sb.walkers++
  const done = yield* statHeld(mm, task, sb, entry, phase)
  sb.walkers--
  return done
}

function* statHeld(mm: Mm, task: Task, sb: SuperBlock, entry: number, phase: StatPhase): Episode<boolean> {
  if (!(yield* pathLookup(mm, sb, entry))) return false
  const read = phase.read !== 1 || (yield* readContent(mm, sb, entry))
  if (read && phase.keepOpen === 1) task.heldPaths.push({ sb, entry })
  else dput(sb, entry)
  return read
}

/** open() of a file that the scenario names: its dentry is held until the task ends. Does nothing where its file system's entries are not modelled. */
export function* pathOpenat(mm: Mm, task: Task, file: FileMapping): Episode<void> {
  const sb = mm.vfs?.superBlocks.find((each) => each.files.includes(file))
  if (sb === undefined) return
  const entry = sb.firstFile + sb.files.indexOf(file)
  sb.walkers++
  if (yield* pathLookup(mm, sb, entry)) task.heldPaths.push({ sb, entry })
  sb.walkers--
}
