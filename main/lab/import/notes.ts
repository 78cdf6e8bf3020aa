/** What an import tells in the end: read, assumed, not modelled, in both languages. */
import type { Text } from '../../engine'

export class Notes {
  readonly read: Text[] = []
  readonly assumed: Text[] = []
  readonly notModelled: Text[] = []
}

/** 1006029 pages -> `1,006,029 pages (3.8 GiB)` */
export function pagesText(pages: number): string {
  return `${pages.toLocaleString('en-US')} pages (${sizeText(pages)})`
}

export function pagesTextZh(pages: number): string {
  return `${pages.toLocaleString('en-US')} 页（${sizeText(pages)}）`
}

function sizeText(pages: number): string {
  const mib = pages / 256
  return mib >= 1024 ? `${(mib / 1024).toFixed(1)} GiB` : `${mib.toFixed(mib >= 10 ? 0 : 1)} MiB`
}
