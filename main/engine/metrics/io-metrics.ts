/** Metrics of faults, swap, disks, free memory and the OOM killer. */
import type { RunSummary } from '../sim/recording'
import { counterMetric, percent, type Metric } from './metric'

const PAGES_PER_MIB = 256

type IoField = 'readIos' | 'readPages' | 'writeIos' | 'writePages'

function io(field: IoField) {
  return (summary: RunSummary): number | undefined => {
    const devices = Object.values(summary.io)
    return devices.length === 0 ? undefined : devices.reduce((sum, device) => sum + device[field], 0)
  }
}

export const IO_METRICS: readonly Metric[] = [
  counterMetric('pgfault', {
    label: { en: 'Page faults', zh: '缺页' }, unit: 'count', better: 'neutral', group: 'fault', floor: 256,
    about: { en: 'All page faults, minor and major.', zh: '全部缺页，含次要与主要缺页。' },
  }),
  counterMetric('pgmajfault', {
    label: { en: 'Major faults', zh: '主要缺页' }, unit: 'count', better: 'lower', group: 'fault', floor: 32,
    about: { en: 'Faults that had to read from a disk or from swap.', zh: '必须从磁盘或交换区读取的缺页。' },
  }),
  counterMetric('pswpin', {
    label: { en: 'Swapped in', zh: '换入' }, better: 'lower', group: 'swap', floor: 64,
    about: { en: 'Pages read from swap.', zh: '从交换区读入的页数。' },
  }),
  counterMetric('pswpout', {
    label: { en: 'Swapped out', zh: '换出' }, better: 'lower', group: 'swap', floor: 64,
    about: { en: 'Pages written to swap.', zh: '写到交换区的页数。' },
  }),
  {
    id: 'zram_pool_share', label: { en: 'zram: pool for what it stores', zh: 'zram：池与内容之比' }, unit: '%', better: 'lower', group: 'swap', floor: 2,
    about: { en: 'Pages of zram\'s pool per 100 pages stored in it, at the end of the run.', zh: '运行结束时 zram 每存放 100 页，其池占用的页数。' },
    of: (summary) => percent(zramSum(summary, (zram) => zram.pool), zramSum(summary, (zram) => zram.stored)),
  },
  {
    id: 'zram_pool_max', label: { en: 'zram: pool, most', zh: 'zram：池，最多' }, unit: 'pages', better: 'lower', group: 'swap', floor: 256,
    about: { en: 'The most memory that zram took for what it stores.', zh: 'zram 为存放内容占用内存最多的一次。' },
    of: (summary) => zramSum(summary, (zram) => zram.poolMax),
  },
  {
    id: 'zram_failed', label: { en: 'zram: failed writes', zh: 'zram：失败的写入' }, unit: 'count', better: 'lower', group: 'swap', floor: 16,
    about: { en: 'Pages that zram could not store: no memory, or its limit was reached.', zh: 'zram 没能存下的页：没有内存，或达到上限。' },
    of: (summary) => zramSum(summary, (zram) => zram.failedWrites),
  },
  counterMetric('nr_vmscan_write', {
    label: { en: 'Written by reclaim', zh: '回收时写出' }, better: 'lower', group: 'disk', floor: 64,
    about: { en: 'Pages that reclaim itself had to write before it could free them.', zh: '回收自身为释放页面而写出的页数。' },
  }),
  {
    id: 'disk_read', label: { en: 'Read from disks', zh: '磁盘读取' }, unit: 'MiB', better: 'lower', group: 'disk', floor: 1,
    about: { en: 'Read from all disks, swap on a disk included.', zh: '从所有磁盘读取，含磁盘上的交换区。' },
    of: (summary) => mib(io('readPages')(summary)),
  },
  {
    id: 'disk_write', label: { en: 'Written to disks', zh: '磁盘写入' }, unit: 'MiB', better: 'lower', group: 'disk', floor: 1,
    about: { en: 'Written to all disks, swap on a disk included.', zh: '写到所有磁盘，含磁盘上的交换区。' },
    of: (summary) => mib(io('writePages')(summary)),
  },
  {
    id: 'disk_read_ios', label: { en: 'Disk read requests', zh: '磁盘读请求' }, unit: 'count', better: 'lower', group: 'disk', floor: 32,
    about: { en: 'Read requests after merging, all disks.', zh: '合并后的读请求数，所有磁盘。' },
    of: io('readIos'),
  },
  {
    id: 'disk_write_ios', label: { en: 'Disk write requests', zh: '磁盘写请求' }, unit: 'count', better: 'lower', group: 'disk', floor: 32,
    about: { en: 'Write requests after merging, all disks.', zh: '合并后的写请求数，所有磁盘。' },
    of: io('writeIos'),
  },
  counterMetric('oom_kill', {
    label: { en: 'OOM kills', zh: 'OOM 杀死' }, unit: 'count', better: 'lower', group: 'oom', floor: 0,
    about: { en: 'Tasks that the OOM killer ended.', zh: '被 OOM killer 结束的任务数。' },
  }),
  {
    id: 'free_min', label: { en: 'Free pages, lowest', zh: '空闲页，最低' }, unit: 'pages', better: 'neutral', group: 'free', floor: 256,
    about: { en: 'The fewest free pages the machine had at any sample.', zh: '各采样点中空闲页最少的一次。' },
    of: (summary) => summary.gauge['nr_free_pages']?.min,
  },
  {
    id: 'free_end', label: { en: 'Free pages, at the end', zh: '空闲页，结束时' }, unit: 'pages', better: 'neutral', group: 'free', floor: 256,
    about: { en: 'Free pages when the run ended.', zh: '运行结束时的空闲页数。' },
    of: (summary) => summary.gauge['nr_free_pages']?.end,
  },
]

type ZramStats = NonNullable<NonNullable<RunSummary['swap']>[number]['zram']>

/** Over all zram areas; undefined where there is none. */
function zramSum(summary: RunSummary, field: (zram: ZramStats) => number): number | undefined {
  const devices = (summary.swap ?? []).map((area) => area.zram).filter((zram) => zram !== undefined)
  return devices.length === 0 ? undefined : devices.reduce((sum, zram) => sum + field(zram), 0)
}

function mib(pages: number | undefined): number | undefined {
  return pages === undefined ? undefined : pages / PAGES_PER_MIB
}
