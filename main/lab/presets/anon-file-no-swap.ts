/** Seed 001: "without swap only file pages are scanned". */
import { ANON_FILE, FILES } from './anon-file'
import { definePreset } from './define'
import { MEASURED_SYSCTLS, measuredGuest } from './machines'

export const ANON_FILE_NO_SWAP = definePreset({
  id: 'anon-file-no-swap',
  title: { en: 'Anonymous and file pages, no swap', zh: '匿名页与文件页，不开 swap' },
  about: {
    en: '"Without swap only file pages are scanned." True in all three kernels. The anonymous memory stays, however cold it is, so the page cache gets what is left and the reader reads the same pages from disk again and again. Compare with `anon-file-with-swap`: same work, same machine.',
    zh: '“没有 swap，就只扫描文件页。”三个内核都是这样。匿名内存再冷也不动，页缓存只能用剩下的，读者一遍遍从磁盘读同样的页。可与 `anon-file-with-swap` 对比：负载和机器都一样。',
  },
  machine: measuredGuest(0),
  sysctls: MEASURED_SYSCTLS,
  files: FILES,
  processes: ANON_FILE,
  durationMs: 40_000,
  policies: [],
  seeds: 2,
})
