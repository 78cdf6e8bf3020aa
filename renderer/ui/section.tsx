/** A titled part of a pane that folds; remembered. */
import type { ReactNode } from 'react'
import { useFlag } from '../app/settings'

interface SectionProps {
  readonly id: string
  readonly title: ReactNode
  readonly aside?: ReactNode
  readonly children: ReactNode
}

export function Section({ id, title, aside, children }: SectionProps): ReactNode {
  const [open, setOpen] = useFlag(`section.${id}`, true)
  return (
    <section className="section" aria-labelledby={`section-${id}`}>
      <header className="section-head">
        <h2 id={`section-${id}`}>
          <button type="button" className="fold" aria-expanded={open} onClick={() => setOpen(!open)}>
            <span aria-hidden="true" className="chevron">{open ? '▾' : '▸'}</span>{title}
          </button>
        </h2>
        {open && aside && <div className="section-aside">{aside}</div>}
      </header>
      {open && <div className="section-body">{children}</div>}
    </section>
  )
}
