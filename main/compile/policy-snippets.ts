/**
 * What the editor inserts: every hook and notification with its arguments, what a definition may hold, parameters of each kind. All are made from the API's declarations, so that one added there is
 * here too. A hook answers what the base does, until somebody writes more; of its arguments those are named that the newest kernel looks at.
 */
import type ts from 'typescript'
import type { HookGuide, Snippet, Text } from '../../preload/contract'

type Interfaces = ReadonlyMap<string, ts.InterfaceDeclaration>

/** More names than fit on a line help nobody. */
const MOST_NAMED = 9
/** Named where no kernel looks at any. */
const NAMED_ANYWAY = 3

/** A new policy; the example `skeleton` has every hook. */
export const STARTER = `/**
 * Idea:
 * Helps:
 * Hurts:
 */
import { definePolicy } from 'reclaim-lab'

export default definePolicy({
  api: 1,
  name: 'my-policy',
  describe: 'Decides as the kernel below it does, so far.',

  hooks: {
    
  },
})
`

export function snippetsOf(hooks: readonly HookGuide[], interfaces: Interfaces): readonly Snippet[] {
  return [
    ...hooks.map((hook) => (hook.kind === 'hook' ? decision(hook) : told(hook))),
    ...definitionMembers(interfaces),
    ...LIST_SNIPPETS,
    ...['NumberParam', 'BooleanParam', 'ChoiceParam'].map((name) => param(name, interfaces)),
  ]
}

function decision(hook: HookGuide): Snippet {
  const names = parametersOf(hook.signature)
  const asked = `return k.base.${hook.name}(${names.slice(0, -1).join(', ')})`
  const picked = names[0] === 'args' ? `\tconst { \${1:${fieldsLookedAt(hook).join(', ')}} } = args\n` : ''
  return { label: hook.name, place: 'hooks', about: hook.decides, insert: `${hook.name}: (${names.join(', ')}) => {\n${picked}\t$0\n\t${asked}\n},`, names: [hook.name] }
}

function told(hook: HookGuide): Snippet {
  return { label: hook.name, place: 'hooks', about: hook.decides, insert: `${hook.name}: (${parametersOf(hook.signature).join(', ')}) => {\n\t$0\n},`, names: [hook.name] }
}

function fieldsLookedAt({ args, sources }: HookGuide): readonly string[] {
  const known = new Set(args.map(({ name }) => name))
  const reads = sources.find((source) => source.kind !== 'none' && source.reads.length > 0)
  const looked = reads && reads.kind !== 'none' ? reads.reads.filter((name) => known.has(name)) : []
  return looked.length > 0 ? looked.slice(0, MOST_NAMED) : args.slice(0, NAMED_ANYWAY).map(({ name }) => name)
}

/** `name(a: A, k: K): R` -> a, k. */
function parametersOf(signature: string): readonly string[] {
  const inside = /\(([^)]*)\)/.exec(signature)?.[1] ?? ''
  return [...inside.matchAll(/(\w+)\??:/g)].map(([, name]) => name)
}

/** What a definition holds besides its name, in the API's order. */
function definitionMembers(interfaces: Interfaces): readonly Snippet[] {
  const members = [...interfaces.get('PolicyDefinition')?.members ?? []]
  return members.flatMap((member) => {
    const name = member.name?.getText() ?? ''
    const body = member.questionToken === undefined ? undefined : bodyOf(name, member, interfaces)
    return body === undefined ? [] : [{ label: name, place: 'policy' as const, about: ABOUT[name] ?? NOTHING, insert: `${body},`, names: [name] }]
  })
}

const t = (en: string, zh: string): Text => ({ en, zh })
const NOTHING = t('', '')

const ABOUT: Readonly<Record<string, Text>> = {
  params: t('Values that are set from outside: sliders and switches, --set.', '从外部设置的值：滑块和开关，或 --set。'), init: t('State of one run: what it returns is k.state.', '一次运行的状态：返回值就是 k.state。'),
  exit: t('Called when the policy leaves a run.', '策略离开一次运行时调用。'), hooks: t('The decisions it takes and the news it wants.', '它作的决策和想得到的通知。'),
  controller: t('Runs every so many ms of virtual time, like a daemon.', '像守护进程一样，每隔若干毫秒虚拟时间运行一次。'), describe: t('One or two plain sentences: the idea, when it helps, when it hurts.', '一两句话：想法，何时有益，何时有害。'),
}

