/**
 * The yardstick of the benchmark: a bare second-chance LRU over typed arrays, with no zones, no time, no policy. Its speed on this machine, at this moment, is what every
 * other figure is set against, so that figures of different machines can be compared.
 * Accesses: zipf (s = 1) with every 32nd sequential, over 1.5 times as many pages as there are frames; some per cent miss.
 */

export interface BareLoopResult {
  readonly accessesPerSecond: number
  readonly misses: number
}

const SEQUENTIAL_EVERY = 32

/** `nextPage` draws from 0..1.5 * frames - 1, the skewed part of the pattern. */
export function bareLoop(frames: number, accesses: number, nextPage: () => number, nowMs: () => number): BareLoopResult {
  const pages = Math.floor(frames * 1.5)
  const frameOf = new Int32Array(pages).fill(-1)
  const pageOf = new Int32Array(frames).fill(-1)
  const referenced = new Uint8Array(frames)
  const newer = new Int32Array(frames)
  const older = new Int32Array(frames)
  for (let i = 0; i < frames; i++) { newer[i] = i - 1; older[i] = i + 1 < frames ? i + 1 : -1 }
  let newest = 0
  let oldest = frames - 1
  let misses = 0
  let sequential = 0

  const start = nowMs()
  for (let i = 0; i < accesses; i++) {
    let page: number
    if (i % SEQUENTIAL_EVERY === 0) {
      page = sequential
      sequential = sequential + 1 === pages ? 0 : sequential + 1
    } else page = nextPage()
    let frame = frameOf[page]
    if (frame >= 0) {
      referenced[frame] = 1
      continue
    }
    misses++
    // Second chance: what was referenced goes round once more.
    for (;;) {
      frame = oldest
      oldest = newer[frame]
      older[oldest] = -1
      newer[newest] = frame
      older[frame] = newest
      newer[frame] = -1
      newest = frame
      if (referenced[frame] === 0) break
      referenced[frame] = 0
    }
    if (pageOf[frame] >= 0) frameOf[pageOf[frame]] = -1
    pageOf[frame] = page
    frameOf[page] = frame
  }
  return { accessesPerSecond: (accesses * 1000) / (nowMs() - start), misses }
}
