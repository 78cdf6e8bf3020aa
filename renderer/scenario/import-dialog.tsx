/** A machine's own files become the machine: pasted, opened, dropped, or read from the machine the lab runs on. What was typed stays until the dialog closes. */
import { useEffect, useRef, useState } from 'react'
import type { DragEvent, ReactNode } from 'react'
import type { ImportSource, ImportSummary, Problem, Text } from '../../preload/contract'
import { description } from '../app/description'
import { inBackground, lab } from '../app/lab-client'
import { useMessages, useText } from '../i18n'
import { Button, Segmented } from '../ui/controls'
import { Dialog } from '../ui/dialog'
import { Problems } from '../ui/problems'
import { MachineSummary } from './machine-summary'
import { FILE_KINDS, readFiles } from './import-files'
import type { FileKind, ImportTexts } from './import-files'
import { prettyJson } from './pretty'
import { OpenFiles } from './open-files'
import { openScenario } from './scenario-document'
import { chooseBase } from './setup-store'
import { TraceFile, traceSource } from './trace-file'
import type { ChosenTrace } from './trace-file'

type From = 'files' | 'this-machine' | 'config-json' | 'trace'

/** Kept while the window lives, so that closing by accident loses nothing. */
let keptTexts: ImportTexts = {}

export function ImportDialog({ onClose }: { onClose(): void }): ReactNode {
  const m = useMessages()
  const [from, setFrom] = useState<From>('files')
  const [texts, setTextsState] = useState<ImportTexts>(keptTexts)
  const [problems, setProblems] = useState<readonly Problem[]>([])
  const [summary, setSummary] = useState<ImportSummary>()
  const [working, setWorking] = useState(false)
  const [trace, setTrace] = useState<ChosenTrace>()
  const setTexts = (next: ImportTexts): void => { keptTexts = next; setTextsState(next); setSummary(undefined); setProblems([]) }
  const read = (): void => inBackground(async () => {
    setWorking(true)
    try {
      const answer = await lab.importMachine(from === 'trace' && trace ? await traceSource(trace) : sourceOf(from, texts))
      setProblems(answer.ok ? [] : answer.problems)
      setSummary(answer.ok ? answer.value : undefined)
    } finally { setWorking(false) }
  })
  const use = (): void => {
    if (!summary) return
    openScenario(summary.scenario.id, prettyJson(summary.scenario))
    // The default also means that the files don't tell.
    if (summary.kernel !== description().kernels.find(({ scope }) => scope === 'full')?.name) chooseBase(summary.kernel)
    onClose()
  }
  const ready = from === 'this-machine' || (from === 'trace' ? trace !== undefined : from === 'files' ? !!texts.zoneinfo?.trim() : !!texts.config?.trim())
  return (
    <Dialog
      title={m.importMachine} wide onClose={onClose}
      footer={<>{!ready && <span className="muted small">{from === 'files' ? m.zoneinfoNeeded : ''}</span>}<span className="grow" /><Button onClick={onClose}>{m.cancel}</Button>{summary ? <Button tone="primary" onClick={use}>{m.useMachine}</Button> : <Button tone="primary" disabled={!ready || working} onClick={read}>{m.readIt}</Button>}</>}
    >
      <Segmented
        label={m.importFrom} value={from} onChange={(value) => { setFrom(value); setSummary(undefined); setProblems([]) }}
        options={[{ value: 'files', label: m.importFiles }, { value: 'this-machine', label: m.thisMachine }, { value: 'config-json', label: 'config.json' }, { value: 'trace', label: m.traceFile }]}
      />
      {from === 'files' && <FileTexts texts={texts} onChange={setTexts} />}
      {from === 'this-machine' && <p>{m.thisMachineHint}</p>}
      {from === 'config-json' && <ConfigText texts={texts} onChange={setTexts} />}
      {from === 'trace' && <TraceFile trace={trace} onChange={(next) => { setTrace(next); setSummary(undefined); setProblems([]) }} />}
      <Problems problems={problems} title={m.importRefused} />
      {summary && <Summary summary={summary} />}
    </Dialog>
  )
}

interface TextsProps { readonly texts: ImportTexts; onChange(texts: ImportTexts): void }

