/** The trusted kernels, by name. */
import type { KernelDefinition } from 'reclaim-lab'
import android318 from '../../plugins/kernels/android-3.18'
import linux515 from '../../plugins/kernels/linux-5.15'
import linux61 from '../../plugins/kernels/linux-6.1'

const KERNELS: readonly KernelDefinition[] = [linux61, linux515, android318]

export function kernelNamed(name: string): KernelDefinition {
  const found = KERNELS.find(kernel => kernel.name === name)
  if (!found) throw new Error(`there is no kernel ${name}; there are ${KERNELS.map(kernel => kernel.name).join(', ')}`)
  return found
}

/** Newest first. */
export function kernelNames(): readonly string[] {
  return KERNELS.map(kernel => kernel.name)
}
