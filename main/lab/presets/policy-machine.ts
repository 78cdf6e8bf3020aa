/** The machine of the presets that set policies beside the kernel: small, so that a comparison of many takes seconds. */
import type { Machine, SwapSpec } from '../../engine'
import { ssd } from './machines'

/** 128 MiB. */
const POLICY_PAGES = 32_768

/** One CPU, an SSD for files and one for swap. */
export function policyMachine(swap: readonly SwapSpec[] = []): Machine {
  return { cpus: 1, profile: 'server', preemption: 'voluntary', hz: 250, thp: 'never', zones: [{ node: 0, name: 'Normal', managed: POLICY_PAGES }], disks: [ssd('vda'), ssd('vdb')], swap }
}

export const swapDisk = (pages: number): readonly SwapSpec[] => [{ kind: 'disk', disk: 'vdb', pages, priority: -2 }]
