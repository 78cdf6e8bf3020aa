/** Two pieces of code to be read beside each other, or one above the other where there is little room: a decision of the base kernel and one's own. Neither can be edited here. */
import { useEffect, useId, useRef } from 'react'
import type { ReactNode } from 'react'
import type { editor } from 'monaco-editor/editor'
import { busy } from '../app/idle'
import { monaco } from './monaco'
import { comparisonModel } from './models'
import { passKeys } from './pass-keys'

interface PairProps {
  readonly options: editor.IStandaloneEditorConstructionOptions
  readonly left: { readonly title: string; readonly name: string; readonly text: string }
  readonly right: { readonly title: string; readonly name: string; readonly text: string }
}

export function PairView({ options, left, right }: PairProps): ReactNode {
  return (
    <div className="code pair" data-testid="pair">
      <Side options={options} {...left} />
      <Side options={options} {...right} />
    </div>
  )
}

function Side({ options, title, name, text }: PairProps['left'] & Pick<PairProps, 'options'>): ReactNode {
  const host = useRef<HTMLDivElement>(null)
  const label = useId()
  useEffect(() => {
    const ready = busy('editor')
    const created = monaco.editor.create(host.current as HTMLElement, {
      ...options, model: comparisonModel(name, text, false), readOnly: true, ariaLabel: title, lineNumbers: 'off', folding: false, glyphMargin: false, lineDecorationsWidth: 6, renderValidationDecorations: 'off', renderLineHighlight: 'none', scrollBeyondLastLine: false,
    })
    passKeys(created)
    ready()
    return () => { ready(); created.dispose() }
  }, [options, title, name, text])
  return <section className="pair-side" aria-labelledby={label}><h3 id={label}>{title}</h3><div ref={host} className="pair-code" /></section>
}
