/** Sizes of resizable panes, remembered by the lab's settings. */
import type { Layout } from 'react-resizable-panels'
import { setSetting, setting } from './settings'

export function savedLayout(id: string): Layout | undefined {
  try {
    const parsed: unknown = JSON.parse(setting(`layout.${id}`) ?? 'null')
    return isLayout(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

export function rememberLayout(id: string): (layout: Layout) => void {
  return (layout) => {
    // A pane that comes and goes must not overwrite the sizes of the full set.
    if (Object.keys(layout).length > 1) setSetting(`layout.${id}`, JSON.stringify(layout))
  }
}

function isLayout(value: unknown): value is Layout {
  return typeof value === 'object' && value !== null && Object.values(value).every((size) => typeof size === 'number')
}
