/** Where two runs part and what came of it, as plain sentences in both languages. */
import type { ChainLink, Text } from '../../../preload/contract'
import type { Deed, DeedDifference, Difference, Differences, Explanation, PageFate, SeenDifference, SideDetail } from '../../engine'
import { explainEvent } from '../explain/event'
import type { EventKind, RunEvent } from '../../engine'
import { answerText, asks } from './hook-words'
import { grouped } from '../numbers'
import { say } from '../say'

/** The runs' names: machine, and seed where two of one machine are compared. */
export interface Names { readonly a: string; readonly b: string }

const LISTS = ['inactive_anon', 'active_anon', 'inactive_file', 'active_file'] as const

/** One line of the list of differences. */
export function differenceLine(difference: Difference, names: Names): Text {
  const { a, b } = difference
  const [en, zh] = [where(difference, 'en'), where(difference, 'zh')]
  if (a !== undefined && b !== undefined && a.hook === b.hook) return say(`${en}: another answer to ${a.hook}`, `${zh}：对 ${a.hook} 的回答不同`)
  if (a !== undefined && b !== undefined) return say(`${en}: ${names.a} asked ${a.hook}, ${names.b} ${b.hook}`, `${zh}：${names.a} 询问 ${a.hook}，${names.b} 询问 ${b.hook}`)
  const hook = (a ?? b)?.hook ?? ''
  return say(`${en}: only ${a === undefined ? names.b : names.a} had to decide ${hook}`, `${zh}：只有 ${a === undefined ? names.b : names.a} 需要决定 ${hook}`)
}

function where({ at }: Pick<Difference, 'at'>, language: 'en' | 'zh'): string {
  const touches = count(at.touch)
  if (at.task === 'boot') return language === 'en' ? 'at boot' : '启动时'
  if (at.shared) return language === 'en' ? `${at.task}, after ${touches} touches of the workload` : `${at.task}，负载访问 ${touches} 次之后`
  return language === 'en' ? `${at.task} at its touch ${touches}` : `${at.task} 的第 ${touches} 次访问`
}

/** The one sentence about two runs. */
export function summaryText(found: Differences, names: Names, unlike: readonly Text[]): Text {
  const [first] = found.differences
  const given = unlike.length === 0 ? say('The two were given the same.', '两者的输入相同。') : say(`They were given different things: ${unlike.map(({ en }) => en).join('; ')}.`, `两者的输入不同：${unlike.map(({ zh }) => zh).join('；')}。`)
  const seen = found.seen === undefined ? [] : [seenText(found.seen)]
  if (first === undefined) {
    const end = found.seen === undefined
      ? say(`${count(found.alike)} decisions, each the same in both at the same touch of the same task: these runs don’t diverge.`, `${count(found.alike)} 次决定，在同一任务的同一次访问处全部相同：两次运行没有分歧。`)
      : say(`All ${count(found.alike)} decisions were answered alike: these runs diverge in no decision.`, `${count(found.alike)} 次决定的回答全部相同：两次运行在决定上没有分歧。`)
    return join([given, ...seen, end])
  }
  const before = found.alike === 0 ? say('It is the first decision of all.', '这是第一次决定。') : say(`${count(found.alike)} decisions before it were the same in both.`, `在此之前的 ${count(found.alike)} 次决定两边相同。`)
  const line = differenceLine(first, names)
  return join([given, ...seen, say(`First difference: ${line.en}.`, `第一处分歧：${line.zh}。`), before])
}

function seenText({ at, a }: SeenDifference): Text {
  return say(`Before any answer differs, ${where({ at }, 'en')}, ${a.hook} is told something else in the two runs: the machines already differ there.`,
    `在任何回答不同之前，${where({ at }, 'zh')}，两边的 ${a.hook} 看到的已不同：机器在那里已有差别。`)
}

