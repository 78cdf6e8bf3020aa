/** The presets, in the order the lab shows them. One a file; the first is what the lab opens with. */
import type { PresetInfo } from '../../../preload/contract'
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
import { WATERMARK_SCALE_FACTOR } from './watermark-scale-factor'

const WRITTEN: readonly PresetInfo[] = [
  SEED_000, RAISE_MIN_FREE, NO_ZONE_DMA, SEED_003_BUDDYINFO, SEED_003_180GIB, ANON_FILE_WITH_SWAP, ANON_FILE_NO_SWAP, DIRTY_THEN_RECLAIM, KSWAPD_VS_DIRECT, WATERMARK_SCALE_FACTOR, NETWORK_BURSTS, FRAGMENTED_HUGETLB, FRAGMENTED_THP, NUMA_SPILL, NOISY_NEIGHBOUR, THRASH,
  UPDATEDB_INODES, SLAB_PINNED, SWAP_KINDS,
  ANON_FILE_THREE_TO_SEVEN, HOT_PAGES_REREAD, CLEAN_DIRTY_SWAP, THIRTY_TWO_PAGES, WHO_WRITES_BACK, MARKS_AND_DIRTY, LRU_BATCHES, SWAP_ENTRY, ANON_AND_TMPFS,
  IO_STORM, SWAPPINESS_ZRAM, SWAPPINESS_SSD, SWAPPINESS_NO_SWAP, KSWAPD_BUSY_NO_SWAP, MGLRU_STREAM, MGLRU_FILE, MGLRU_ANON, MGLRU_MAPPED, MGLRU_PARTS,
  HUNG_TASK, HUNG_TASK_NONE, MANY_RECLAIMERS, MIN_FREE_TOO_LOW, MIN_FREE_TOO_HIGH, LOW_MEMORY_REMEDIES, BENCHMARK,
]

/** Complete, as the engine takes them; a test proves that each passes the schema. */
export const PRESETS: readonly PresetInfo[] = WRITTEN.map(preset => ({ ...preset, scenario: completeScenario(preset.scenario) }))
