/** `lab policy`: rules in JSON become a policy in TypeScript, and come back out of it; what the window's form does. */
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { RuleField, RuleKind } from '../../preload/contract'
import { createContent } from '../lab/default-content'
import { codeOfText, rulesCatalogue, rulesIn, sysctlsOf } from '../lab/rules/rules'
import { toJson, type Command, type CommandContext } from './command'
import { EXIT, type ExitCode } from './exit-codes'
import { refuse, unwrap } from './problem-error'
import { readTextFile } from './scenario-argument'
import { messageOf } from '../lab/problems'

export const policyCommand: Command = {
  name: 'policy',
  about: 'make a policy from rules, or read the rules of one',
  details: [
    'lab policy --rules FILE.json [--out my.ts]   rules as TypeScript, on stdout or in a new file',
    'lab policy --read my.ts                      the rules that a policy was made from; exit status 1 when its code was changed by hand since',
    'lab policy --kinds                           the conditions and actions there are, with their fields',
    'A file of rules: {"name": "low-memory", "rules": [{"when": [{"if": "free", "percent": 10}], "then": {"do": "swappiness", "value": 0}}], "schemes": [{"action": "pageout"}]}.',
    'Fields left out have their defaults. Rules for the same decision are asked in their order, and the first that holds answers. With --json: {rules, text, notes}.',
  ].join('\n'),
  names: [],
  options: {
    rules: { type: 'string', value: 'FILE', about: 'rules in JSON' },
    out: { type: 'string', value: 'FILE', about: 'write the policy there; a file that exists is left alone' },
    read: { type: 'string', value: 'FILE', about: 'a policy that was made from rules' },
    kinds: { type: 'boolean', about: 'list conditions and actions' },
  },
  run: policy,
}

async function policy(context: CommandContext): Promise<ExitCode> {
  const { args, json, output } = context
  const [rules, read] = [args.text('rules'), args.text('read')]
  if ([rules !== undefined, read !== undefined, args.flag('kinds')].filter(Boolean).length !== 1) refuse('lab policy', 'needs one of --rules FILE, --read FILE, --kinds')
  if (rules !== undefined) return write(context, rules)
  if (read === undefined) {
    await output.out(json ? toJson(rulesCatalogue()) : kindsText())
    return EXIT.ok
  }
  const found = unwrap(rulesIn(await readTextFile(read)))
  if (found.edited && !json) await output.err(`${read}: its code was changed by hand since these rules made it\n`)
  await output.out(toJson(json ? found : found.rules))
  return found.edited ? EXIT.no : EXIT.ok
}

async function write({ args, json, output }: CommandContext, file: string): Promise<ExitCode> {
  const code = unwrap(codeOfText(await readTextFile(file), file, sysctlsOf(createContent().kernels)))
  const out = args.text('out')
  if (out !== undefined) await writeFile(resolve(out), code.text, { flag: 'wx' }).catch((error: unknown) => refuse('--out', messageOf(error)))
  if (!json) for (const { path, message } of code.notes) await output.err(`! ${path} ${message}\n`)
  await output.out(json ? toJson(code) : out === undefined ? code.text : `Written to ${out}\n`)
  return EXIT.ok
}

function kindsText(): string {
  const { conditions, actions, scheme, watch } = rulesCatalogue()
  return [
    'Conditions ("if")', ...conditions.flatMap(kindLines), '', 'Actions ("do")', ...actions.flatMap(kindLines), '', 'A scheme', ...scheme.map(fieldLine), '', 'Looks of the schemes ("watch")', ...watch.map(fieldLine), '',
  ].join('\n')
}

function kindLines({ id, about, fields, only }: RuleKind): readonly string[] {
  return [`  ${id}  ${about.en}${only === undefined ? '' : ` Only with ${only.join(', ')}.`}`, ...fields.map(fieldLine)]
}

function fieldLine(field: RuleField): string {
  if (field.kind === 'choice') return `    ${field.name}=${field.default}  ${field.choices.map(({ value }) => value).join(' | ')}`
  return field.kind === 'text' ? `    ${field.name}=${field.default}  ${field.what}` : `    ${field.name}=${field.default}  ${field.min} … ${field.max}${field.unit === '' ? '' : ` ${field.unit}`}`
}
