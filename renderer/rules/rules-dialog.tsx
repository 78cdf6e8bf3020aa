/** A policy from rules: what is to hold and what happens then on one side, the TypeScript that it becomes on the other. */
import type { ReactNode } from 'react'
import type { Problem, RulesCatalogue } from '../../preload/contract'
import { policyNamed, told, useDescription } from '../app/description'
import { useStore } from '../app/store'
import { documentWithKey } from '../editor/documents'
import { useMessages } from '../i18n'
import { Button, Field } from '../ui/controls'
import { Dialog } from '../ui/dialog'
import { Problems } from '../ui/problems'
import { KindWithFields, RuleFields, RuleInput } from './rule-fields'
import { blankFields, blankOf, changeRules, closeRules, rulesForm, takeRules } from './rules-form'
import type { RulesForm, TypedRule, Values } from './rules-form'

export function RulesDialog(): ReactNode {
  const form = useStore(rulesForm)
  return form ? <OpenRules form={form} /> : null
}

function OpenRules({ form }: { readonly form: RulesForm }): ReactNode {
  const m = useMessages()
  const { rules: catalogue } = useDescription()
  const { rules, code, problems, key, edited } = form
  const taken = nameTaken(form)
  const ready = code !== undefined && problems.length === 0 && !taken
  return (
    <Dialog
      title={key === undefined ? m.rules.title : m.rules.titleOf(rules.name)} wide onClose={closeRules}
      footer={<>{taken && <span className="bad small">{m.nameTaken(rules.name)}</span>}<span className="grow" /><Button onClick={closeRules}>{m.cancel}</Button><Button tone="primary" disabled={!ready} onClick={takeRules}>{key === undefined ? m.create : m.rules.replace}</Button></>}
    >
      {edited && <div className="note warn" role="alert"><span>{m.rules.edited}</span></div>}
      <div className="rules">
        <div className="rules-form" data-testid="rules-form">
          <Field label={m.policyName} hint={own(problems, 'name')}><input data-autofocus value={rules.name} spellCheck={false} onChange={(event) => changeRules((now) => ({ ...now, name: event.target.value }))} /></Field>
          <Field label={m.rules.describe} hint={own(problems, 'describe')}><input value={rules.describe} maxLength={300} onChange={(event) => changeRules((now) => ({ ...now, describe: event.target.value }))} /></Field>
          <p className="muted small">{m.rules.hint}</p>
          {rules.rules.map((rule, i) => <RuleCard key={i} rule={rule} at={i} count={rules.rules.length} problems={problems} catalogue={catalogue} />)}
          <Button disabled={rules.rules.length >= catalogue.mostRules} onClick={() => changeRules((now) => ({ ...now, rules: [...now.rules, blankRule(catalogue)] }))}>{m.rules.addRule}</Button>
          {rules.rules.length > 0 && <span className="rule-line"><RuleInput field={catalogue.lookMs} value={rules.lookMs} wrong={problems.find(({ path }) => path === 'lookMs')?.message} onChange={(lookMs) => changeRules((now) => ({ ...now, lookMs }))} /></span>}
          <h3>{m.rules.schemes}</h3>
          <p className="muted small">{m.rules.schemesHint}</p>
          {rules.schemes.map((scheme, i) => <SchemeCard key={i} scheme={scheme} at={i} problems={problems} catalogue={catalogue} />)}
          <Button disabled={rules.schemes.length >= catalogue.mostSchemes} onClick={() => changeRules((now) => ({ ...now, schemes: [...now.schemes, blankFields(catalogue.scheme)] }))}>{m.rules.addScheme}</Button>
          {rules.schemes.length > 0 && <span className="rule-line"><RuleFields fields={catalogue.watch} values={rules.watch} path="watch" problems={problems} onChange={(watch) => changeRules((now) => ({ ...now, watch }))} /></span>}
        </div>
        <Preview form={form} />
      </div>
    </Dialog>
  )
}

function Preview({ form: { code, problems } }: { readonly form: RulesForm }): ReactNode {
  const m = useMessages()
  return (
    <div className="rules-code">
      <Problems problems={problems} title={m.rules.refused} />
      {problems.length === 0 && <Problems problems={code?.notes ?? []} tone="warning" title={m.rules.notes} />}
      <pre tabIndex={0} aria-label={m.rules.preview} data-testid="rules-code" className={problems.length > 0 ? 'stale' : ''}>{code?.text ?? ''}</pre>
    </div>
  )
}

interface CardProps { readonly at: number; readonly problems: readonly Problem[]; readonly catalogue: RulesCatalogue }

