/** Sysctls that differ from the scenario's, for every machine of the comparison; each value is checked against the kernel's range as it is typed. */
import { useId } from 'react'
import type { ReactNode } from 'react'
import { sysctlsOf, useTold } from '../app/description'
import { useStore } from '../app/store'
import { useMessages } from '../i18n'
import { Button } from '../ui/controls'
import { removeSysctl, setSysctls, setup, sysctlsToVariant } from './setup-store'
import type { SysctlOverride } from './setup-store'
import { readSysctl } from './sysctl-value'
import { useScenario } from './use-scenario'

export function Sysctls(): ReactNode {
  const m = useMessages()
  const { sysctls, base } = useStore(setup)
  const scenario = useScenario()
  const known = sysctlsOf(base)
  const add = (name: string): void => {
    const standard = scenario?.sysctls[name] ?? known.find((info) => info.name === name)?.default ?? 0
    setSysctls([...sysctls, { name, text: typeof standard === 'number' ? String(standard) : standard.join(' ') }])
  }
  const free = known.filter((info) => !sysctls.some((override) => override.name === info.name))
  return (
    <div className="sysctls">
      {sysctls.length === 0 && <p className="muted small">{m.sysctlsNone}</p>}
      {sysctls.map((override, index) => (
        <SysctlRow
          key={override.name} override={override}
          onText={(text) => setSysctls(sysctls.map((other, at) => (at === index ? { ...other, text } : other)))}
          onRemove={() => removeSysctl(override.name)}
        />
      ))}
      {sysctls.length > 0 && <p className="muted small">{m.sysctlsEverywhere} <button type="button" className="link" title={m.sysctlsToVariantHint} disabled={sysctls.some(({ name, text }) => !readSysctl(name, text, known, m).ok)} onClick={sysctlsToVariant}>{m.sysctlsToVariant}</button></p>}
      <select aria-label={m.addSysctl} value="" onChange={(event) => add(event.target.value)} disabled={free.length === 0}>
        <option value="" disabled>{m.addSysctl}</option>
        {free.map((info) => <option key={info.name} value={info.name}>{info.name}</option>)}
      </select>
    </div>
  )
}

interface SysctlRowProps { readonly override: SysctlOverride; onText(text: string): void; onRemove(): void }

function SysctlRow({ override, onText, onRemove }: SysctlRowProps): ReactNode {
  const m = useMessages()
  const id = useId()
  const told = useTold()
  const known = sysctlsOf(useStore(setup).base)
  const info = known.find((sysctl) => sysctl.name === override.name)
  const reading = readSysctl(override.name, override.text, known, m)
  return (
    <div className="sysctl">
      <label htmlFor={id}><code title={info && told(info.about)}>{override.name}</code></label>
      <input id={id} className="num" inputMode="numeric" value={override.text} aria-invalid={!reading.ok} aria-describedby={`${id}-say`} onChange={(event) => onText(event.target.value)} />
      <span className="unit">{m.units[info?.unit ?? ''] ?? info?.unit}</span>
      <Button tone="quiet" className="icon" aria-label={m.removeSysctl(override.name)} onClick={onRemove}>✕</Button>
      <span id={`${id}-say`} className={reading.ok ? 'muted small say' : 'bad small say'}>{reading.ok ? info && told(info.about) : reading.message}</span>
    </div>
  )
}
