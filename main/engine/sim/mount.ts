/**
 * Mounts the file systems whose trees a scenario names: one on each disk that has any, with its own blocks, and its shrinker registered.
 * Simplification: a disk whose files alone are named has no dentries and inodes in the model; a single file more or less tells nothing of them.
 */
import { FileMapping } from '../mm/file'
import { FileTree, INODES_PER_BLOCK, NAMES_PER_BLOCK } from '../mm/file-tree'
import { inodeAddLru } from '../mm/inode'
import type { Mm } from '../mm/mm'
import { SuperBlock, Vfs } from '../mm/super'
import type { Scenario, TreeSpec } from './scenario'

/** Files of a directory where the scenario doesn't say. */
const USUAL_FILES_PER_DIRECTORY = 32

export function mountFileSystems(mm: Mm, scenario: Scenario): void {
  const trees = scenario.trees ?? []
  if (trees.length === 0) return
  const vfs = new Vfs(mm.cpus, mm.nodes.length)
  mm.vfs = vfs
  for (const disk of new Set(trees.map((tree) => tree.disk))) {
    const sb = mount(mm, vfs, disk, trees.filter((tree) => tree.disk === disk))
    vfs.superBlocks.push(sb)
    mm.shrinkers.push(sb)
  }
}

function mount(mm: Mm, vfs: Vfs, diskName: string, specs: readonly TreeSpec[]): SuperBlock {
  const disk = mm.io.diskIndex(diskName)
  const files = mm.files.filter((file) => file.disk === disk)
  const trees = layTrees(specs)
  const sum = (of: (tree: FileTree) => number): number => trees.reduce((total, tree) => total + of(tree), 0)
  const inodeTableBlocks = Math.ceil((sum((tree) => tree.inodes) + files.length) / INODES_PER_BLOCK)
  const blocks = inodeTableBlocks + sum((tree) => tree.blocks) + Math.ceil((trees.length + files.length) / NAMES_PER_BLOCK)
  const first = files.reduce((end, file) => Math.max(end, file.sector + file.pages), 0)
  const metadata = addMapping(mm, { path: `${diskName}: metadata`, pages: blocks, disk, sector: first, metadata: true })
  const entries = trees.at(-1)?.end ?? 0
  const content = addMapping(mm, { path: `${diskName}: files of trees`, pages: entries, disk, sector: first + blocks, separate: true })
  const sb = new SuperBlock({ vfs, nodes: mm.nodes.length, disk: diskName, trees, files, metadata, inodeTableBlocks, content })
  content.host = sb
  files.forEach((file, i) => (file.host = { cacheEmptied: () => inodeAddLru(sb, sb.firstFile + i, false) }))
  return sb
}

/** One after the other: entries, inode numbers, directory blocks. */
function layTrees(specs: readonly TreeSpec[]): FileTree[] {
  const trees: FileTree[] = []
  let [base, inode, block] = [0, 0, 0]
  for (const { path, files, filesPerDirectory = USUAL_FILES_PER_DIRECTORY } of specs) {
    const tree = new FileTree({ path, files, filesPerDirectory }, base, inode, block)
    trees.push(tree)
    base = tree.end
    inode += tree.inodes
    block += tree.blocks
  }
  return trees
}

function addMapping(mm: Mm, spec: Omit<ConstructorParameters<typeof FileMapping>[0], 'id'>): FileMapping {
  const mapping = new FileMapping({ id: mm.files.length, ...spec })
  mm.files.push(mapping)
  return mapping
}
