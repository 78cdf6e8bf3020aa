/** Fields of a form for any schema: objects and lists fold, unions change their kind, leaves are inputs. Each shows the problem that the lab names at its place. */
import { createContext, useContext, useId, useState } from 'react'
import type { ReactNode } from 'react'
import type { Problem } from '../../../preload/contract'
import { useDescription, useTold } from '../../app/description'
import { useMessages } from '../../i18n'
import { Button } from '../../ui/controls'
import { blank, choicesOf, isRecord, itemsOf, pathText, unionOf, variantOf } from './schema'
import type { Path, Schema } from './schema'

/** What every field needs. `change` takes a path and its new value. */
export interface FormContext { readonly problems: readonly Problem[]; change(path: Path, value: unknown): void }
export const FormOf = createContext<FormContext>({ problems: [], change: () => {} })

export interface FieldProps {
  readonly schema: Schema
  readonly value: unknown
  readonly path: Path
  /** Takes it away, where it may be absent. */
  onRemove?(): void
}

function AnyField(props: FieldProps): ReactNode {
  const { schema, value } = props
  if (choicesOf(schema)) return <ChoiceField {...props} />
  const one = variantOf(schema, value)
  if (one.properties || unionOf(schema) || isRecord(value)) return <ObjectField {...props} />
  if (one.type === 'array') return isNumbers(one) ? <NumbersField {...props} schema={one} /> : <ListField {...props} schema={one} />
  return typeof one.type !== 'object' && (one.type === 'integer' || one.type === 'number') ? <NumberField {...props} schema={one} /> : <TextField {...props} schema={one} />
}

function nameOf(path: Path): string {
  const last = path.at(-1)
  return typeof last === 'number' ? String(last + 1) : String(last ?? '')
}

/** Problems at this very place, and how many are somewhere below it. */
function useProblems(path: Path): { readonly own: readonly Problem[]; readonly below: number } {
  const { problems } = useContext(FormOf)
  const text = pathText(path)
  const below = problems.filter((problem) => problem.path === text || problem.path.startsWith(`${text}.`) || problem.path.startsWith(`${text}[`)).length
  return { own: problems.filter((problem) => problem.path === text), below }
}

interface RowProps extends FieldProps { readonly children: (ids: { readonly id: string; readonly 'aria-describedby': string; readonly 'aria-invalid': boolean }) => ReactNode; readonly wrong?: string }

function Row({ path, schema, onRemove, children, wrong }: RowProps): ReactNode {
  const m = useMessages()
  const id = useId()
  const told = useTold()
  const { own } = useProblems(path)
  const said = [...(wrong === undefined ? [] : [wrong]), ...own.map((problem) => told(problem.message))]
  return (
    <div className="form-row" id={`form-${pathText(path)}`}>
      <label htmlFor={id} title={schema.description}><code>{nameOf(path)}</code></label>
      {children({ id, 'aria-describedby': `${id}-say`, 'aria-invalid': said.length > 0 })}
      {onRemove && <Button tone="quiet" className="icon tiny" aria-label={m.form.clear(nameOf(path))} title={m.form.clear(nameOf(path))} onClick={onRemove}>✕</Button>}
      <span id={`${id}-say`} className={said.length > 0 ? 'bad small say' : 'muted small say'}>{said.length > 0 ? said.join(' ') : rangeText(schema)}</span>
    </div>
  )
}

/** Bounds that nobody reaches say nothing. */
function rangeText({ minimum, maximum }: Schema): string {
  return minimum !== undefined && maximum !== undefined && maximum < 1e12 ? `${minimum.toLocaleString('en-US')} … ${maximum.toLocaleString('en-US')}` : ''
}

function ChoiceField(props: FieldProps): ReactNode {
  const { change } = useContext(FormOf)
  const choices = choicesOf(props.schema) ?? []
  const known = choices.includes(props.value)
  return (
    <Row {...props}>
      {(ids) => (
        <select {...ids} value={known ? String(props.value) : ''} onChange={(event) => change(props.path, choices.find((one) => String(one) === event.target.value))}>
          {!known && <option value="">{String(props.value ?? '')}</option>}
          {choices.map((one) => <option key={String(one)}>{String(one)}</option>)}
        </select>
      )}
    </Row>
  )
}

