/** Seed 002, question 6: what a swap entry is, and where the page lies. */
import { definePreset } from './define'
import { MEASURED_SYSCTLS, measuredGuest } from './machines'
import { hog, snap } from './phases'

const PAGES = 140_000

export const SWAP_ENTRY = definePreset({
  id: 'swap-entry',
  title: { en: 'What a swap entry is', zh: 'swap entry 是什么' },
  about: {
    en: '"A swapped page lies in contiguous sectors; its PTE\'s high 24 bits are the offset." A slot is one page of a swap area. Reclaim takes a slot, puts the page into the swap cache under it, and turns every PTE into a swap entry: area and offset, not present (on x86-64 5 bits of type and an inverted offset; 24 bits is the old 32-bit layout). The page is written, rotated and freed; a shadow stays in the slot. Neighbours swapped out one after the other get neighbouring slots and go to disk as one request, until a cluster of 512 slots ends; the next cluster lies elsewhere. A fault finds the page in the swap cache (cheap) or reads it, with its neighbours. Try: lab follow swap-entry --page hog:heap:1000',
    zh: '“换出的页在连续扇区里，PTE 高 24 位是偏移。”槽是 swap 区里一页大小的位置。回收先取一个槽，以它把页放进 swap cache，再把每个 PTE 换成 swap entry：区号和偏移，present 为 0（x86-64 是 5 位类型加取反的偏移；24 位是旧的 32 位布局）。页写出、旋转、释放，槽里留下 shadow。相继换出的相邻页得到相邻的槽，合成一个请求写盘，直到 512 个槽的簇用完；下一个簇在别处。缺页时页若还在 swap cache 里很便宜，否则连同邻居一起读。可试：lab follow swap-entry --page hog:heap:1000',
  },
  machine: measuredGuest(131_071),
  sysctls: MEASURED_SYSCTLS,
  processes: [{ name: 'hog', phases: [
    ...hog('heap', PAGES), snap('written'), { op: 'touch', r: 'heap', rw: 'r', pat: 'seq', start: 0, len: 20_000, count: 20_000, rate: 0 }, snap('read again'),
  ] }],
  durationMs: 40_000,
})
