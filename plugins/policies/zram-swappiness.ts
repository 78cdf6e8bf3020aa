/**
 * Sets vm.swappiness by how well zram compresses what it holds, and by how much of memory its pool takes.
 * Idea: swapping to zram is not IO: a page costs CPU time and gives back its size less what the compressed copy takes. At a ratio of three it pays to swap more than the kernel's 60 assumes (which was
 * made for disks), at little over one it does not pay at all, and a pool that eats memory should not grow.
 * Helps: phones and desktops with zram and programs full of zeroes and text.
 * Hurts: memory that doesn't compress, until it has noticed; CPU-bound machines.
 * Source: vm.swappiness up to 200 (kernel 5.8), Documentation/admin-guide/sysctl/vm.rst; ChromeOS and Android set 100 to 180 by hand.
 */
import { definePolicy } from 'reclaim-lab'

export default definePolicy({
  api: 1,
  name: 'zram-swappiness',
  describe: 'A daemon that swaps more the better zram compresses, and less when its pool takes much of memory. For zram only; changes nothing without it.',
  params: {
    most: { kind: 'number', default: 180, min: 0, max: 200, step: 1, unit: 'ratio', about: 'vm.swappiness at a ratio of 3 and more.' },
    least: { kind: 'number', default: 20, min: 0, max: 200, step: 1, unit: 'ratio', about: 'vm.swappiness where nothing compresses.' },
    poolPercent: { kind: 'number', default: 30, min: 1, max: 90, step: 1, unit: '%', about: 'A pool above this share of memory counts as incompressible.' },
  },
  controller: {
    periodMs: 500,
    run(k) {
      const zram = k.swaps().filter((area) => area.kind === 'zram')
      if (zram.length === 0) return
      const stored = zram.reduce((sum, area) => sum + area.stored, 0)
      const pool = zram.reduce((sum, area) => sum + area.pool, 0)
      const managed = k.zoneinfo().reduce((sum, zone) => sum + zone.managed, 0)
      // Before anything is stored: as if it compressed well.
      const ratio = pool * 100 > managed * k.params.poolPercent ? 1 : stored < 256 ? 3 : stored / Math.max(1, pool)
      const worth = Math.min(1, Math.max(0, (ratio - 1) / 2))
      const swappiness = Math.round(k.params.least + worth * (k.params.most - k.params.least))
      k.gauge('zram_swappiness', swappiness)
      if (k.sysctl('vm.swappiness') !== swappiness) k.writeSysctl('vm.swappiness', swappiness)
    },
  },
})