/** What is being typed stays as typed while it is no number. */
function NumberField(props: FieldProps): ReactNode {
  const m = useMessages()
  const { change } = useContext(FormOf)
  const [typed, setTyped] = useState<string>()
  const wrong = typed !== undefined && !isNumber(typed) ? m.form.noNumber(typed) : undefined
  return (
    <Row {...props} wrong={wrong}>
      {(ids) => (
        <input
          {...ids} className="num" inputMode="decimal" value={typed ?? String(props.value ?? '')} onBlur={() => { if (wrong === undefined) setTyped(undefined) }}
          onChange={(event) => { setTyped(event.target.value); if (isNumber(event.target.value)) change(props.path, Number(event.target.value)) }}
        />
      )}
    </Row>
  )
}

function isNumber(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text))
}

function TextField(props: FieldProps): ReactNode {
  const { change } = useContext(FormOf)
  const text = typeof props.value === 'string' ? props.value : JSON.stringify(props.value ?? '')
  // Where a number will do as well as a text, what reads as one is one.
  const typed = (given: string): unknown => (typeof props.schema.type === 'object' && isNumber(given) && String(Number(given)) === given ? Number(given) : given)
  return <Row {...props}>{(ids) => <input {...ids} value={text} onChange={(event) => change(props.path, typed(event.target.value))} />}</Row>
}

function isNumbers(schema: Schema): boolean {
  const items = schema.prefixItems?.[0] ?? itemsOf(schema)
  return items.type === 'integer' || items.type === 'number'
}

const MOST_NUMBERS = 500

function NumbersField(props: FieldProps): ReactNode {
  const m = useMessages()
  const { change } = useContext(FormOf)
  const [typed, setTyped] = useState<string>()
  const numbers = Array.isArray(props.value) ? props.value as readonly unknown[] : []
  const parsed = typed === undefined ? undefined : typed.split(/[\s,]+/).filter((word) => word !== '')
  const wrong = parsed?.find((word) => !isNumber(word))
  if (numbers.length > MOST_NUMBERS) return <Row {...props}>{(ids) => <output id={ids.id} className="muted">{m.form.manyNumbers(numbers.length)}</output>}</Row>
  return (
    <Row {...props} wrong={wrong === undefined ? undefined : m.form.noNumber(wrong)}>
      {(ids) => (
        <input
          {...ids} value={typed ?? numbers.join(' ')} onBlur={() => { if (wrong === undefined) setTyped(undefined) }}
          onChange={(event) => {
            setTyped(event.target.value)
            const words = event.target.value.split(/[\s,]+/).filter((word) => word !== '')
            if (words.every(isNumber)) change(props.path, words.map(Number))
          }}
        />
      )}
    </Row>
  )
}

/** Members that stand, then a choice of those that may be added. */
export function ObjectField({ schema, value, path, onRemove }: FieldProps): ReactNode {
  const { change } = useContext(FormOf)
  const { sysctls } = useDescription()
  const record = isRecord(value) ? value : {}
  const union = unionOf(schema)
  const one = variantOf(schema, value)
  const names = Object.keys(one.properties ?? {})
  const present = [...names.filter((name) => Object.hasOwn(record, name)), ...Object.keys(record).filter((name) => !names.includes(name))]
  const memberSchema = (name: string): Schema => one.properties?.[name] ?? (typeof one.additionalProperties === 'object' ? one.additionalProperties : {})
  // Names of sysctls are not in the schema: each kernel has its own.
  const add = (name: string): void => change([...path, name], sysctls.find((sysctl) => path.join() === 'sysctls' && sysctl.name === name)?.default ?? blank(memberSchema(name), name))
  return (
    <Fold path={path} title={titleOf(path, record, union?.tag)} onRemove={onRemove} open={path.length < 2}>
      {union && <KindSelect label={union.tag} value={String(record[union.tag] ?? '')} names={union.variants.map((variant) => variant.name)} onChange={(name) => change(path, changedKind(union.variants.find((variant) => variant.name === name)?.schema ?? {}, union.tag, name, record))} />}
      {present.filter((name) => name !== union?.tag).map((name) => (
        <AnyField key={name} schema={memberSchema(name)} value={record[name]} path={[...path, name]} onRemove={one.required?.includes(name) ? undefined : () => change([...path, name], undefined)} />
      ))}
      <AddMember names={(names.length > 0 ? names : path.join() === 'sysctls' ? sysctls.map(({ name }) => name) : []).filter((name) => !Object.hasOwn(record, name))} onAdd={add} />
    </Fold>
  )
}

/** Another kind of phase or area keeps the members that it has too. */
function changedKind(schema: Schema, tag: string, name: string, old: Readonly<Record<string, unknown>>): unknown {
  const fresh = blank(schema) as Readonly<Record<string, unknown>>
  const kept = Object.fromEntries(Object.entries(old).filter(([key, value]) => Object.hasOwn(schema.properties ?? {}, key) && typeof value === typeof (fresh[key] ?? value)))
  return { ...fresh, ...kept, [tag]: name }
}

