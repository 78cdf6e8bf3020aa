/** Where each kernel takes each decision: its own function, a line where the hooks are listed, a function of another kernel it builds on, or nowhere. */
import ts from 'typescript'
import type { HookSource } from '../../preload/contract'
import { docOf } from './api-model'
import { declarationOf, declaredName, definitionOf, hookCode, nameOf, objectNamed, textWithHelpers, type HookCode } from './hook-code'

export interface KernelFile { readonly name: string; readonly path: string; readonly file: ts.SourceFile }

/** `read` gives the kernels' texts by their paths in the project. */
export function readKernels(paths: readonly string[], read: (path: string) => string): readonly KernelFile[] {
  return paths.map((path) => {
    const file = ts.createSourceFile(path, read(path), ts.ScriptTarget.ES2023, true)
    return { name: kernelName(file) ?? path.replace(/^.*\/|\.ts$/g, ''), path, file }
  })
}

function kernelName(file: ts.SourceFile): string | undefined {
  const name = definitionOf(file)?.properties.find((one) => nameOf(one) === 'name')
  return name && ts.isPropertyAssignment(name) && ts.isStringLiteral(name.initializer) ? name.initializer.text : undefined
}

export function hookSource(kernel: KernelFile, hook: string, kernels: readonly KernelFile[]): HookSource {
  const found = codeIn(kernel, hook, kernels)
  if (!found) return { kernel: kernel.name, kind: 'none' }
  const { node, owner, inline } = found
  const { line, character } = owner.file.getLineAndCharacterOfPosition(declaredName(node).getStart())
  return {
    kernel: kernel.name, kind: owner !== kernel ? 'other' : inline ? 'inline' : 'function', in: owner.name, file: owner.path,
    line: line + 1, column: character + 1, endLine: owner.file.getLineAndCharacterOfPosition(node.end).line + 1, about: docOf(node), reads: fieldsRead(node), text: textWithHelpers(node),
  }
}

interface Found { readonly owner: KernelFile; readonly node: ts.Node; readonly inline: boolean }

/** Follows imports from kernel to kernel; each is asked once, so a circle ends. */
function codeIn(kernel: KernelFile, hook: string, kernels: readonly KernelFile[], asked: ReadonlySet<KernelFile> = new Set()): Found | undefined {
  const definition = definitionOf(kernel.file)
  const hooks = definition && objectNamed(definition, 'hooks')
  const code = hooks && hookCode(hooks, hook)
  if (!code || asked.has(kernel)) return undefined
  if (code.kind !== 'imported') return { owner: kernel, node: code.node, inline: code.kind === 'inline' }
  return importedCode(code, kernel, kernels, new Set([...asked, kernel]))
}

function importedCode({ from, name }: HookCode & { readonly kind: 'imported' }, by: KernelFile, kernels: readonly KernelFile[], asked: ReadonlySet<KernelFile>): Found | undefined {
  const path = `${by.path.replace(/[^/]*$/, '')}${from.replace(/^\.\//, '').replace(/\.ts$/, '')}.ts`
  const owner = kernels.find((one) => one.path === path)
  const whole = /^default\.hooks\.(\w+)$/.exec(name)
  if (!owner) return undefined
  if (whole) return codeIn(owner, whole[1], kernels, asked)
  const node = declarationOf(name, owner.file)
  return node && { owner, node, inline: false }
}

/** Of a function whose first parameter is an object: the fields it takes apart or reads. */
export function fieldsRead(node: ts.Node): readonly string[] {
  const made = functionIn(node)
  const first = made?.parameters[0]?.name
  if (!made || !first) return []
  if (ts.isObjectBindingPattern(first)) return first.elements.map((one) => (one.propertyName ?? one.name).getText())
  const found = new Set<string>()
  const visit = (one: ts.Node): void => {
    if (ts.isPropertyAccessExpression(one) && ts.isIdentifier(one.expression) && one.expression.text === first.getText()) found.add(one.name.text)
    ts.forEachChild(one, visit)
  }
  if (made.body) visit(made.body)
  return [...found]
}

function functionIn(node: ts.Node): ts.FunctionLikeDeclaration | undefined {
  if (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) return node
  const value = ts.isPropertyAssignment(node) ? node.initializer : ts.isVariableStatement(node) ? node.declarationList.declarations[0].initializer : undefined
  return value && (ts.isArrowFunction(value) || ts.isFunctionExpression(value)) ? value : undefined
}
