/** The last of what a process wrote to stderr, for crash reports. */
const KEPT = 16 * 1024

export interface StderrRing {
  write(chunk: string): void
  text(): string
}

export function createStderrRing(): StderrRing {
  let kept = ''
  return {
    write: chunk => { kept = (kept + chunk).slice(-KEPT) },
    text: () => kept,
  }
}
