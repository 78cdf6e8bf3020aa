/** swappiness without swap: four values, one result. */
import { definePreset } from './define'
import { SWAPPINESS, swappinessMachine } from './swappiness'

export const SWAPPINESS_NO_SWAP = definePreset({
  ...SWAPPINESS, id: 'swappiness-no-swap',
  title: { en: 'swappiness without swap', zh: '不开 swap 时的 swappiness' },
  about: {
    en: 'The work of `swappiness-zram` on the same machine without swap, at vm.swappiness 60, 0, 100 and 200. Nothing changes, not one page: without a free swap slot get_scan_count answers SCAN_FILE before it looks at swappiness, so no anonymous page is scanned and every page reclaimed is a file page. Setting swappiness to 0 "to be safe" does nothing where there is no swap; setting it to 200 doesn\'t make anonymous pages reclaimable.',
    zh: '与 `swappiness-zram` 相同的工作和机器，但没有 swap，vm.swappiness 为 60、0、100、200。什么也没变，一页都不差：没有空闲的 swap 槽，get_scan_count 在看 swappiness 之前就回答 SCAN_FILE，所以不扫描任何匿名页，回收的全是文件页。没有 swap 时，为了“保险”把 swappiness 设为 0 没有任何作用；设成 200 也不会让匿名页变得可回收。',
  },
  machine: swappinessMachine([]),
})