function FileTexts({ texts, onChange }: TextsProps): ReactNode {
  const m = useMessages()
  const drop = (event: DragEvent): void => {
    event.preventDefault()
    inBackground(async () => onChange({ ...texts, ...await readFiles([...event.dataTransfer.files]) }))
  }
  return (
    <div className="import" onDragOver={(event) => event.preventDefault()} onDrop={drop}>
      <div className="row"><p className="muted grow">{m.importHint}</p><OpenFiles label={m.openFiles} multiple onFiles={(files) => inBackground(async () => onChange({ ...texts, ...await readFiles(files) }))} /></div>
      <Pasted kind="zoneinfo" big texts={texts} onChange={onChange} />
      <div className="import-more">{FILE_KINDS.filter((kind) => kind !== 'zoneinfo' && kind !== 'config').map((kind) => <Pasted key={kind} kind={kind} texts={texts} onChange={onChange} />)}</div>
    </div>
  )
}

function ConfigText({ texts, onChange }: TextsProps): ReactNode {
  const m = useMessages()
  return (
    <div className="import">
      <div className="row"><p className="muted grow">{m.configHint}</p><OpenFiles label={m.openFiles} onFiles={(files) => inBackground(async () => onChange({ ...texts, config: await files[0]?.text() }))} /></div>
      <Pasted kind="config" big texts={texts} onChange={onChange} />
    </div>
  )
}

function Pasted({ kind, big, texts, onChange }: TextsProps & { readonly kind: FileKind; readonly big?: boolean }): ReactNode {
  const m = useMessages()
  const label = kind === 'config' ? 'config.json' : kind === 'sysctl' ? '/proc/sys/vm' : `/proc/${kind}`
  return (
    <label className={big ? 'pasted big' : 'pasted'}>
      <span className="field-label"><code>{label}</code>{kind === 'zoneinfo' && <span className="muted"> {m.needed}</span>}{kind === 'sysctl' && <span className="muted"> sysctl -a</span>}</span>
      <textarea
        rows={big ? 9 : 3} spellCheck={false} wrap="off" value={texts[kind] ?? ''} data-testid={`import-${kind}`}
        onChange={(event) => onChange({ ...texts, [kind]: event.target.value })}
      />
    </label>
  )
}

function Summary({ summary }: { readonly summary: ImportSummary }): ReactNode {
  const m = useMessages()
  const box = useRef<HTMLDivElement>(null)
  // It comes below the texts it was read from: without this nobody sees what was assumed.
  useEffect(() => { box.current?.scrollIntoView({ block: 'start' }) }, [summary])
  return (
    <div ref={box} className="import-summary" data-testid="import-summary">
      <MachineSummary scenario={summary.scenario} />
      <Told title={m.wasRead} mark="✓" items={summary.read} />
      <Told title={m.wasAssumed} mark="≈" items={summary.assumed} />
      <Told title={m.notModelled} mark="–" items={summary.notModelled} />
    </div>
  )
}

function Told({ title, mark, items }: { readonly title: string; readonly mark: string; readonly items: readonly Text[] }): ReactNode {
  const m = useMessages()
  const say = useText()
  return (
    <section className="told">
      <h3>{title}</h3>
      {items.length === 0 ? <p className="muted">{m.none}</p> : <ul>{items.map((item, index) => <li key={index}><span aria-hidden="true">{mark}</span> {say(item)}</li>)}</ul>}
    </section>
  )
}

function sourceOf(from: From, texts: ImportTexts): ImportSource {
  if (from === 'this-machine') return { kind: 'this-machine' }
  if (from === 'config-json') return { kind: 'config-json', text: texts.config ?? '' }
  const { zoneinfo = '', meminfo, vmstat, buddyinfo, swaps, sysctl } = texts
  const given = (text: string | undefined): string | undefined => (text?.trim() ? text : undefined)
  return { kind: 'text', files: { zoneinfo, meminfo: given(meminfo), vmstat: given(vmstat), buddyinfo: given(buddyinfo), swaps: given(swaps), sysctl: sysctl?.trim() ? readSysctlLines(sysctl) : undefined } }
}

/** `vm.swappiness = 60` lines as `sysctl -a` prints them. */
function readSysctlLines(text: string): Readonly<Record<string, string>> {
  const pairs = text.split('\n').map((line) => /^\s*([\w./-]+)\s*[=:]\s*(.*?)\s*$/.exec(line)).filter((match) => match !== null)
  return Object.fromEntries(pairs.map((match) => [match[1].replace(/^\/proc\/sys\//, '').replaceAll('/', '.'), match[2]]))
}
