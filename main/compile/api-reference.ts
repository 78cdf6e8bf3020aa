/**
 * The reference of the policy API as Markdown, from the same comments that the editor shows: `npm run docs:api` writes it to plugins/api/REFERENCE.md.
 */
import ts from 'typescript'
import { listSources, readSource } from './sources'

interface Entry {
  readonly name: string
  readonly signature: string
  readonly doc: string
}

/** Interfaces in the order in which they are read, with a title each. */
const SECTIONS: readonly (readonly [title: string, names: readonly string[]])[] = [
  ['Hooks', ['Hooks']],
  ['Notifications', ['Notifications']],
  ['k, in every hook', ['PolicyContext', 'PolicyRandom', 'ExactMath', 'Folios', 'FolioList', 'FolioStore']],
  ['k, in init', ['SetupContext']],
  ['k, in a controller', ['ControllerContext', 'Psi', 'SwapView']],
  ['A policy', ['PolicyDefinition', 'Controller', 'NumberParam', 'BooleanParam', 'ChoiceParam']],
]

export function apiReference(): string {
  const files = listSources('plugins/api').map((path) => ts.createSourceFile(path, readSource(path), ts.ScriptTarget.ES2023, true))
  const interfaces = new Map(files.flatMap((file) => file.statements.filter(ts.isInterfaceDeclaration).map((one) => [one.name.text, one] as const)))
  const named = new Set(SECTIONS.flatMap(([, names]) => names))
  const rest = [...interfaces.keys()].filter((name) => !named.has(name))
  const sections = [...SECTIONS, ['Arguments, answers and views', rest] as const]
  const constants = files.flatMap((file) => file.statements.filter(ts.isVariableStatement).flatMap((one) => constantOf(one)))
  return `# The policy API, version 1

Written by \`npm run docs:api\` from plugins/api; do not edit. \`import { definePolicy } from 'reclaim-lab'\` is the only import a policy may have. Units: pages of 4 KiB and virtual
nanoseconds, unless a name ends in Kb, Ms or Percent.

${sections.map(([title, names]) => sectionOf(title, names.flatMap((name) => interfaces.get(name) ?? []))).join('\n')}
## Constants

${constants.map(({ name, signature, doc }) => `- \`${name} = ${signature}\`${doc === '' ? '' : `: ${doc}`}`).join('\n')}
`
}

function sectionOf(title: string, interfaces: readonly ts.InterfaceDeclaration[]): string {
  return `## ${title}\n\n${interfaces.map((one) => `${interfaces.length > 1 ? `### ${one.name.text}\n\n` : ''}${paragraph(docOf(one))}${one.members.map(memberOf).map(itemOf).join('\n')}\n`).join('\n')}`
}

function itemOf({ signature, doc }: Entry): string {
  return `- \`${signature}\`${doc === '' ? '' : `  \n  ${doc}`}`
}

function memberOf(member: ts.TypeElement): Entry {
  const text = member.getText().replace(/\s+/g, ' ').replace(/^readonly /, '')
  return { name: member.name?.getText() ?? '', signature: text, doc: docOf(member) }
}

function constantOf(statement: ts.VariableStatement): readonly Entry[] {
  return statement.declarationList.declarations.flatMap((one) => {
    const value = one.initializer?.getText() ?? ''
    return /^\d+$/.test(value) ? [{ name: one.name.getText(), signature: value, doc: docOf(statement) }] : []
  })
}

function docOf(node: ts.Node): string {
  return ts.getJSDocCommentsAndTags(node).map(({ comment }) => (typeof comment === 'string' ? comment : ts.getTextOfJSDocComment(comment) ?? '')).join(' ').replace(/\s+/g, ' ').trim()
}

function paragraph(text: string): string {
  return text === '' ? '' : `${text}\n\n`
}
