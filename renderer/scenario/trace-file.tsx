/** A trace file to import: which one, and how large the machine shall be. Only the beginning of a large one is sent; the summary says how much. */
import type { ReactNode } from 'react'
import type { ImportSource } from '../../preload/contract'
import { useMessages } from '../i18n'
import { Field } from '../ui/controls'
import { integer } from '../ui/format'
import { OpenFiles } from './open-files'

export interface ChosenTrace { readonly file: File; readonly mib: string }

/** Below what the loopback host takes in one message. */
const MOST_BYTES = 12 * 2 ** 20
const PAGES_PER_MIB = 256

export async function traceSource({ file, mib }: ChosenTrace): Promise<ImportSource> {
  const bytes = new Uint8Array(await file.slice(0, MOST_BYTES).arrayBuffer())
  return { kind: 'trace', name: file.name, bytes, size: file.size, ...(mib.trim() === '' ? {} : { memoryPages: Math.round(Number(mib) * PAGES_PER_MIB) }) }
}

export function TraceFile({ trace, onChange }: { readonly trace: ChosenTrace | undefined; onChange(trace: ChosenTrace): void }): ReactNode {
  const m = useMessages()
  const take = (files: readonly File[]): void => { const [file] = files; if (file) onChange({ file, mib: trace?.mib ?? '' }) }
  return (
    <div className="import" onDragOver={(event) => event.preventDefault()} onDrop={(event) => { event.preventDefault(); take([...event.dataTransfer.files]) }}>
      <div className="row"><p className="muted grow">{m.traceHint}</p><OpenFiles label={m.openFiles} onFiles={take} /></div>
      {trace && <p data-testid="trace-file"><code>{trace.file.name}</code> {m.traceBytes(integer(trace.file.size))} {trace.file.size > MOST_BYTES && m.traceCut(integer(MOST_BYTES))}</p>}
      <Field label={m.traceMemory} hint={m.traceMemoryHint}>
        <input className="num" inputMode="numeric" value={trace?.mib ?? ''} disabled={!trace} onChange={(event) => trace && onChange({ ...trace, mib: event.target.value })} />
      </Field>
    </div>
  )
}
