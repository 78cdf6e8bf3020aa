/** Seed 001: "with swap on, anon and file pages are scanned about 3:7". */
import { ANON_FILE, FILES } from './anon-file'
import { definePreset } from './define'
import { MEASURED_SYSCTLS, measuredGuest } from './machines'

export const ANON_FILE_WITH_SWAP = definePreset({
  id: 'anon-file-with-swap',
  title: { en: 'Anonymous and file pages, swap on', zh: '匿名页与文件页，开 swap' },
  about: {
    en: '"With swap on, anon and file pages are reclaimed about 3:7." In 5.15 and 6.1 swappiness 60 weighs 60:140 only in one branch (SCAN_FRACT) and only at equal cost; list sizes multiply it, and refaults shift it. With enough inactive file pages nobody asks back, anon is not scanned at all. Watch pgscan_anon against pgscan_file.',
    zh: '“开了 swap，匿名页和文件页大概 3:7。”在 5.15 和 6.1 里，swappiness 60 只在一个分支（SCAN_FRACT）、且代价相等时才是 60:140；还要乘上链表长度，并随 refault 移动。如果没人再要的 inactive 文件页够多，匿名页根本不扫描。请对比 pgscan_anon 和 pgscan_file。',
  },
  machine: measuredGuest(131_071),
  sysctls: MEASURED_SYSCTLS,
  files: FILES,
  processes: ANON_FILE,
  durationMs: 40_000,
  policies: ['file-first'],
  seeds: 2,
})
