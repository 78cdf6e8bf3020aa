/** The presets, in the order the lab shows them. One a file; the first is what the lab opens with. */
import type { PresetInfo } from '../../../preload/contract'
import type { Text } from '../../engine'
import { completeScenario } from '../scenario/complete'
import { BENCHMARK } from './4gib-60s'
import { ANON_AND_TMPFS } from './anon-and-tmpfs'
import { ANON_FILE_NO_SWAP } from './anon-file-no-swap'
import { ANON_FILE_WITH_SWAP } from './anon-file-with-swap'
import { ANON_FILE_THREE_TO_SEVEN } from './anon-file-three-to-seven'
import { HOT_PAGES_REREAD } from './hot-pages-reread'
import { CLEAN_DIRTY_SWAP } from './clean-dirty-swap'
import { THIRTY_TWO_PAGES } from './thirty-two-pages'
import { WHO_WRITES_BACK } from './who-writes-back'
import { MARKS_AND_DIRTY } from './marks-and-dirty'
import { LRU_BATCHES } from './lru-batches'
import { SWAP_ENTRY } from './swap-entry'
import { SWAP_KINDS } from './swap-kinds'
import { FRAGMENTED_HUGETLB } from './fragmented-hugetlb'
import { FRAGMENTED_THP } from './fragmented-thp'
import { DIRTY_THEN_RECLAIM } from './dirty-then-reclaim'
import { IO_STORM } from './io-storm'
import { HYSTERESIS_OF_2_3 } from './hysteresis-of-2-3'
import { KERNELS_ANON } from './kernels-anon'
import { KERNELS_EXTRA_FREE } from './kernels-extra-free'
import { KERNELS_DIRTY } from './kernels-dirty'
import { KERNELS_ISOLATED } from './kernels-isolated'
import { KERNELS_LRU } from './kernels-lru'
import { KERNELS_ZONES } from './kernels-zones'
import { KERNELS_NEAR } from './kernels-near'
import { KERNELS_ATOMIC } from './kernels-atomic'
import { KERNELS_BLOCKS } from './kernels-blocks'
import { KERNELS_OOM } from './kernels-oom'
import { KSWAPD_BUSY_NO_SWAP } from './kswapd-busy-no-swap'
import { KSWAPD_VS_DIRECT } from './kswapd-vs-direct'
import { MGLRU_ANON } from './mglru-anon'
import { MGLRU_FILE } from './mglru-file'
import { MGLRU_MAPPED } from './mglru-mapped'
import { MGLRU_PARTS } from './mglru-parts'
import { MGLRU_STREAM } from './mglru-stream'
import { HUNG_TASK } from './hung-task'
import { HUNG_TASK_NONE } from './hung-task-none'
import { LOW_MEMORY_REMEDIES } from './low-memory-remedies'
import { MANY_RECLAIMERS } from './many-reclaimers'
import { MIN_FREE_TOO_HIGH } from './min-free-too-high'
import { MIN_FREE_TOO_LOW } from './min-free-too-low'
import { NETWORK_BURSTS } from './network-bursts'
import { NOISY_NEIGHBOUR } from './noisy-neighbour'
import { NUMA_SPILL } from './numa-spill'
import { SEED_000 } from './seed-000'
import { NO_ZONE_DMA } from './seed-000-no-zone-dma'
import { RAISE_MIN_FREE } from './seed-000-raise-min-free'
import { SEED_003_180GIB } from './seed-003-180gib'
import { SEED_003_BUDDYINFO } from './seed-003-buddyinfo'
import { SLAB_PINNED } from './slab-pinned'
import { SWAPPINESS_NO_SWAP } from './swappiness-no-swap'
import { SWAPPINESS_SSD } from './swappiness-ssd'
import { SWAPPINESS_ZRAM } from './swappiness-zram'
import { THRASH } from './thrash'
import { UPDATEDB_INODES } from './updatedb-inodes'
import { ALLOCATION_WAVES } from './allocation-waves'
import { DESKTOP_CODE } from './desktop-code'
import { FILE_SEARCH } from './file-search'
import { JUST_FITS } from './just-fits'
import { MOVING_WORK } from './moving-work'
import { OOM_OLD_LEAK } from './oom-old-leak'
import { OOM_SERVICE_AND_JOB } from './oom-service-and-job'
import { SKEWED_GETS } from './skewed-gets'
import { SKEWED_KEYS } from './skewed-keys'
import { SLOW_SWAP_QUICK_FILES } from './slow-swap-quick-files'
import { WATERMARK_SCALE_FACTOR } from './watermark-scale-factor'