function RuleCard({ rule, at, count, problems, catalogue }: CardProps & { readonly rule: TypedRule; readonly count: number }): ReactNode {
  const m = useMessages()
  const path = `rules[${at}]`
  const change = (next: TypedRule): void => changeRules((now) => ({ ...now, rules: now.rules.map((other, i) => (i === at ? next : other)) }))
  const swap = (by: number): void => changeRules((now) => ({ ...now, rules: now.rules.map((other, i) => (i === at ? now.rules[at + by] : i === at + by ? rule : other)) }))
  const fitting = catalogue.conditions.filter(({ id, only }) => only === undefined || only.includes(String(rule.then['do'])) || rule.when.some((one) => one['if'] === id))
  const wrong = problems.filter((problem) => problem.path === path || problem.path === `${path}.when`)
  return (
    <fieldset className="rule">
      <legend>{m.rules.rule(at + 1)}</legend>
      <span className="rule-moves">
        <Button tone="quiet" className="icon tiny" disabled={at === 0} aria-label={m.form.up(at + 1)} onClick={() => swap(-1)}>↑</Button>
        <Button tone="quiet" className="icon tiny" disabled={at === count - 1} aria-label={m.form.down(at + 1)} onClick={() => swap(1)}>↓</Button>
        <Button tone="quiet" className="icon tiny" aria-label={m.rules.removeRule(at + 1)} onClick={() => changeRules((now) => ({ ...now, rules: now.rules.filter((_, i) => i !== at) }))}>✕</Button>
      </span>
      {rule.when.length === 0 && <p className="rule-line"><b>{m.rules.always}</b></p>}
      {rule.when.map((condition, n) => (
        <div key={n} className="rule-line">
          <b>{n === 0 ? m.rules.when : m.rules.and}</b>
          <KindWithFields tag="if" label={m.rules.condition(at + 1, n + 1)} kinds={fitting} values={condition} path={`${path}.when[${n}]`} problems={problems} onChange={(next) => change({ ...rule, when: rule.when.map((other, i) => (i === n ? next : other)) })} />
          <Button tone="quiet" className="icon tiny" aria-label={m.rules.removeCondition(at + 1, n + 1)} onClick={() => change({ ...rule, when: rule.when.filter((_, i) => i !== n) })}>✕</Button>
        </div>
      ))}
      <Button className="tiny" tone="quiet" disabled={rule.when.length >= catalogue.mostConditions} onClick={() => change({ ...rule, when: [...rule.when, blankCondition(catalogue)] })}>{m.rules.addCondition}</Button>
      <div className="rule-line"><b>{m.rules.then}</b><KindWithFields tag="do" label={m.rules.action(at + 1)} kinds={catalogue.actions} values={rule.then} path={`${path}.then`} problems={problems} onChange={(then) => change({ ...rule, then })} /></div>
      {wrong.map((problem, i) => <p key={i} className="bad small">{told(problem.message)}</p>)}
    </fieldset>
  )
}

function SchemeCard({ scheme, at, problems, catalogue }: CardProps & { readonly scheme: Values }): ReactNode {
  const m = useMessages()
  return (
    <fieldset className="rule">
      <legend>{m.rules.scheme(at + 1)}</legend>
      <span className="rule-moves"><Button tone="quiet" className="icon tiny" aria-label={m.rules.removeScheme(at + 1)} onClick={() => changeRules((now) => ({ ...now, schemes: now.schemes.filter((_, i) => i !== at) }))}>✕</Button></span>
      <div className="rule-line"><RuleFields fields={catalogue.scheme} values={scheme} path={`schemes[${at}]`} problems={problems} onChange={(next) => changeRules((now) => ({ ...now, schemes: now.schemes.map((other, i) => (i === at ? next : other)) }))} /></div>
    </fieldset>
  )
}

function own(problems: readonly Problem[], path: string): ReactNode {
  const found = problems.find((problem) => problem.path === path)
  return found && <span className="bad">{told(found.message)}</span>
}

function nameTaken({ rules: { name }, key }: RulesForm): boolean {
  const known = policyNamed(name)
  return known?.origin === 'workspace' && `policy:${known.file}` !== key && documentWithKey(key)?.policy !== name
}

function blankCondition({ conditions }: RulesCatalogue): Values {
  const [first] = conditions
  return first ? blankOf('if', first) : {}
}

function blankRule({ conditions, actions }: RulesCatalogue): TypedRule {
  const [condition, action] = [conditions[0], actions[0]]
  return { when: condition ? [blankOf('if', condition)] : [], then: action ? blankOf('do', action) : {} }
}
