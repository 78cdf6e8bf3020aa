/** Where a tree's names and inodes lie. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FileTree, NAMES_PER_BLOCK } from '../../../main/engine/mm/file-tree'

test('a small tree, by hand', () => {
  // Seven files, three a directory: entries 10..16 files, 17..19 directories, 20 the tree's own.
  const tree = new FileTree({ path: '/t', files: 7, filesPerDirectory: 3 }, 10, 100, 50)
  expect([tree.directories, tree.root, tree.end, tree.inodes, tree.blocks]).toEqual([3, 20, 21, 13, 4])
  expect([10, 12, 13, 16, 17, 19, 20].map((entry) => tree.parentOf(entry))).toEqual([17, 17, 18, 19, 20, 20, -1])
  // Inodes: 100 the tree, then each directory before its files.
  expect([20, 17, 10, 12, 18, 13, 19, 16].map((entry) => tree.inodeOf(entry))).toEqual([100, 101, 102, 104, 105, 106, 109, 110])
  // Names: block 50 lists the directories, 51 to 53 are theirs.
  expect([20, 17, 19, 10, 12, 13, 16].map((entry) => tree.nameBlockOf(entry))).toEqual([-1, 50, 50, 51, 51, 52, 53])
})

test('every inode has its own number, every name a block of its parent', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 400 }), fc.nat(1000), fc.nat(1000), (files, filesPerDirectory, base, first) => {
    const tree = new FileTree({ path: '/t', files, filesPerDirectory }, base, first, first)
    const inodes = new Set<number>()
    const parents = new Map<number, number>()
    for (let entry = base; entry < tree.end; entry++) {
      const inode = tree.inodeOf(entry)
      if (!(inode >= first && inode < first + tree.inodes && !inodes.has(inode))) throw new Error(`inode ${inode}`)
      inodes.add(inode)
      const block = tree.nameBlockOf(entry)
      if (entry === tree.root) continue
      if (!(block >= first && block < first + tree.blocks)) throw new Error(`block ${block}`)
      const parent = tree.parentOf(entry)
      if ((parents.get(block) ?? parent) !== parent) throw new Error(`block ${block} lists two directories`)
      parents.set(block, parent)
    }
    expect(parents.size).toBeGreaterThanOrEqual(Math.ceil(files / NAMES_PER_BLOCK))
  }))
})
