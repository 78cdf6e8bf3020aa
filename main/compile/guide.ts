/** Everything the lab can tell of the policy API: each hook with its arguments, answer and place in every kernel, and snippets that insert it. */
import type { HookName, NotificationName } from 'reclaim-lab'
import type ts from 'typescript'
import type { ApiGuide, ApiItem, HookGuide } from '../../preload/contract'
import { apiSources, docOf, itemOf } from './api-model'
import { HOOK_WORDS } from './hook-words'
import { hookSource, readKernels, type KernelFile } from './hook-sources'
import { snippetsOf, STARTER } from './policy-snippets'
import { listSources, readSource } from './sources'

let cache: ApiGuide | undefined

export function apiGuide(): ApiGuide {
  return cache ??= makeGuide()
}

function makeGuide(): ApiGuide {
  const { interfaces, model } = apiSources()
  const kernels = readKernels(listSources('plugins/kernels'), readSource).toSorted((a, b) => newest(b.name) - newest(a.name))
  const members = (name: string): readonly ts.MethodSignature[] => [...interfaces.get(name)?.members ?? []] as readonly ts.TypeElement[] as readonly ts.MethodSignature[]
  const hooks = [
    ...members('Hooks').map((member) => guideOf(member, 'hook', kernels, interfaces)),
    ...members('Notifications').map((member) => guideOf(member, 'notification', kernels, interfaces)),
  ]
  return { ...model, hooks, snippets: snippetsOf(hooks, interfaces), starter: STARTER }
}

/** `linux-6.1` before `linux-5.15` before `android-3.18`, as the window lists them. */
function newest(name: string): number {
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)$/.exec(name) ?? []
  return Number(major) * 1000 + Number(minor)
}

type Interfaces = ReadonlyMap<string, ts.InterfaceDeclaration>

function guideOf(member: ts.MethodSignature, kind: HookGuide['kind'], kernels: readonly KernelFile[], interfaces: Interfaces): HookGuide {
  const { name, signature, doc } = itemOf(member)
  const { decides, when, binds, kernel } = partsOf(doc)
  return {
    name, kind, signature, when, binds, kernel,
    decides: { en: decides, zh: HOOK_WORDS[name as HookName | NotificationName] },
    args: argumentsOf(member, interfaces), answer: answerOf(member, interfaces),
    sources: kind === 'hook' ? kernels.map((one) => hookSource(one, name, kernels)) : [],
  }
}

/** A hook's comment says first what it decides, then `When:`, `Binds:` and `Kernel:`. */
export function partsOf(doc: string): Pick<HookGuide, 'when' | 'binds' | 'kernel'> & { readonly decides: string } {
  const parts = doc.split(/\b(When|Binds|Kernel): /)
  const part = (title: string): string => { const at = parts.indexOf(title); return at < 0 ? '' : parts[at + 1].trim() }
  return { decides: parts[0].trim(), when: part('When'), binds: part('Binds'), kernel: kernelFunctions(part('Kernel')) }
}

/** `mm/vmscan.c:shrink_folio_list, mm/swap_state.c:add_to_swap`; a name without a file is of the one before. */
function kernelFunctions(text: string): readonly string[] {
  let file = ''
  return text.replace(/\([^)]*\)/g, '').split(/[\s,]+/).flatMap((word) => {
    const [, path, name] = /^(?:([\w/-]+\.[ch]):)?(\w+)\.?$/.exec(word) ?? []
    if (path !== undefined) file = path
    return name !== undefined && (path !== undefined || /_/.test(name)) && file !== '' ? [`${file}:${name}`] : []
  })
}

/** All but the context, which is the last: fields where there is one object, else each by itself. */
function argumentsOf({ parameters }: ts.MethodSignature, interfaces: Interfaces): readonly ApiItem[] {
  const own = parameters.slice(0, -1)
  const fields = own.length === 1 ? fieldsOf(own[0].type?.getText() ?? '', interfaces) : []
  return fields.length > 0 ? fields : own.map(itemOf)
}

function fieldsOf(type: string, interfaces: Interfaces): readonly ApiItem[] {
  const one = interfaces.get(type)
  if (!one) return []
  const inherited = one.heritageClauses?.flatMap((clause) => clause.types.flatMap((base) => fieldsOf(base.expression.getText(), interfaces))) ?? []
  return [...one.members.map(itemOf), ...inherited]
}

function answerOf(member: ts.MethodSignature, interfaces: Interfaces): HookGuide['answer'] {
  const type = member.type?.getText() ?? 'void'
  const element = type.replace(/^readonly |\[\]$/g, '')
  const one = interfaces.get(element)
  return { type, doc: one ? docOf(one) : '', fields: fieldsOf(element, interfaces) }
}
