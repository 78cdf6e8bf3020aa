/** Arrangements of the window under names: which panes, their sizes, how charts are laid out, which are pinned and which zones are hidden. */
import { ask } from '../ui/confirm'
import { messages } from '../i18n'
import { notify, offerUndo } from './notices'
import { readPanes } from './panes'
import { createStore } from './store'
import { setSetting, setting } from './settings'

const SETTING = 'layouts'
const MOST = 20
/** Settings that make an arrangement; those of sizes by their beginning. */
const PARTS = ['panes', 'charts.layout', 'charts.pinned', 'charts.pinnedSeries', 'charts.hiddenZones', 'layout.main.ser', 'layout.main.sr', 'layout.main.se', 'layout.main.er', 'layout.main.r', 'layout.main.e', 'layout.results']

type Layouts = Readonly<Record<string, Readonly<Record<string, string>>>>

/** Counts up when a layout is applied: panes take their sizes anew. */
export const layoutApplied = createStore(0)

export function namedLayouts(): Layouts {
  try {
    const read: unknown = JSON.parse(setting(SETTING) ?? '{}')
    return typeof read === 'object' && read !== null && !Array.isArray(read) ? read as Layouts : {}
  } catch {
    return {}
  }
}

export function askLayoutName(): void {
  const m = messages()
  void ask({ title: m.commands.saveLayout, text: m.layouts.text, action: m.save, input: { label: m.policyName, initial: '', check: nameProblem } }).then((name) => {
    if (name === undefined) return
    keep({ ...without(name.trim()), [name.trim()]: Object.fromEntries(PARTS.map((part) => [part, setting(part) ?? ''])) })
    notify(messages().layouts.saved(name.trim()), 'good')
  })
}

function nameProblem(name: string): string | undefined {
  const m = messages()
  if (name.trim() === '' || name.length > 40) return m.layouts.nameRule
  return Object.keys(without(name.trim())).length >= MOST ? m.layouts.tooMany(MOST) : undefined
}

export function applyLayout(name: string): void {
  const layout = namedLayouts()[name]
  if (!layout) return
  for (const part of PARTS) setSetting(part, String(layout[part] ?? ''))
  readPanes()
  layoutApplied.update((count) => count + 1)
}

/** Takes it away, and offers it back. */
export function removeLayout(name: string): void {
  const layout = namedLayouts()[name]
  if (!layout) return
  keep(without(name))
  offerUndo(messages().taken(name), () => keep({ ...namedLayouts(), [name]: layout }))
}

function without(name: string): Layouts {
  return Object.fromEntries(Object.entries(namedLayouts()).filter(([other]) => other !== name))
}

function keep(layouts: Layouts): void {
  setSetting(SETTING, JSON.stringify(layouts))
}
