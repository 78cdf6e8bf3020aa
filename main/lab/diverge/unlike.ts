/** What two runs were given that differs, before any decision: said first, so that nobody takes a machine's difference for a decision's. */
import type { Text } from '../../../preload/contract'
import type { RunJob } from '../../runner/protocol'
import { leavesToChance } from '../chance'

const MOST_PATHS = 12

export function unlike(a: RunJob, b: RunJob): readonly Text[] {
  return [
    ...when(a.kernel !== b.kernel, `kernel: ${a.kernel} against ${b.kernel}`, `内核：${a.kernel} 与 ${b.kernel}`),
    ...policies(a, b),
    ...seeds(a, b),
    ...paths('sysctl', 'sysctl', a.scenario.sysctls, b.scenario.sysctls),
    ...paths('machine', '机器', a.scenario.machine, b.scenario.machine),
    ...paths('memory cgroups', '内存 cgroup', a.scenario.memcgs ?? [], b.scenario.memcgs ?? []),
    ...paths('files', '文件', [a.scenario.files, a.scenario.trees ?? []], [b.scenario.files, b.scenario.trees ?? []]),
    ...paths('workload', '负载', a.scenario.processes, b.scenario.processes),
  ]
}

function policies(a: RunJob, b: RunJob): readonly Text[] {
  const [left, right] = [a, b].map((job) => job.policies.map(({ compiled, params, place = '' }) => `${compiled.file} ${compiled.hash} ${JSON.stringify(params)} ${place}`).join('; '))
  if (left === right) return []
  const [one, other] = [a, b].map((job) => job.policies.map(({ compiled }) => compiled.file).join(', '))
  if (one === other) return [{ en: `policy: another text or other parameters of ${one}`, zh: `策略：${one} 的文本或参数不同` }]
  return [{ en: `policy: ${one === '' ? 'none' : one} against ${other === '' ? 'none' : other}`, zh: `策略：${one === '' ? '无' : one} 与 ${other === '' ? '无' : other}` }]
}

function seeds(a: RunJob, b: RunJob): readonly Text[] {
  if (a.seed === b.seed) return []
  const chance = leavesToChance(a.scenario, [a.policies, b.policies])
  return [chance
    ? { en: `seed: ${a.seed} against ${b.seed}; random patterns touch other pages from their first touch on`, zh: `种子：${a.seed} 与 ${b.seed}；随机模式从第一次访问起就访问不同的页` }
    : { en: `seed: ${a.seed} against ${b.seed}, but nothing in this scenario is left to chance`, zh: `种子：${a.seed} 与 ${b.seed}，但此场景没有随机成分` }]
}

/** Every place where two plain values differ, up to a bound. */
function paths(en: string, zh: string, a: unknown, b: unknown): readonly Text[] {
  const found: { readonly path: string; readonly a: string; readonly b: string }[] = []
  let more = 0
  const walk = (one: unknown, other: unknown, path: string): void => {
    if (Object.is(one, other)) return
    if (typeof one === 'object' && typeof other === 'object' && one !== null && other !== null) {
      for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) walk(at(one, key), at(other, key), path === '' ? key : `${path}.${key}`)
    } else if (found.length >= MOST_PATHS) more++
    else found.push({ path, a: show(one), b: show(other) })
  }
  walk(a, b, '')
  const texts = found.map((one): Text => ({ en: `${en}: ${one.path} ${one.a} against ${one.b}`, zh: `${zh}：${one.path} ${one.a} 与 ${one.b}` }))
  return more === 0 ? texts : [...texts, { en: `${en}: ${more} more places`, zh: `${zh}：另有 ${more} 处` }]
}

function at(value: object, key: string): unknown {
  return (value as Readonly<Record<string, unknown>>)[key]
}

function show(value: unknown): string {
  if (value === undefined) return '(default)'
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}

function when(condition: boolean, en: string, zh: string): readonly Text[] {
  return condition ? [{ en, zh }] : []
}
