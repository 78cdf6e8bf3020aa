/** One entry of the reference: a hook with everything there is about it, or a type with its members. */
import type { ReactNode } from 'react'
import type { ApiItem, HookGuide, HookSource } from '../../preload/contract'
import { told, useDescription } from '../app/description'
import { useStore } from '../app/store'
import { insertHook, openExample, openSource } from '../editor/hook-actions'
import { useMessages } from '../i18n'
import { setup } from '../scenario/setup-store'
import { Button } from '../ui/controls'
import type { ReferenceEntry } from './search'

export function HookEntry({ hook }: { readonly hook: HookGuide }): ReactNode {
  const m = useMessages()
  const { name, signature, when, binds, kernel, args, answer, sources } = hook
  return (
    <div className="reference-body">
      <div className="signature"><code>{signature}</code><Button className="tiny" title={m.guide.insertHint} aria-label={`${m.guide.insert}: ${name}`} onClick={() => insertHook(name)}>{m.guide.insert}</Button></div>
      <dl className="facts">
        {m.guide.original !== '' && <Fact title={m.guide.original}>{hook.decides.en}</Fact>}
        {when !== '' && <Fact title={m.guide.when}>{marked(when)}</Fact>}
        {binds !== '' && <Fact title={m.guide.binds}>{marked(binds)}</Fact>}
        {answer.doc !== '' && <Fact title={m.guide.answers}>{marked(answer.doc)}</Fact>}
        <Fact title={m.guide.kernelFunctions}>{kernel.map((one) => <code key={one}>{one} </code>)}</Fact>
        <Fact title={m.guide.inKernels}>{sources.length === 0 ? m.guide.noneNotified : <Sources hook={name} sources={sources} />}</Fact>
        <Fact title={m.guide.examples}><Examples hook={name} /></Fact>
      </dl>
      <Items title={m.guide.arguments} items={args} />
      {answer.fields.length > 0 && <Items title={m.guide.answers} items={answer.fields} />}
    </div>
  )
}

/** The kernel of the setup first. */
function Sources({ hook, sources }: { readonly hook: string; readonly sources: readonly HookSource[] }): ReactNode {
  const m = useMessages()
  const { base } = useStore(setup)
  const sorted = [...sources.filter(({ kernel }) => kernel === base), ...sources.filter(({ kernel }) => kernel !== base)]
  return (
    <ul>
      {sorted.map((source) => (
        <li key={source.kernel}>
          {source.kind === 'none' ? <span className="muted">{m.guide.none(source.kernel)}</span> : (
            <><button type="button" className="link" onClick={() => openSource(hook, source.kernel)}>{source.kind === 'other' ? m.guide.taken(source.kernel, source.in) : source.kernel}, {m.guide.line(source.line)}</button> <span className="muted">{marked(source.about)}</span></>
          )}
        </li>
      ))}
    </ul>
  )
}

function Examples({ hook }: { readonly hook: string }): ReactNode {
  const m = useMessages()
  const { policies } = useDescription()
  const using = policies.filter((policy) => policy.origin === 'example' && policy.name !== 'skeleton' && policy.hooks.includes(hook))
  if (using.length === 0) return <span className="muted">{m.guide.noExamples}</span>
  return <span className="reference-examples">{using.map((policy) => <button key={policy.file} type="button" className="link" title={told(policy.describe)} onClick={() => openExample(policy, hook)}>{policy.name}</button>)}</span>
}

export function TypeEntry({ entry }: { readonly entry: ReferenceEntry }): ReactNode {
  return <div className="reference-body"><Items items={entry.type?.items ?? []} /></div>
}

function Items({ title, items }: { readonly title?: string; readonly items: readonly ApiItem[] }): ReactNode {
  return (
    <>
      {title !== undefined && <h4>{title}</h4>}
      <dl className="reference-items">{items.map(({ name, signature, doc }) => <div key={name + signature}><dt><code>{signature}</code></dt><dd>{marked(doc)}</dd></div>)}</dl>
    </>
  )
}

function Fact({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactNode {
  return <><dt>{title}</dt><dd>{children}</dd></>
}

/** Words in backticks as code. */
function marked(text: string): ReactNode {
  return text.split('`').map((part, i) => (i % 2 === 1 ? <code key={i}>{part}</code> : part))
}
