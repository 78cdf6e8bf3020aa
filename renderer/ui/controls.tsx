/** The window's controls: thin over native elements, so that keyboard and screen readers get what they know. */
import { useId } from 'react'
import type { ButtonHTMLAttributes, ReactNode } from 'react'

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & {
  readonly tone?: 'primary' | 'plain' | 'quiet' | 'danger'
  /** Shown beside the text; belongs to the title for pointers. */
  readonly keys?: string
}

export function Button({ tone = 'plain', keys, children, className, ...rest }: ButtonProps): ReactNode {
  return (
    <button type="button" className={`button ${tone} ${className ?? ''}`} aria-keyshortcuts={keys?.replaceAll('Ctrl', 'Control')} {...rest}>
      {children}
      {keys && <kbd aria-hidden="true">{keys}</kbd>}
    </button>
  )
}

interface SegmentedProps<V extends string> {
  readonly label: string
  readonly value: V
  readonly options: readonly { readonly value: V; readonly label: string; readonly title?: string; readonly disabled?: boolean }[]
  onChange(value: V): void
}

/** A few choices in a row; arrows move between them, as in any radio group. */
export function Segmented<V extends string>({ label, value, options, onChange }: SegmentedProps<V>): ReactNode {
  const name = useId()
  return (
    <span className="segmented" role="radiogroup" aria-label={label}>
      {options.map((option) => (
        <label key={option.value} title={option.title} className={option.value === value ? 'on' : ''}>
          <input type="radio" name={name} checked={option.value === value} disabled={option.disabled} onChange={() => onChange(option.value)} />
          <span>{option.label}</span>
        </label>
      ))}
    </span>
  )
}

export function Toggle({ on, label, title, onChange }: { readonly on: boolean; readonly label: string; readonly title?: string; onChange(on: boolean): void }): ReactNode {
  return (
    <label className="toggle" title={title}>
      <input type="checkbox" checked={on} onChange={(event) => onChange(event.target.checked)} />
      <span>{label}</span>
    </label>
  )
}

export function Field({ label, children, hint }: { readonly label: ReactNode; readonly children: ReactNode; readonly hint?: ReactNode }): ReactNode {
  return (
    <label className="field">
      <span className="field-label">{label}</span>
      {children}
      {hint && <span className="field-hint">{hint}</span>}
    </label>
  )
}

export function Progress({ fraction, label }: { readonly fraction: number; readonly label: string }): ReactNode {
  const percent = Math.round(fraction * 100)
  return (
    <span className="progress" role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent}>
      <span style={{ width: `${percent}%` }} />
    </span>
  )
}

export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }): ReactNode {
  return <div className="empty"><p className="empty-title">{title}</p>{children}</div>
}
