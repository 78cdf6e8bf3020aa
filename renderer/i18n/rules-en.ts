/** Words of the form that makes policies from rules, in English. Conditions and actions bring their own. */
export const rulesEn = {
  units: {} as Readonly<Record<string, string>>,
  open: 'New policy from rules…', edit: 'Rules…', title: 'New policy from rules', titleOf: (name: string) => `Rules of ${name}`, describe: 'What it is for (may stay empty)', replace: 'Replace the code',
  hint: 'Rules for the same decision are asked in their order; the first that holds answers. What none answers, the base decides.', schemes: 'Schemes', schemesHint: 'As DAMON’s: the policy looks at a share of all pages every so often, and does something with those that fit. Of several schemes the first that fits takes a page.',
  addRule: 'Add a rule', addScheme: 'Add a scheme', addCondition: '+ condition', rule: (n: number) => `Rule ${n}`, scheme: (n: number) => `Scheme ${n}`, removeRule: (n: number) => `Remove rule ${n}`, removeScheme: (n: number) => `Remove scheme ${n}`, removeCondition: (rule: number, n: number) => `Remove condition ${n} of rule ${rule}`,
  always: 'Always', when: 'When', and: 'and', then: 'then', condition: (rule: number, n: number) => `Condition ${n} of rule ${rule}`, action: (rule: number) => `What rule ${rule} does`,
  refused: 'These rules can’t be used yet', notes: 'Allowed, but probably not meant', preview: 'The policy in TypeScript', replaced: 'The code was made anew from its rules and is not saved yet; what stood there is among the versions.',
  edited: 'The code of this policy was changed by hand since its rules made it. Replacing it makes it anew from the rules below; what stands there now is kept among the versions.',
}
