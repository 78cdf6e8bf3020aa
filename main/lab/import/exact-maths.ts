/** A kernel's mathematics for the few marks an import computes; the engine has its own, fast one. */
import type { KernelContext } from 'reclaim-lab'

export const EXACT: KernelContext = {
  math: {
    intSqrt: x => {
      const root = Math.floor(Math.sqrt(x))
      return root * root > x ? root - 1 : root
    },
    mulDiv: (a, b, c) => Number((BigInt(a) * BigInt(b)) / BigInt(c)),
  },
}
