/** DAMON-like schemes as data: which pages (kind, size, use, for how long), what is done with them, how many at a look, and between which marks of free memory. */
import type { RuleField } from '../../../preload/contract'
import type { Values } from './conditions'
import { choice, number, percent, text } from './fields'
import { said } from './literals'

const whole = (name: string, en: string, zh: string, min: number, max: number, standard: number, unit: string, fixed = true): RuleField => number(name, text(en, zh), { min, max, step: 1, unit, default: standard, fixed })

export const SCHEME: readonly RuleField[] = [
  choice('pages', text('pages', '页面'), [['all', 'all pages', '所有页'], ['anon', 'anonymous and tmpfs', '匿名页与 tmpfs'], ['file', 'file pages', '文件页']]),
  whole('minPages', 'size from', '大小从', 1, 512, 1, 'pages'), whole('maxPages', 'to', '到', 1, 512, 512, 'pages'),
  whole('minAccesses', 'accesses a look from', '每次查看访问次数从', 0, 255, 0, ''), whole('maxAccesses', 'to', '到', 0, 255, 0, ''),
  whole('minLooks', 'for looks from', '持续次数从', 1, 255, 2, 'looks', false), whole('maxLooks', 'to', '到', 1, 255, 255, 'looks'),
  choice('action', text('then', '则'), [['pageout', 'reclaim them now', '立即回收'], ['cold', 'they go first', '最先回收'], ['keep', 'they go last', '最后回收']]),
  whole('quota', 'at most', '最多', 1, 4096, 2000, 'pages/look', false),
  percent('high', text('only below', '仅当空闲低于'), 40), percent('mid', text('begins below', '开始于低于'), 30), percent('low', text('not below', '不低于'), 0),
]

export const WATCH: readonly RuleField[] = [
  whole('everyMs', 'Looks every', '每隔', 10, 600_000, 1000, 'ms'),
  percent('percent', text('at this share of all pages', '查看全部页面的'), 50, 100, { min: 1, step: 1 }),
]

/** Each scheme keeps a number for each page; a policy has eight such stores, one of which counts uses. */
export const MOST_SCHEMES = 4

export function schemeWords(values: Values): string {
  const { pages, minPages, maxPages, minAccesses, maxAccesses, minLooks, maxLooks, action, quota, high, mid, low } = values
  const of = { anon: 'anonymous pages', file: 'file pages' }[String(pages)] ?? 'pages'
  const size = minPages === 1 && maxPages === 512 ? '' : ` of ${range(minPages, maxPages, 512)} pages`
  const use = maxAccesses === 0 ? 'not used' : `used ${range(minAccesses, maxAccesses, 255)} times a look`
  const what = { pageout: 'are reclaimed', cold: 'go first when memory is reclaimed' }[String(action)] ?? 'go last when memory is reclaimed'
  return `${of}${size} that were ${use} for ${range(minLooks, maxLooks, 255)} looks in a row ${what}, at most ${said(quota)} a look, from when less than ${said(mid)} % of memory is free until more than ${said(high)} % is${low === 0 ? '' : ` (not below ${said(low)} %)`}`
}

function range(from: string | number, to: string | number, most: number): string {
  return from === to ? said(from) : to === most ? `${said(from)} and more` : `${said(from)} to ${said(to)}`
}
