/** The policies of a variant's machine by controls: which, in what order, from when to when, where. They write the same words that can be typed, and follow them. */
import type { ReactNode } from 'react'
import { useDescription } from '../app/description'
import { useMessages } from '../i18n'
import { Button } from '../ui/controls'
import { useScenario } from './use-scenario'
import { everywhere, readStack, withStack } from './stack-text'
import type { PolicyUse } from './stack-text'

export function StackBuilder({ text, onChange }: { readonly text: string; onChange(text: string): void }): ReactNode {
  const m = useMessages()
  const { policies } = useDescription()
  const scenario = useScenario()
  const stack = readStack(text)
  const nodes = [...new Set((scenario?.machine.zones ?? []).map((zone) => String(zone.node)))]
  const memcgs = (scenario?.memcgs ?? []).map(({ path }) => path)
  const change = (next: readonly PolicyUse[]): void => onChange(withStack(text, next))
  const names = [...new Set(policies.map((policy) => policy.name))]
  return (
    <details className="stack" open={stack === undefined || stack.length > 0}>
      <summary>{m.inUse.stack}</summary>
      {stack === undefined ? <p className="muted small">{m.inUse.unreadable}</p> : (
        <>
          {stack.length > 1 && <p className="muted small">{m.inUse.stackHint}</p>}
          <ul className="stack-uses">
            {/* The upper one first, as it is asked first. */}
            {stack.map((use, at) => (
              <UseRow
                key={at} use={use} n={at + 1} names={names} nodes={nodes} memcgs={memcgs} last={at === stack.length - 1}
                onChange={(next) => change(stack.map((other, i) => (i === at ? next : other)))}
                onMove={(by) => change(moved(stack, at, by))} onRemove={() => change(stack.filter((_, i) => i !== at))}
              />
            )).toReversed()}
          </ul>
          <Button className="tiny" disabled={names.length === 0} onClick={() => change([...stack, everywhere(names.find((name) => !stack.some((use) => use.name === name)) ?? names[0])])}>{m.inUse.addPolicy}</Button>
        </>
      )}
    </details>
  )
}

interface UseRowProps {
  readonly use: PolicyUse; readonly n: number; readonly last: boolean
  readonly names: readonly string[]; readonly nodes: readonly string[]; readonly memcgs: readonly string[]
  onChange(use: PolicyUse): void
  onMove(by: 1 | -1): void
  onRemove(): void
}

function UseRow({ use, n, last, names, nodes, memcgs, onChange, onMove, onRemove }: UseRowProps): ReactNode {
  const m = useMessages()
  const time = (field: 'from' | 'until', label: string): ReactNode => (
    <input className="num" inputMode="numeric" aria-label={label} placeholder={m.inUse[field]} title={label} value={use[field]} onChange={(event) => { if (/^\d{0,9}$/.test(event.target.value)) onChange({ ...use, [field]: event.target.value }) }} />
  )
  return (
    <li className="stack-use">
      <select aria-label={m.inUse.policyAt(n)} value={use.name} onChange={(event) => onChange({ ...use, name: event.target.value })}>{withOwn(names, use.name).map((name) => <option key={name}>{name}</option>)}</select>
      <span className="stack-moves">
        <Button tone="quiet" className="icon tiny" disabled={last} aria-label={m.inUse.upOf(n)} onClick={() => onMove(1)}>↑</Button>
        <Button tone="quiet" className="icon tiny" disabled={n === 1} aria-label={m.inUse.downOf(n)} onClick={() => onMove(-1)}>↓</Button>
        <Button tone="quiet" className="icon tiny" aria-label={m.inUse.takeOff(n)} onClick={onRemove}>✕</Button>
      </span>
      <span className="stack-place">
        {time('from', m.inUse.fromOf(n))}<span aria-hidden="true">…</span>{time('until', m.inUse.untilOf(n))}<span className="unit">ms</span>
        {(nodes.length > 1 || use.node !== '') && <select aria-label={m.inUse.nodeOf(n)} value={use.node} onChange={(event) => onChange({ ...use, node: event.target.value })}><option value="">{m.inUse.node}: {m.inUse.everywhere}</option>{withOwn(nodes, use.node).map((node) => <option key={node} value={node}>{m.inUse.node} {node}</option>)}</select>}
        {(memcgs.length > 0 || use.memcg !== '') && <select aria-label={m.inUse.memcgOf(n)} value={use.memcg} onChange={(event) => onChange({ ...use, memcg: event.target.value })}><option value="">{m.inUse.memcg}: {m.inUse.everywhere}</option>{withOwn(memcgs, use.memcg).map((path) => <option key={path}>{path}</option>)}</select>}
      </span>
    </li>
  )
}

/** What is set stays among the choices, known or not. */
function withOwn(known: readonly string[], own: string): readonly string[] {
  return own === '' || known.includes(own) ? known : [own, ...known]
}

function moved(stack: readonly PolicyUse[], at: number, by: 1 | -1): readonly PolicyUse[] {
  return stack.map((use, i) => (i === at ? stack[at + by] : i === at + by ? stack[at] : use))
}