/** What presets are about, one heading each in the window's list and the terminal's. */
const GROUPS: readonly { readonly group: Text; readonly presets: readonly Omit<PresetInfo, 'group'>[] }[] = [
  { group: { en: 'To begin with', zh: '从这里开始' }, presets: [SEED_000, KSWAPD_VS_DIRECT, ANON_FILE_WITH_SWAP, ANON_FILE_NO_SWAP, THRASH] },
  { group: { en: 'Watermarks', zh: '水位' }, presets: [RAISE_MIN_FREE, NO_ZONE_DMA, SEED_003_BUDDYINFO, SEED_003_180GIB, WATERMARK_SCALE_FACTOR, MIN_FREE_TOO_LOW, MIN_FREE_TOO_HIGH, LOW_MEMORY_REMEDIES, NETWORK_BURSTS] },
  { group: { en: 'Which pages go', zh: '回收哪些页' }, presets: [ANON_FILE_THREE_TO_SEVEN, HOT_PAGES_REREAD, CLEAN_DIRTY_SWAP, THIRTY_TWO_PAGES, LRU_BATCHES] },
  { group: { en: 'Multi-generational LRU', zh: '多代 LRU' }, presets: [MGLRU_STREAM, MGLRU_FILE, MGLRU_ANON, MGLRU_MAPPED, MGLRU_PARTS] },
  { group: { en: 'Swap and swappiness', zh: 'swap 与 swappiness' }, presets: [SWAP_KINDS, SWAP_ENTRY, ANON_AND_TMPFS, SWAPPINESS_ZRAM, SWAPPINESS_SSD, SWAPPINESS_NO_SWAP, KSWAPD_BUSY_NO_SWAP] },
  { group: { en: 'Dirty pages', zh: '脏页' }, presets: [DIRTY_THEN_RECLAIM, WHO_WRITES_BACK, MARKS_AND_DIRTY, IO_STORM] },
  { group: { en: 'Slab, huge pages, nodes, cgroups', zh: 'slab、大页、节点、cgroup' }, presets: [UPDATEDB_INODES, SLAB_PINNED, FRAGMENTED_HUGETLB, FRAGMENTED_THP, NUMA_SPILL, NOISY_NEIGHBOUR] },
  { group: { en: 'Stalls and out of memory', zh: '卡顿与内存耗尽' }, presets: [HUNG_TASK, HUNG_TASK_NONE, MANY_RECLAIMERS, OOM_SERVICE_AND_JOB, OOM_OLD_LEAK] },
  { group: { en: 'Work for policies', zh: '考验策略的负载' }, presets: [FILE_SEARCH, SKEWED_KEYS, SKEWED_GETS, MOVING_WORK, ALLOCATION_WAVES, JUST_FITS, DESKTOP_CODE, SLOW_SWAP_QUICK_FILES, BENCHMARK] },
  { group: { en: 'Kernels compared', zh: '内核之间的比较' }, presets: [KERNELS_ANON, KERNELS_DIRTY, KERNELS_ISOLATED, KERNELS_ZONES, KERNELS_NEAR, KERNELS_BLOCKS, KERNELS_ATOMIC, KERNELS_OOM, KERNELS_LRU, KERNELS_EXTRA_FREE, HYSTERESIS_OF_2_3] },
]

/** Complete, as the engine takes them; a test proves that each passes the schema. */
export const PRESETS: readonly PresetInfo[] = GROUPS.flatMap(({ group, presets }) => presets.map((preset) => ({ ...preset, group, scenario: completeScenario(preset.scenario) })))
