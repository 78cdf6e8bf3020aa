/** Where to in a run, as a window or a command line asks for it; checked, since the bridge carries anything. */
import { HOOKS } from 'reclaim-lab'
import type { HookName } from 'reclaim-lab'
import type { Result } from '../../../preload/contract'
import type { Comparison, Condition, Seek } from '../../engine'
import { suggestion } from '../nearest'
import { done, fail, show } from '../problems'
import { argumentsOf, enginePath } from './hook-arguments'

const STEPS = ['event', 'kswapd', 'direct'] as const
const COMPARISONS: readonly string[] = ['<', '<=', '>', '>=', '=', '!=']
const FORMS = 'event KIND, kswapd, direct, SERIES < NUMBER or SERIES (such as zone.0.Normal.free < zone.0.Normal.low), or hook NAME with PATH = VALUE (such as hook scanBalance priority < 12, hook kswapdBalanced answer = true)'

export function readSeek(given: unknown): Result<Seek> {
  const seek = (typeof given === 'object' && given !== null ? given : {}) as Readonly<Record<string, unknown>>
  const { to, t, task, touch, kind, from, by, until, turn } = seek
  const direction = by === -1 ? -1 : 1
  const start = typeof from === 'number' && from >= -1 && from <= Number.MAX_SAFE_INTEGER ? from : undefined
  if (to === 'time') return typeof t === 'number' && t >= 0 && t <= Number.MAX_SAFE_INTEGER ? done({ to, t }) : fail('t', `must be a time in ns from 0 up, not ${show(t)}`)
  if (to === 'touch') return typeof task === 'string' && typeof touch === 'number' && touch >= 0 ? done({ to, task, touch }) : fail('touch', `must be a number of touches of a task, not ${show(touch)}`)
  if (start === undefined) return fail('from', `must be a moment's number, not ${show(from)}`)
  if (to === 'step') {
    const step = STEPS.find((one) => one === kind)
    return step === undefined ? fail('kind', `must be ${STEPS.join(', ')}, not ${show(kind)}`) : done({ to, kind: step, by: direction, from: start })
  }
  if (to !== 'until') return fail('to', `must be time, touch, step or until, not ${show(to)}`)
  const condition = readCondition(String(until))
  return condition.ok ? done({ to, condition: condition.value, by: direction, from: start, ...(typeof turn === 'number' && turn >= 0 ? { turn } : {}) }) : condition
}

/** `event mm_vmscan_kswapd_wake`, `zone.0.Normal.free < zone.0.Normal.low`, `hook scanBalance priority < 12`. */
export function readCondition(text: string): Result<Condition> {
  const words = text.trim().split(/\s+/u).filter((word) => word !== '')
  const [first = '', second, third, fourth, ...rest] = words
  if (rest.length > 1) return refused(text)
  if ((first === 'kswapd' || first === 'direct') && second === undefined) return done({ kind: first })
  if (first === 'event') return third === undefined ? done({ kind: 'event', ...(second === undefined ? {} : { event: second as never }) }) : refused(text)
  if (first === 'hook') return readHook(text, second, third, fourth, rest[0])
  const [op, right] = [second, third]
  if (op === undefined || right === undefined || fourth !== undefined || !COMPARISONS.includes(op)) return refused(text)
  return done({ kind: 'metric', left: operand(first), op: op as Comparison, right: operand(right) })
}

function readHook(text: string, hook: string | undefined, path: string | undefined, op: string | undefined, value: string | undefined): Result<Condition> {
  if (hook === undefined) return refused(text)
  if (!Object.hasOwn(HOOKS, hook)) return fail('until', `names a hook that there isn't, ${show(hook)}.${suggestion(hook, Object.keys(HOOKS))}`)
  if (path === undefined) return done({ kind: 'hook', hook: hook as HookName })
  if (op === undefined || value === undefined || !COMPARISONS.includes(op)) return refused(text)
  const [name = ''] = path.split('.')
  const names = [...argumentsOf(hook as HookName), 'answer']
  if (!names.includes(name)) return fail('until', `names something that ${hook} isn't told, ${show(name)}.${suggestion(name, names)}`)
  const wanted = operand(value)
  if (op !== '=' && op !== '!=' && typeof wanted !== 'number') return fail('until', `compares ${path} by ${op}, which needs a number; ${show(value)} is none (= and != take words)`)
  return done({ kind: 'hook', hook: hook as HookName, path: enginePath(hook as HookName, path), op: op as Comparison, value: value === 'true' ? true : value === 'false' ? false : wanted })
}

function operand(word: string): number | string {
  return /^-?\d+(\.\d+)?$/.test(word) ? Number(word) : word
}

function refused(text: string): Result<never> {
  return fail('until', `must be ${FORMS}; not ${show(text)}`)
}