function bodyOf(name: string, member: ts.TypeElement, interfaces: Interfaces): string | undefined {
  const text = member.getText().replace(/\s+/g, ' ')
  if (name === 'init') return 'init: () => ({ ${1:calls: 0} })'
  if (name === 'describe') return 'describe: \'${1:The idea, when it helps, when it hurts.}\''
  if (name === 'controller') return controller(interfaces)
  if (/^\w+\?\(/.test(text)) return `${name}: (${parametersOf(text).join(', ')}) => {\n\t$0\n}`
  return `${name}: {\n\t$0\n}`
}

function controller(interfaces: Interfaces): string {
  const members = [...interfaces.get('Controller')?.members ?? []].map((member) => {
    const text = member.getText().replace(/^readonly /, '')
    const name = member.name?.getText() ?? ''
    return text.includes('(') ? `${name}: (${parametersOf(text).join(', ')}) => {\n\t\tconst { someUs, fullUs } = k.psi()\n\t\t$0\n\t}` : `${name}: \${1:1000}`
  })
  return `controller: {\n\t${members.join(',\n\t')},\n}`
}

/** Own lists take more than one place: made in `init`, filled when folios come in, given from in `evictFolios`. */
const LIST_SNIPPETS: readonly Snippet[] = [
  { label: 'init: own list', place: 'policy', about: t('A list of the policy\'s own, for whole eviction; hooks find it in k.state.', '策略自己的链表，用于整体换出；钩子从 k.state 取得它。'), insert: 'init: (_params, k) => ({ ${1:queue}: k.list() }),', names: ['init'] },
  { label: 'init: number for each folio', place: 'policy', about: t('Holds a number for each folio and forgets it when the folio goes.', '为每个 folio 保存一个数，folio 消失时忘掉。'), insert: 'init: (_params, k) => ({ ${1:uses}: k.folioStore(\'${2:i32}\') }),', names: ['init'] },
  {
    label: 'folioAdded: onto an own list', place: 'hooks', about: t('Puts each page of a file that comes in on the list made in init.', '把进来的每个文件页放上 init 中建立的链表。'), names: ['folioAdded'], imports: ['FOLIO_FILE'],
    insert: 'folioAdded: (folio, facts, _task, k) => {\n\tif ((facts & FOLIO_FILE) !== 0) k.state.${1:queue}.addHead(folio)$0\n},',
  },
  {
    label: 'evictFolios: from an own list', place: 'hooks', about: t('Proposes the oldest pages of the list made in init; those in use go round once more.', '提出链表上最老的页；仍在使用的再转一圈。'), names: ['evictFolios'], imports: ['SCAN_EVICT', 'SCAN_ROTATE'],
    insert: 'evictFolios: ({ type, nr }, k) => {\n\tif (type !== \'file\') return []\n\treturn k.state.${1:queue}.scan(4 * nr, (folio) => (k.folios.young(folio) > 0 ? SCAN_ROTATE : SCAN_EVICT), nr)$0\n},',
  },
]

const VALUES: Readonly<Record<string, string>> = { default: '2', min: '1', max: '8', step: '1', unit: 'pages', about: 'What it does.' }

/** `${1:name}: { kind: 'number', default: ${2:2}, … },` */
function param(type: string, interfaces: Interfaces): Snippet {
  let stop = 1
  const place = (text: string): string => `\${${++stop}:${text}}`
  const members = [...interfaces.get(type)?.members ?? []].map((member) => member.getText().replace(/^readonly /, ''))
  const kind = /'(\w+)'/.exec(members.find((text) => text.startsWith('kind')) ?? '')?.[1] ?? ''
  const fields = members.map((text) => {
    const [, name, of] = /^(\w+)\??: (.+)$/.exec(text) ?? []
    if (name === 'kind') return `kind: '${kind}'`
    if (of === 'number') return `${name}: ${place(VALUES[name])}`
    if (of === 'boolean') return `${name}: ${place('false')}`
    return of === 'string' ? `${name}: '${place(name === 'default' ? 'this' : VALUES[name])}'` : `${name}: ['${place('this')}', '${place('that')}']`
  })
  return { label: `${kind} parameter`, place: 'params', about: ABOUT_PARAM[kind] ?? NOTHING, insert: `\${1:strength}: { ${fields.join(', ')} },`, names: [] }
}

const ABOUT_PARAM: Readonly<Record<string, Text>> = { number: t('A number with a range: a slider.', '有范围的数字：滑块。'), boolean: t('A switch.', '开关。'), choice: t('One of a few words.', '几个词中的一个。') }