/** Who, when, what was asked, and both answers. */
export function differenceText({ difference, a, b }: Explanation, names: Names, sameSight: boolean): Text {
  const hook = (difference.a ?? difference.b)?.hook
  const about = hook === undefined ? undefined : asks(hook)
  const asked = say(about === undefined ? `${hook}` : `${hook} (${about.en})`, about === undefined ? `${hook}` : `${hook}（${about.zh}）`)
  if (difference.kind === 'only') return onlyText({ difference, a, b }, names, asked)
  if (difference.kind === 'hook') {
    return say(`${where(difference, 'en')}: ${names.a} asked ${difference.a?.hook}, ${names.b} asked ${difference.b?.hook}. Their ways parted before.`, `${where(difference, 'zh')}：${names.a} 询问 ${difference.a?.hook}，${names.b} 询问 ${difference.b?.hook}。两者此前已分开。`)
  }
  const [one, other] = [answerOf(a, b), answerOf(b, a)]
  const sight = sameSight
    ? say('Both saw the same.', '两边看到的相同。')
    : say('They saw different things: see the marked rows.', '两边看到的不同：见标出的行。')
  return join([
    say(`${upper(where(difference, 'en'))}, ${time(a)} in ${names.a}${sameTime(a, b) ? ' and in' : `, ${time(b)} in`} ${names.b}, ${asked.en} was asked.`, `${where(difference, 'zh')}，${names.a} 在 ${time(a)}${sameTime(a, b) ? '、' : `，${names.b} 在 ${time(b)}，`}${sameTime(a, b) ? `${names.b} 也在此时，` : ''}询问 ${asked.zh}。`),
    say(`${names.a} answered: ${one.en}. ${names.b} answered: ${other.en}.`, `${names.a} 回答：${one.zh}。${names.b} 回答：${other.zh}。`),
    sight,
  ])
}

function onlyText({ difference, a, b }: Pick<Explanation, 'difference' | 'a' | 'b'>, names: Names, asked: Text): Text {
  const [mine, other, here, there] = difference.a === undefined ? [b, a, names.b, names.a] : [a, b, names.a, names.b]
  const answer = answerOf(mine)
  const head = say(`${upper(where(difference, 'en'))}, at ${time(mine)}, only ${here} had to decide ${asked.en}; the answer was ${answer.en}.`, `${where(difference, 'zh')}，在 ${time(mine)}，只有 ${here} 需要决定 ${asked.zh}；回答是 ${answer.zh}。`)
  if (other.situation === undefined) return join([head, say(`${there} had ended before it came there.`, `${there} 在到达那里之前已结束。`)])
  return join([head, say(`${there} passed that place at ${time(other)} without it: compare the zones.`, `${there} 在 ${time(other)} 经过那里时无需决定：请比较各区。`)])
}

/** `beside`: the other side, where it answered the same question. */
function answerOf({ call }: SideDetail, beside?: SideDetail): Text {
  return call === undefined ? say('nothing', '无') : answerText(call.hook, call, beside?.call?.hook === call.hook ? beside.call : undefined)
}

/** From the difference on, link by link. */
export function chainOf({ deeds, pages, counters }: Explanation, names: Names): readonly ChainLink[] {
  const first = counters[0]
  return [
    ...deeds.map((deed): ChainLink => ({ kind: deed.kind, text: deedText(deed, names), ...(deed.a === undefined ? {} : { a: deed.a.t }), ...(deed.b === undefined ? {} : { b: deed.b.t }) })),
    ...pages.map((page): ChainLink => ({ kind: 'page', text: pageText(page, names), [page.side]: page.evicted.t })),
    ...(first === undefined ? [] : [{
      kind: 'counter' as const, a: first.a.t, b: first.b.t,
      text: say(`Counters part first, with ${first.at.task} at its touch ${count(first.at.touch)} in both: ${counterNames(counters, first.at)}.`, `计数器最先不同处：两边的 ${first.at.task} 都在第 ${count(first.at.touch)} 次访问时：${counterNames(counters, first.at)}。`),
    }]),
  ]
}

function counterNames(counters: Explanation['counters'], at: { readonly task: string; readonly touch: number }): string {
  const there = counters.filter((one) => one.at.task === at.task && one.at.touch === at.touch)
  return there.slice(0, 6).map(({ name, a, b }) => `${name} +${count(a.value)} / +${count(b.value)}`).join(', ') + (there.length > 6 ? ', …' : '')
}

