/** The other kernels beside the base, as variants of a preset. */
import type { Variant } from '../../../preload/contract'

export const OTHER_KERNELS: readonly Variant[] = ['linux-5.15', 'android-3.18'].map((kernel) => ({ label: kernel, kernel }))
