/** The three kernels, for tests that hold on each; and a scenario as one of them takes it. */
import type { KernelDefinition } from 'reclaim-lab'
import type { Scenario } from '../../../main/engine/index'
import { fitToKernel } from '../../../main/lab/scenario/fit-to-kernel'
import android318 from '../../../plugins/kernels/android-3.18'
import linux515 from '../../../plugins/kernels/linux-5.15'
import linux61 from '../../../plugins/kernels/linux-6.1'

export const KERNELS: readonly KernelDefinition[] = [linux61, linux515, android318]

/** Without what the kernel doesn't have. */
export function fit(scenario: Scenario, kernel: KernelDefinition): Scenario {
  return fitToKernel(scenario, kernel).scenario
}

/** How many of the runs of a property test a kernel gets: the baseline all, the others half each. */
export function share(runs: number, kernel: KernelDefinition): number {
  return kernel === linux61 ? runs : Math.ceil(runs / 2)
}