function deedText({ kind, same, a, b }: DeedDifference, names: Names): Text {
  const head = same === 0 ? say('', '') : say(`After ${count(same)} that were the same: `, `在 ${count(same)} 次相同之后：`)
  const [one, other] = [DEEDS[kind](a), DEEDS[kind](b)]
  const title = TITLES[kind]
  return say(`${head.en}${title.en}: ${names.a} ${one.en}; ${names.b} ${other.en}.`, `${head.zh}${title.zh}：${names.a} ${one.zh}；${names.b} ${other.zh}。`)
}

const TITLES: Readonly<Record<DeedDifference['kind'], Text>> = {
  scan: say('pages to scan of each list', '各链表要扫描的页数'), isolated: say('the page taken off its list', '从链表取下的页'), evicted: say('the page evicted', '被回收的页'),
  refault: say('the page that came back', '重新缺页的页'), event: say('the event', '事件'),
}

const DEEDS: Readonly<Record<DeedDifference['kind'], (deed: Deed | undefined) => Text>> = {
  scan: (deed) => deed === undefined ? none() : say(`${scanned(deed)} (${deed.task}, priority ${deed.args.priority})`, `${scanned(deed)}（${deed.task}，优先级 ${deed.args.priority}）`),
  isolated: (deed) => deed === undefined ? none() : say(`${deed.args.page} from ${deed.args.list}`, `${deed.args.page}，取自 ${deed.args.list}`),
  evicted: (deed) => deed === undefined ? none() : say(`${deed.args.page} at ${ms(deed.t)}`, `${deed.args.page}，在 ${ms(deed.t)}`),
  refault: (deed) => deed === undefined ? none() : say(`${deed.args.page} for ${deed.task} at ${ms(deed.t)}`, `${deed.args.page}（${deed.task}），在 ${ms(deed.t)}`),
  event: (deed) => deed === undefined ? none() : eventText(deed),
}

function eventText({ t, task, args }: Deed): Text {
  const { kind, ...rest } = args
  const event: RunEvent = { t, kind: String(kind) as EventKind, duration: 0, task, args: rest }
  const { en, zh } = explainEvent(event)
  return say(`${kind} at ${ms(t)} (${en.replace(/[.。]$/u, '')})`, `${kind}，在 ${ms(t)}（${zh.replace(/[.。]$/u, '')}）`)
}

function scanned({ args }: Deed): string {
  return LISTS.map((list) => `${list} ${count(Number(args[list]))}`).join(', ')
}

function pageText({ side, page, evicted, back }: PageFate, names: Names): Text {
  const name = names[side]
  const gone = say(`Only ${name} evicted ${page}, at ${ms(evicted.t)}`, `只有 ${name} 回收了 ${page}，在 ${ms(evicted.t)}`)
  if (back === undefined) return say(`${gone.en}; it was not asked for again.`, `${gone.zh}；此后无人再要它。`)
  return say(`${gone.en}; ${back.task} asked for it again at ${ms(back.t)}: a refault.`, `${gone.zh}；${back.task} 在 ${ms(back.t)} 又要它：一次重新缺页。`)
}

function none(): Text {
  return say('none', '无')
}

function time({ call, situation }: SideDetail): string {
  return ms(call?.t ?? situation?.t ?? 0)
}

function sameTime(a: SideDetail, b: SideDetail): boolean {
  return (a.call?.t ?? a.situation?.t) === (b.call?.t ?? b.situation?.t)
}

export function ms(ns: number): string {
  return `${(ns / 1e6).toFixed(3).replace(/\B(?=(\d{3})+\.)/g, ',')} ms`
}

function count(value: number): string {
  return grouped(String(value))
}

function upper(text: string): string {
  return text.startsWith('at boot') ? `A${text.slice(1)}` : text
}

function join(parts: readonly Text[]): Text {
  return { en: parts.map(({ en }) => en).filter((text) => text !== '').join(' '), zh: parts.map(({ zh }) => zh).join('') }
}
