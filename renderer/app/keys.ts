/** Which keys give which command: the defaults, and what the person chose instead, kept in the settings. */
import { setSetting, setting, useSetting } from './settings'

/** `anywhere` works in the whole window; `charts` while a chart or the toolbar above them has the focus. */
export const DEFAULT_KEYS = {
  run: ['Ctrl+Enter'], save: ['Ctrl+S'], palette: ['Ctrl+K', 'F1'], help: ['?'], goSetup: ['Alt+1'], goEditor: ['Alt+2'], goResults: ['Alt+3'], history: ['Alt+4'], reference: ['Alt+5'], baseSource: ['Alt+6'], compareHook: ['Alt+7'],
  report: [], bundle: [], openBundle: [], newPolicy: [], newRules: [], sideBySide: [], overlaid: [], saveLayout: [], tour: [], claims: [], otherLanguage: [],
  zoomIn: ['W', '+'], zoomOut: ['S', '-'], earlier: ['A', 'ArrowLeft'], later: ['D', 'ArrowRight'], zoomAll: ['0'],
} as const satisfies Readonly<Record<string, readonly string[]>>

export type CommandId = keyof typeof DEFAULT_KEYS
export type Place = 'anywhere' | 'charts'

export const COMMAND_IDS = Object.keys(DEFAULT_KEYS) as readonly CommandId[]
const CHART_COMMANDS: ReadonlySet<CommandId> = new Set(['zoomIn', 'zoomOut', 'earlier', 'later', 'zoomAll'])

export function placeOf(id: CommandId): Place {
  return CHART_COMMANDS.has(id) ? 'charts' : 'anywhere'
}

/**
 * Keys that can't be changed, by where they work. What binds one names its place: a test looks through the window's code for keys that are in neither table. Arrows, Enter and
 * Escape inside a menu, a list of tabs, a dialog or a field do what they do everywhere and stand nowhere.
 */
export const FIXED_KEYS = {
  window: { cancel: ['Escape Escape'] },
  charts: { wheelZoom: ['Ctrl+wheel'], wheelPan: ['Shift+wheel'] },
  lane: { laneEvent: ['ArrowLeft', 'ArrowRight'] },
  inspector: { openEvent: [',', '.'], closeEvent: ['Escape'] },
  curve: { curvePoint: ['ArrowLeft', 'ArrowRight'], openPoint: ['Enter'] },
  divergence: { difference: ['P', 'N'] },
  travel: { travelEvent: ['ArrowLeft', 'ArrowRight'], travelPass: ['Shift+ArrowLeft', 'Shift+ArrowRight'] },
  form: { undo: ['Ctrl+Z'], redo: ['Ctrl+Shift+Z'] },
  tour: { tourStep: ['ArrowLeft', 'ArrowRight'] },
  editor: { complete: ['Ctrl+Space'], nextProblem: ['F8'], definition: ['F12'], find: ['Ctrl+F'], tabLeaves: ['Ctrl+M'] },
} as const satisfies Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>

export type FixedPlace = keyof typeof FIXED_KEYS
type FixedIds<P extends FixedPlace> = P extends FixedPlace ? keyof (typeof FIXED_KEYS)[P] : never
export type FixedKeyId = FixedIds<FixedPlace>
export const FIXED_PLACES = Object.keys(FIXED_KEYS) as readonly FixedPlace[]

/** As a keyboard has it printed: `←` for ArrowLeft. */
export function keyLabel(key: string): string {
  return key.replace('ArrowLeft', '←').replace('ArrowRight', '→').replace('ArrowUp', '↑').replace('ArrowDown', '↓').replaceAll('Escape', 'Esc')
}

const settingOf = (id: CommandId): string => `keys.${id}`

export function keysOf(id: CommandId): readonly string[] {
  return read(setting(settingOf(id)), id)
}

export function useKeysOf(id: CommandId): readonly string[] {
  return read(useSetting(settingOf(id)), id)
}

/** The first of its keys, as buttons show them; none where it has none. */
export function useShownKey(id: CommandId): string | undefined {
  return useKeysOf(id)[0]
}

/** One combination in place of all, none, or the defaults again. */
export function bindKeys(id: CommandId, keys: readonly string[] | undefined): void {
  setSetting(settingOf(id), keys === undefined ? '' : JSON.stringify(keys))
}

export function isRebound(id: CommandId): boolean {
  return (setting(settingOf(id)) ?? '') !== ''
}

function read(text: string | undefined, id: CommandId): readonly string[] {
  if (!text) return DEFAULT_KEYS[id]
  try {
    const keys: unknown = JSON.parse(text)
    return Array.isArray(keys) && keys.every((key) => typeof key === 'string') ? keys : DEFAULT_KEYS[id]
  } catch {
    return DEFAULT_KEYS[id]
  }
}

type Pressed = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>

/** `Ctrl+Shift+K`, `Alt+1`, `?`, `W`. A sign that needs Shift is its own name; modifiers alone are nothing. */
export function keyName({ key, code, ctrlKey, metaKey, altKey, shiftKey }: Pressed): string | undefined {
  if (['Control', 'Shift', 'Alt', 'Meta', 'AltGraph', 'Dead', 'Process', 'Unidentified', ''].includes(key)) return undefined
  const digit = /^Digit(\d)$/.exec(code)
  // With Alt some layouts give another sign; the key is meant.
  const bare = altKey && digit ? digit[1] : key === ' ' ? 'Space' : key.length === 1 ? key.toUpperCase() : key
  const shift = shiftKey && (bare.length > 1 || /[A-Z]/.test(bare))
  return [ctrlKey || metaKey ? 'Ctrl' : '', altKey ? 'Alt' : '', shift ? 'Shift' : '', bare].filter((part) => part !== '').join('+')
}

/** The command that these keys give in a place. */
export function commandFor(event: Pressed, place: Place): CommandId | undefined {
  const name = keyName(event)
  return name === undefined ? undefined : COMMAND_IDS.find((id) => placeOf(id) === place && keysOf(id).includes(name))
}

/** Another command of the same place, or one that works anywhere, which has these keys already. */
export function takenBy(key: string, by: CommandId): CommandId | undefined {
  return COMMAND_IDS.find((id) => id !== by && (placeOf(id) === placeOf(by) || placeOf(id) === 'anywhere' || placeOf(by) === 'anywhere') && keysOf(id).includes(key))
}
