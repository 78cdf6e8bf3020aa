/** The policy API as data, read from the comments of plugins/api: what the reference is written from, what the window shows, what snippets are made of. */
import ts from 'typescript'
import type { ApiItem, ApiModel, ApiType } from '../../preload/contract'
import { listSources, readSource } from './sources'

/** Interfaces in the order in which they are read, with a title each. */
const SECTIONS: readonly (readonly [title: string, names: readonly string[]])[] = [
  ['Hooks', ['Hooks']],
  ['Notifications', ['Notifications']],
  ['k, in every hook', ['PolicyContext', 'PolicyRandom', 'ExactMath', 'Folios', 'FolioList', 'FolioStore']],
  ['k, in init', ['SetupContext']],
  ['k, in a controller', ['ControllerContext', 'Psi', 'SwapView']],
  ['A policy', ['PolicyDefinition', 'Controller', 'NumberParam', 'BooleanParam', 'ChoiceParam']],
]

export interface ApiSources {
  readonly interfaces: ReadonlyMap<string, ts.InterfaceDeclaration>
  readonly model: ApiModel
}

let cache: ApiSources | undefined

export function apiSources(): ApiSources {
  return cache ??= readApi()
}

function readApi(): ApiSources {
  const files = listSources('plugins/api').map((path) => ts.createSourceFile(path, readSource(path), ts.ScriptTarget.ES2023, true))
  const interfaces = new Map(files.flatMap((file) => file.statements.filter(ts.isInterfaceDeclaration).map((one) => [one.name.text, one] as const)))
  const named = new Set(SECTIONS.flatMap(([, names]) => names))
  const rest = [...interfaces.keys()].filter((name) => !named.has(name))
  const sections = [...SECTIONS, ['Arguments, answers and views', rest] as const].map(([title, names]) => ({ title, types: names.flatMap((name) => { const one = interfaces.get(name); return one ? [typeOf(one)] : [] }) }))
  const constants = files.flatMap((file) => file.statements.filter(ts.isVariableStatement).flatMap((one) => constantsOf(one)))
  return { interfaces, model: { sections, constants } }
}

export function itemOf(member: ts.TypeElement | ts.ParameterDeclaration): ApiItem {
  return { name: member.name?.getText() ?? '', signature: member.getText().replace(/\s+/g, ' ').replace(/^readonly /, ''), doc: docOf(member) }
}

/** The comment above a declaration, on one line. */
export function docOf(node: ts.Node): string {
  return ts.getJSDocCommentsAndTags(node).map(({ comment }) => (typeof comment === 'string' ? comment : ts.getTextOfJSDocComment(comment) ?? '')).join(' ').replace(/\s+/g, ' ').trim()
}

function typeOf(one: ts.InterfaceDeclaration): ApiType {
  return { name: one.name.text, doc: docOf(one), items: one.members.map(itemOf) }
}

function constantsOf(statement: ts.VariableStatement): readonly ApiItem[] {
  return statement.declarationList.declarations.flatMap((one) => {
    const value = one.initializer?.getText() ?? ''
    return /^\d+$/.test(value) ? [{ name: one.name.getText(), signature: value, doc: docOf(statement) }] : []
  })
}
