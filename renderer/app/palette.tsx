/** The palette: every command, preset, policy and layout by a few of its letters. */
import { useId, useMemo, useRef, useState } from 'react'
import type { KeyboardEvent, ReactNode } from 'react'
import { openPolicy } from '../editor/files'
import { useMessages, useText } from '../i18n'
import { choosePreset } from '../scenario/setup-store'
import { Dialog } from '../ui/dialog'
import { COMMANDS } from './commands'
import { openSource, sourceIn } from '../editor/hook-actions'
import { showReference } from '../reference/reference-store'
import { setup } from '../scenario/setup-store'
import { useDescription } from './description'
import { fuzzy } from './fuzzy'
import { useGuide } from './guide'
import { COMMAND_IDS, keysOf } from './keys'
import { useStore } from './store'
import { applyLayout, namedLayouts, removeLayout } from './named-layouts'
import { showPane } from './panes'

interface Entry { readonly id: string; readonly text: string; readonly kind: string; readonly keys: readonly string[]; run(): void }

const MOST_SHOWN = 30

export function Palette({ onClose }: { onClose(): void }): ReactNode {
  const m = useMessages()
  const list = useId()
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState(0)
  const box = useRef<HTMLUListElement>(null)
  const entries = useEntries()
  const found = useMemo(() => fuzzy(typed, entries, (entry) => `${entry.kind} ${entry.text}`).slice(0, MOST_SHOWN), [typed, entries])
  const chosen = Math.min(at, found.length - 1)
  const take = (entry: Entry | undefined): void => { if (entry) { onClose(); entry.run() } }
  const move = (event: KeyboardEvent): void => {
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key]
    if (event.key === 'Enter') { event.preventDefault(); return take(found[chosen]) }
    if (by === undefined) return
    event.preventDefault()
    const next = Math.max(0, Math.min(found.length - 1, chosen + by))
    setAt(next)
    box.current?.children[next]?.scrollIntoView({ block: 'nearest' })
  }
  return (
    <Dialog title={m.commands.palette} onClose={onClose}>
      <input
        data-autofocus className="palette-input" role="combobox" aria-expanded="true" aria-controls={list} aria-activedescendant={found[chosen] && `${list}-${chosen}`} aria-label={m.palette.find} placeholder={m.palette.find} value={typed} spellCheck={false}
        onChange={(event) => { setTyped(event.target.value); setAt(0) }} onKeyDown={move}
      />
      <ul ref={box} id={list} role="listbox" aria-label={m.commands.palette} className="palette-list">
        {found.map((entry, i) => (
          <li key={entry.id} id={`${list}-${i}`} role="option" aria-selected={i === chosen} className={i === chosen ? 'on' : ''} onPointerMove={() => setAt(i)} onClick={() => take(entry)}>
            <span className="muted small">{entry.kind}</span> <span className="grow">{entry.text}</span>{entry.keys.slice(0, 1).map((key) => <kbd key={key}>{key}</kbd>)}
          </li>
        ))}
      </ul>
      <p className="muted small" role="status">{found.length === 0 ? m.palette.nothing : ''}</p>
    </Dialog>
  )
}

function useEntries(): readonly Entry[] {
  const m = useMessages()
  const say = useText()
  const { presets, policies } = useDescription()
  const hooks = useGuide()?.hooks
  const { base } = useStore(setup)
  return useMemo(() => [
    ...COMMAND_IDS.filter((id) => id !== 'palette').map((id): Entry => ({ id, text: m.commands[id], kind: m.palette.command, keys: keysOf(id), run: COMMANDS[id] })),
    ...presets.map((preset): Entry => ({ id: `preset ${preset.id}`, text: say(preset.title), kind: m.palette.preset, keys: [], run: () => { choosePreset(preset.id); showPane('setup') } })),
    ...policies.map((policy): Entry => ({ id: `policy ${policy.file}`, text: policy.name, kind: m.palette.policy, keys: [], run: () => { showPane('editor'); openPolicy(policy.name) } })),
    ...Object.keys(namedLayouts()).map((name): Entry => ({ id: `layout ${name}`, text: name, kind: m.layout, keys: [], run: () => applyLayout(name) })),
    ...Object.keys(namedLayouts()).map((name): Entry => ({ id: `remove layout ${name}`, text: m.layouts.remove(name), kind: m.palette.command, keys: [], run: () => removeLayout(name) })),
    ...(hooks ?? []).map(({ name, decides }): Entry => ({ id: `reference ${name}`, text: `${name}  ${say(decides)}`, kind: m.guide.paletteReference, keys: [], run: () => showReference(name) })),
    ...(hooks ?? []).filter(({ name }) => sourceIn(name, base)).map(({ name }): Entry => ({ id: `source ${name}`, text: m.guide.source(base, name), kind: m.guide.paletteSource, keys: [], run: () => openSource(name) })),
    // Words of the language are what `say` and `m` change with.
  ], [m, presets, policies, hooks, base, say])
}
