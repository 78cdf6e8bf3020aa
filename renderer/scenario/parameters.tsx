/** A policy's declared parameters: numbers as slider and field, switches, choices. Values outside the declared range can't be entered. */
import { useId, useState } from 'react'
import type { ReactNode } from 'react'
import type { ParamInfo, PolicyInfo } from '../../preload/contract'
import { useTold } from '../app/description'
import { useStore } from '../app/store'
import { useMessages } from '../i18n'
import { Button, Toggle } from '../ui/controls'
import { number } from '../ui/format'
import { setParam, setup } from './setup-store'
import type { ParamValue } from './setup-store'

export function Parameters({ policy }: { readonly policy: PolicyInfo }): ReactNode {
  const { params } = useStore(setup)
  return <div className="params">{policy.params.map((info) => <Parameter key={info.name} policy={policy.name} info={info} value={params[`${policy.name}.${info.name}`] ?? info.default} />)}</div>
}

interface ParameterProps { readonly policy: string; readonly info: ParamInfo; readonly value: ParamValue }

function Parameter({ policy, info, value }: ParameterProps): ReactNode {
  const m = useMessages()
  const told = useTold()
  const set = (next: ParamValue): void => setParam(policy, info.name, next)
  return (
    <div className="param" title={told(info.about)}>
      {info.kind === 'number' && <NumberParameter info={info} value={Number(value)} onChange={set} />}
      {info.kind === 'boolean' && <Toggle on={value === true} label={info.name} onChange={set} />}
      {info.kind === 'choice' && (
        <label className="inline"><code>{info.name}</code> <select value={String(value)} onChange={(event) => set(event.target.value)}>{(info.choices ?? []).map((choice) => <option key={choice}>{choice}</option>)}</select></label>
      )}
      {value !== info.default && <Button tone="quiet" className="tiny reset" title={m.backTo(String(info.default))} aria-label={`${info.name}: ${m.backTo(String(info.default))}`} onClick={() => set(info.default)}>↺</Button>}
    </div>
  )
}

function NumberParameter({ info, value, onChange }: { readonly info: ParamInfo; readonly value: number; onChange(value: number): void }): ReactNode {
  const m = useMessages()
  const id = useId()
  const [typed, setTyped] = useState<string>()
  const { min = 0, max = 100 } = info
  const step = info.step ?? ((max - min) / 100 || 1)
  const wrong = typed !== undefined && !fits(Number(typed), typed, min, max, info.step)
  const type = (text: string): void => {
    setTyped(text)
    if (fits(Number(text), text, min, max, info.step)) onChange(Number(text))
  }
  return (
    <>
      <label htmlFor={id}><code>{info.name}</code></label>
      <input id={id} className="slider" type="range" min={min} max={max} step={step} value={value} onChange={(event) => { setTyped(undefined); onChange(event.target.valueAsNumber) }} aria-valuetext={`${number(value)} ${m.units[info.unit ?? ''] ?? info.unit ?? ''}`} />
      <input className="num" inputMode="decimal" value={typed ?? String(value)} aria-label={info.name} aria-invalid={wrong} onChange={(event) => type(event.target.value)} onBlur={() => setTyped(undefined)} />
      <span className="unit">{m.units[info.unit ?? ''] ?? info.unit}</span>
      {wrong && <span className="bad small say">{m.paramRange(number(min), number(max), info.step === undefined ? '' : number(info.step))}</span>}
    </>
  )
}

function fits(value: number, text: string, min: number, max: number, step: number | undefined): boolean {
  if (text.trim() === '' || !Number.isFinite(value) || value < min || value > max) return false
  return step === undefined || !Number.isInteger(step) || Number.isInteger((value - min) / step)
}
