/** What each command does. Keys are in `keys.ts`, words in the messages; the palette and the sheet show all of them. */
import { panBy, zoom, zoomBy } from '../charts/view-store'
import { saveActive } from '../editor/editor-pane'
import { askNew } from '../editor/file-questions'
import { compareHook, openSource, withHookAtCursor } from '../editor/hook-actions'
import { showHistory } from '../history/history-store'
import { language, setLanguage } from '../i18n'
import { toggleReference } from '../reference/reference-store'
import { experiment, startComparison } from '../results/experiment-store'
import { openBundleFile, saveOut } from '../results/out'
import { newRules } from '../rules/rules-form'
import type { CommandId } from './keys'
import { askLayoutName } from './named-layouts'
import { overlays } from './overlays'
import { goToPane } from './panes'
import { setSetting } from './settings'

export const COMMANDS: Readonly<Record<CommandId, () => void>> = {
  run: startComparison, save: saveActive, palette: () => overlays.set('palette'), help: () => overlays.set('help'), tour: () => overlays.set('tour'), claims: () => overlays.set('claims'),
  goSetup: () => goToPane('setup'), goEditor: () => goToPane('editor'), goResults: () => goToPane('results'), history: showHistory, reference: toggleReference, baseSource: () => withHookAtCursor((hook) => openSource(hook)), compareHook: () => withHookAtCursor(compareHook),
  report: () => ofExperiment('report'), bundle: () => ofExperiment('bundle'), openBundle: openBundleFile, newPolicy: askNew, newRules,
  sideBySide: () => setSetting('charts.layout', 'side'), overlaid: () => setSetting('charts.layout', 'overlay'), saveLayout: askLayoutName,
  otherLanguage: () => { const next = language.get() === 'en' ? 'zh' : 'en'; setLanguage(next); setSetting('language', next) },
  zoomIn: () => zoomBy(0.6), zoomOut: () => zoomBy(1 / 0.6), earlier: () => panBy(-0.25), later: () => panBy(0.25), zoomAll: () => zoom.set(undefined),
}

function ofExperiment(kind: 'report' | 'bundle'): void {
  const { status } = experiment.get()
  if (status) saveOut({ kind, experiment: status.id })
}
