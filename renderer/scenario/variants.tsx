/** Machines beside the base that differ from it by settings: a name and what is set, one line each. */
import type { ReactNode } from 'react'
import { useStore } from '../app/store'
import { useMessages } from '../i18n'
import { Button } from '../ui/controls'
import { removeVariant, setVariants, setup } from './setup-store'
import { StackBuilder } from './stack-builder'
import { LONGEST_LABEL, readVariant } from './variant-text'
import type { VariantChoice } from './variant-text'

export function Variants(): ReactNode {
  const m = useMessages()
  const { variants } = useStore(setup)
  const add = (): void => setVariants([...variants, { label: freshLabel(variants, m.variant), text: '' }])
  return (
    <>
      <p className="label">{m.variants}</p>
      {variants.length === 0 && <p className="muted small">{m.variantsNone}</p>}
      <ul className="variants">
        {variants.map((variant, index) => (
          <VariantRow
            key={index} variant={variant} machine={index + 1}
            onChange={(next) => setVariants(variants.map((other, at) => (at === index ? next : other)))}
            onRemove={() => removeVariant(index)}
          />
        ))}
      </ul>
      <Button onClick={add}>{m.newVariant}</Button>
    </>
  )
}

interface VariantRowProps { readonly variant: VariantChoice; readonly machine: number; onChange(next: VariantChoice): void; onRemove(): void }

function VariantRow({ variant, machine, onChange, onRemove }: VariantRowProps): ReactNode {
  const m = useMessages()
  const reading = readVariant(variant, m)
  return (
    <li className="variant" data-variant={variant.label}>
      <span className="machine-dot" style={{ background: `var(--machine-${machine % 6})` }} aria-hidden="true" />
      <input className="variant-label" aria-label={m.variantLabel} value={variant.label} maxLength={LONGEST_LABEL} onChange={(event) => onChange({ ...variant, label: event.target.value })} />
      <Button tone="quiet" className="icon" aria-label={m.removeVariant(variant.label)} onClick={onRemove}>✕</Button>
      <input className="variant-text" aria-label={m.variantSets(variant.label)} spellCheck={false} placeholder="vm.swappiness=10" value={variant.text} aria-invalid={!reading.ok} onChange={(event) => onChange({ ...variant, text: event.target.value })} />
      <StackBuilder text={variant.text} onChange={(text) => onChange({ ...variant, text })} />
      {variant.machine !== undefined && <span className="muted small say">{m.variantMachine(Object.keys(variant.machine).join(', '))}</span>}
      {!reading.ok && <span className="bad small say">{reading.problems[0]?.message}</span>}
    </li>
  )
}

function freshLabel(variants: readonly VariantChoice[], word: string): string {
  for (let n = variants.length + 1; ; n++) {
    const label = `${word} ${n}`
    if (!variants.some((variant) => variant.label === label)) return label
  }
}