function KindSelect({ label, value, names, onChange }: { readonly label: string; readonly value: string; readonly names: readonly string[]; onChange(name: string): void }): ReactNode {
  const id = useId()
  return (
    <div className="form-row">
      <label htmlFor={id}><code>{label}</code></label>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value)}>{names.map((name) => <option key={name}>{name}</option>)}</select>
    </div>
  )
}

function AddMember({ names, onAdd }: { readonly names: readonly string[]; onAdd(name: string): void }): ReactNode {
  const m = useMessages()
  if (names.length === 0) return null
  return (
    <select className="form-add" aria-label={m.form.add} value="" onChange={(event) => onAdd(event.target.value)}>
      <option value="" disabled>{m.form.add}</option>
      {names.map((name) => <option key={name}>{name}</option>)}
    </select>
  )
}

const SHOWN_AT_ONCE = 40

function ListField({ schema, value, path, onRemove }: FieldProps): ReactNode {
  const m = useMessages()
  const { change } = useContext(FormOf)
  const [shown, setShown] = useState(SHOWN_AT_ONCE)
  const items: readonly unknown[] = Array.isArray(value) ? value : []
  const item = itemsOf(schema)
  const removable = items.length > (schema.minItems ?? 0)
  const add = (): void => { change(path, [...items, blank(item)]); setShown(Math.max(shown, items.length + 1)) }
  return (
    <Fold path={path} title={`${nameOf(path)} (${items.length})`} onRemove={onRemove} open={path.length < 3 && items.length <= 3}>
      {items.slice(0, shown).map((one, i) => (
        <div key={i} className="form-item">
          <AnyField schema={item} value={one} path={[...path, i]} onRemove={removable ? () => change(path, items.filter((_, at) => at !== i)) : undefined} />
          <span className="form-moves">
            <Button tone="quiet" className="icon tiny" disabled={i === 0} aria-label={m.form.up(i + 1)} onClick={() => change(path, swapped(items, i - 1))}>↑</Button>
            <Button tone="quiet" className="icon tiny" disabled={i === items.length - 1} aria-label={m.form.down(i + 1)} onClick={() => change(path, swapped(items, i))}>↓</Button>
            <Button tone="quiet" className="icon tiny" aria-label={m.form.copy(i + 1)} onClick={() => change(path, [...items.slice(0, i + 1), one, ...items.slice(i + 1)])}>+</Button>
          </span>
        </div>
      ))}
      {items.length > shown && <Button onClick={() => setShown(shown + SHOWN_AT_ONCE)}>{m.form.more(items.length - shown)}</Button>}
      <Button disabled={items.length >= (schema.maxItems ?? Infinity)} onClick={add}>{m.form.addTo(nameOf(path))}</Button>
    </Fold>
  )
}

function swapped(items: readonly unknown[], at: number): readonly unknown[] {
  return items.map((item, i) => (i === at ? items[at + 1] : i === at + 1 ? items[at] : item))
}

interface FoldProps { readonly path: Path; readonly title: string; readonly open: boolean; readonly children: ReactNode; onRemove?(): void }

/** Its inside is made when it is first opened: a workload may have thousands of phases. */
function Fold({ path, title, open, children, onRemove }: FoldProps): ReactNode {
  const m = useMessages()
  const [opened, setOpened] = useState(open)
  const told = useTold()
  const { own, below } = useProblems(path)
  if (path.length === 0) return <>{children}</>
  return (
    <div className="form-fold-row">
      <details className="form-fold" id={`form-${pathText(path)}`} open={opened} onToggle={(event) => setOpened(event.currentTarget.open)}>
        <summary><code>{title}</code>{below > 0 && <span className="bad small"> ✕ {m.form.problems(below)}</span>}</summary>
        {own.map((problem, i) => <p key={i} className="bad small">{told(problem.message)}</p>)}
        {opened && <div className="form-inside">{children}</div>}
      </details>
      {onRemove && <Button tone="quiet" className="icon tiny" aria-label={m.form.clear(title)} title={m.form.clear(title)} onClick={onRemove}>✕</Button>}
    </div>
  )
}

/** What tells this one from its neighbours: its name, path, zone or kind. */
function titleOf(path: Path, record: Readonly<Record<string, unknown>>, tag: string | undefined): string {
  const told = [tag === undefined ? undefined : record[tag], record['name'], record['path'], record['r']].filter((word) => typeof word === 'string' && word !== '')
  return [nameOf(path), ...told.slice(0, 2)].join(' · ')
}
