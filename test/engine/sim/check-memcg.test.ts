/** The invariants of memory cgroups: each kind of damage is found and named. */
import { expect, test } from 'vitest'
import type { Mm } from '../../../main/engine/mm/mm'
import { PG_LRU } from '../../../main/engine/mm/page'
import { checkMm } from '../../../main/engine/sim/check-mm'
import { group, grouped } from '../support/groups'
import { boot } from '../support/run'
import { MIB, fread, fwrite, map, open, sleep, touch } from '../support/tiny'

/** A group above its limit in the middle of its life: cached, dirty, anonymous and swapped pages. */
function lively(): Mm {
  const sim = boot(grouped({
    machine: { pages: 8 * MIB, swapPages: 3000 }, files: 600, memcgs: [{ path: 'a', low: 100 }, { path: 'a/x', max: 900, low: 200 }, { path: 'b' }],
    processes: [{ name: 'p', memcg: 'a/x', phases: [map('m', 1200), touch('m', 'w', 1200), open('f', 600), fread(300), fwrite(40), sleep(10_000)] }],
  }))
  while (sim.progress().now < 900e6) sim.step(100)
  checkMm(sim.mm)
  return sim.mm
}

function owned(mm: Mm): number {
  return mm.frames.flags.findIndex((flags, pfn) => (flags & PG_LRU) !== 0 && mm.memcgOf?.[pfn] === group(mm, 'a/x').id)
}

const DAMAGE: readonly (readonly [string, (mm: Mm) => void, RegExp])[] = [
  ['usage of a group', (mm) => { group(mm, 'a/x').memory.usage++ }, /group a\/x: pages charged/],
  ['usage of the one above', (mm) => { group(mm, 'a').memory.usage-- }, /group a: pages charged/],
  ['usage of the root', (mm) => { mm.memcgs.root.memory.usage-- }, /group \/: pages charged/],
  ['a page that lost its owner', (mm) => { const owners = mm.memcgOf; if (owners) owners[owned(mm)] = 0 }, /pages charged|dirty pages/],
  ['a page of another group on a list', (mm) => { const owners = mm.memcgOf; if (owners) { owners[owned(mm)] = group(mm, 'b').id; group(mm, 'a/x').memory.usage--; group(mm, 'a').memory.usage--; group(mm, 'b').memory.usage++; group(mm, 'b').memory.watermark++ } }, /in use|dirty pages|on a list of group|bytes of kernel objects/],
  ['a free frame that is charged', (mm) => { const owners = mm.memcgOf; if (owners) owners[mm.zones[0].freeLists.head.find((head) => head > 0) as number - 1] = 1 }, /is charged to group 1/],
  ['a stock miscounted', (mm) => { mm.memcgs.stocks[0].cached = group(mm, 'b'); mm.memcgs.stocks[0].pages++ }, /pages charged/],
  ['swap miscounted', (mm) => { group(mm, 'a/x').swap.usage-- }, /swap slots charged/],
  ['a swap slot of nobody', (mm) => { const slot = mm.swap.memcg.findIndex((owner) => owner > 0); mm.swap.memcg[slot] = 0 }, /swap slots charged/],
  ['dirty pages of a group', (mm) => { group(mm, 'a/x').stat.file_dirty++ }, /group a\/x: dirty pages/],
  ['kernel pages of a group', (mm) => { group(mm, 'a/x').kmem++ }, /kernel pages/],
  ['objects of a group', (mm) => { group(mm, 'a/x').kmemObjectBytes += 8 }, /bytes of kernel objects/],
  ['protection in use', (mm) => { group(mm, 'a').memory.childrenLowUsage++ }, /children's memory.low in use/],
  ['sizes up the tree', (mm) => { group(mm, 'a').lruvecs[0].treeSize[2]++ }, /with the groups below/],
]

for (const [what, damage, found] of DAMAGE) {
  test(what, () => {
    const mm = lively()
    damage(mm)
    expect(() => checkMm(mm)).toThrow(found)
  })
}
