/** The parts of a rule: a choice of its kind and that kind's fields, each marked where the lab finds something wrong with it. */
import { useId } from 'react'
import type { ReactNode } from 'react'
import type { Problem, RuleField, RuleKind } from '../../preload/contract'
import { told } from '../app/description'
import { useMessages, useText } from '../i18n'
import { blankOf } from './rules-form'
import type { Values } from './rules-form'

interface FieldsProps { readonly fields: readonly RuleField[]; readonly values: Values; readonly path: string; readonly problems: readonly Problem[]; onChange(values: Values): void }

export function RuleFields({ fields, values, path, problems, onChange }: FieldsProps): ReactNode {
  return fields.map((field) => (
    <RuleInput key={field.name} field={field} value={values[field.name] ?? ''} wrong={problems.find((problem) => problem.path === `${path}.${field.name}`)?.message} onChange={(value) => onChange({ ...values, [field.name]: value })} />
  ))
}

interface InputProps { readonly field: RuleField; readonly value: string | number; readonly wrong: string | undefined; onChange(value: string | number): void }

export function RuleInput({ field, value, wrong, onChange }: InputProps): ReactNode {
  const m = useMessages()
  const say = useText()
  const id = useId()
  const said = { id, 'aria-invalid': wrong !== undefined, 'aria-describedby': wrong === undefined ? undefined : `${id}-say` }
  return (
    <span className="rule-field">
      <label htmlFor={id} className="muted small">{say(field.label)}</label>
      {field.kind === 'choice'
        ? <select {...said} value={String(value)} onChange={(event) => onChange(event.target.value)}>{field.choices.map((choice) => <option key={choice.value} value={choice.value}>{say(choice.label)}</option>)}</select>
        : <input {...said} className={field.kind === 'number' ? 'num' : ''} inputMode={field.kind === 'number' ? 'decimal' : 'text'} spellCheck={false} value={String(value)} onChange={(event) => onChange(field.kind === 'number' ? typedNumber(event.target.value) : event.target.value)} />}
      {field.kind === 'number' && field.unit !== '' && <span className="unit">{m.units[field.unit] ?? m.rules.units[field.unit] ?? field.unit}</span>}
      {wrong !== undefined && <span id={`${id}-say`} className="bad small say">{told(wrong)}</span>}
    </span>
  )
}

/** As typed while it is no number, or would be written otherwise (`1.`, `1e3`). */
function typedNumber(text: string): string | number {
  return text.trim() !== '' && Number.isFinite(Number(text)) && String(Number(text)) === text ? Number(text) : text
}

interface KindProps { readonly tag: 'if' | 'do'; readonly label: string; readonly kinds: readonly RuleKind[]; readonly values: Values; readonly path: string; readonly problems: readonly Problem[]; onChange(values: Values): void }

export function KindWithFields({ tag, label, kinds, values, path, problems, onChange }: KindProps): ReactNode {
  const say = useText()
  const kind = kinds.find(({ id }) => id === values[tag])
  const wrong = problems.filter((problem) => problem.path === path || problem.path === `${path}.${tag}`)
  return (
    <>
      <select className="rule-kind" aria-label={label} title={kind && say(kind.about)} value={String(values[tag])} aria-invalid={wrong.length > 0} onChange={(event) => { const next = kinds.find(({ id }) => id === event.target.value); if (next) onChange(blankOf(tag, next)) }}>
        {kinds.map(({ id, label: name }) => <option key={id} value={id}>{say(name)}</option>)}
      </select>
      {kind && <RuleFields fields={kind.fields} values={values} path={path} problems={problems} onChange={onChange} />}
      {wrong.map((problem, i) => <span key={i} className="bad small say">{told(problem.message)}</span>)}
    </>
  )
}
