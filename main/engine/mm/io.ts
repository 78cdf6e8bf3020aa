/** What memory management calls the two directions of a transfer; the block layer (device/block-layer.ts) uses the same. */
export const READ = 0
export const WRITE = 1
export type IoOp = typeof READ | typeof WRITE
