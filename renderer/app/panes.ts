/** Which panes are shown. On a narrow window editor and results share one place. */
import { createStore } from './store'
import { setSetting, setting } from './settings'

export type PaneName = 'setup' | 'editor' | 'results'
export interface Panes { readonly setup: boolean; readonly editor: boolean; readonly results: boolean; readonly narrow: boolean }

const NARROW_PX = 1180
export const panes = createStore<Panes>({ setup: true, editor: true, results: true, narrow: false })

/** As the settings have it; without them all that fit. */
export function readPanes(): void {
  const narrow = window.innerWidth < NARROW_PX
  const shown = (setting('panes') || undefined)?.split(' ')
  panes.set(fit({ setup: shown ? shown.includes('setup') : true, editor: shown ? shown.includes('editor') : !narrow, results: shown ? shown.includes('results') : true, narrow }, 'results'))
}

export function startPanes(): void {
  readPanes()
  window.addEventListener('resize', () => {
    const now = panes.get()
    const isNarrow = window.innerWidth < NARROW_PX
    if (isNarrow !== now.narrow) panes.set(fit({ ...now, narrow: isNarrow, editor: isNarrow ? now.editor : true, results: isNarrow ? now.results : true }, 'results'))
  })
}

export function togglePane(pane: PaneName): void {
  const now = panes.get()
  change({ ...now, [pane]: !now[pane] }, pane)
}

export function showPane(pane: PaneName): void {
  const now = panes.get()
  if (!now[pane]) change({ ...now, [pane]: true }, pane)
}

/** Shows a pane and moves the keyboard into it. */
export function goToPane(pane: PaneName): void {
  showPane(pane)
  requestAnimationFrame(() => {
    const element = document.getElementById(`pane-${pane}`)
    const text = element?.querySelector<HTMLElement>('.monaco-editor textarea, .monaco-editor [role="textbox"]')
    const inside = text ?? element?.querySelector<HTMLElement>('select, button')
    ;(pane === 'results' ? element : inside ?? element)?.focus()
  })
}

function change(next: Panes, wanted: PaneName): void {
  const fitted = fit(next, wanted)
  panes.set(fitted)
  setSetting('panes', (['setup', 'editor', 'results'] as const).filter((pane) => fitted[pane]).join(' '))
}

/** At least one of editor and results stays; a narrow window shows just one, the wanted one. */
function fit(next: Panes, wanted: PaneName): Panes {
  if (!next.editor && !next.results) return { ...next, results: wanted !== 'results', editor: wanted === 'results' }
  if (next.narrow && next.editor && next.results) return { ...next, editor: wanted === 'editor', results: wanted !== 'editor' }
  return next
}
