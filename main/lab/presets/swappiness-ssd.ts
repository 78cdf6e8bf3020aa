/** What swappiness means where swap and files are on the same SSD: 0, 60, 100, 200. */
import { definePreset } from './define'
import { SWAPPINESS, swappinessMachine } from './swappiness'

export const SWAPPINESS_SSD = definePreset({
  ...SWAPPINESS, id: 'swappiness-ssd',
  title: { en: 'swappiness on an SSD', zh: 'SSD 上的 swappiness' },
  about: {
    en: 'The work of `swappiness-zram`, swap on the SSD that the files are on too: programs touch 100,000 pages, a server reads 60,000 pages of files, both don\'t fit; four machines with vm.swappiness 60, 0, 100, 200. Here a page costs the same to bring back, whichever kind it is; 100 says just that. Still the reading gets faster with each step, from 10 s to 5.3 s, because most of the programs\' pages are cold and all of the files\' are wanted alike: swappiness can\'t know. What changes is who waits: the programs\' touches cost 0.1 µs in the mean at 0, 3 µs at 60 and 10 µs at 200, where one in ten takes 100 µs; on zram 999 of 1000 stay below 4 µs. A low value protects programs, a high one the cache; swappiness divides the waiting, it doesn\'t remove it.',
    zh: '与 `swappiness-zram` 工作相同，swap 放在文件所在的 SSD 上：程序访问 100,000 页，服务读 60,000 页文件，放不下；四台机器，vm.swappiness 为 60、0、100、200。这里两类页取回的代价相同，100 说的正是这个。但每提高一步，读取还是更快，从 10 秒到 5.3 秒，因为程序的页多数是冷的，而文件的页同样常用：swappiness 并不知道这一点。变的是谁在等：程序每次访问的平均代价在 0 时 0.1 微秒，60 时 3 微秒，200 时 10 微秒，其中十分之一要等 100 微秒；在 zram 上千分之九百九十九不到 4 微秒。值低保护程序，值高保护缓存；swappiness 只分配等待，不消除等待。',
  },
  machine: swappinessMachine([{ kind: 'disk', disk: 'vdb', pages: 131_071, priority: -2 }]),
})
