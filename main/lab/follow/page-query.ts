/** Which page to follow, as people name it: `app:heap:1234`, `file:/data/x:77`, `next-evicted`. Checked against the scenario, so that a slip is told before a run is made. */
import type { FollowSpec, PagePlace, Scenario } from '../../engine'
import type { Result } from '../../../preload/contract'
import { suggestion } from '../nearest'
import { done, fail, show, type Failure } from '../problems'

const FORMS = 'PROCESS:REGION:PAGE such as app:heap:1234, file:PATH:PAGE such as file:/data/x:77, next-evicted, next-evicted:anon, next-evicted:file or next-evicted:tmpfs'
const NEXT = { 'next-evicted': {}, 'next-evicted:anon': { of: 'anon' }, 'next-evicted:file': { of: 'file' }, 'next-evicted:tmpfs': { of: 'tmpfs' } } as const

/** `from`: ns since the workload started. */
export function parsePageQuery(page: string, from: number, scenario: Scenario): Result<FollowSpec> {
  if (!(from >= 0 && from <= Number.MAX_SAFE_INTEGER)) return fail('from', `must be a time in ns from 0 up, not ${show(from)}`)
  if (Object.hasOwn(NEXT, page)) return done({ page: { kind: 'next-evicted', ...NEXT[page as keyof typeof NEXT] }, from })
  const parts = /^(.+):(\d{1,10})$/u.exec(page)
  if (parts === null) return fail('page', `must be ${FORMS}, not ${show(page)}`)
  const [, place, digits] = parts
  const checked = place.startsWith('file:') ? filePage(place.slice('file:'.length), Number(digits), scenario) : anonPage(place, Number(digits), scenario)
  return checked.ok ? done({ page: checked.value, from }) : checked
}

/** The same words back. */
export function showPage(page: PagePlace): string {
  return page.kind === 'file' ? `file:${page.path}:${page.index}` : `${page.process}:${page.region}:${page.index}`
}

function filePage(path: string, index: number, scenario: Scenario): Result<PagePlace> {
  const file = scenario.files.find((one) => one.path === path)
  if (file === undefined) return fail('page', `names a file that the scenario doesn't have, ${show(path)}.${suggestion(path, scenario.files.map((one) => one.path))}`)
  return index < file.pages ? done({ kind: 'file', path, index }) : beyond(index, path, file.pages)
}

function anonPage(place: string, index: number, scenario: Scenario): Result<PagePlace> {
  const at = place.lastIndexOf(':')
  const [name, region] = [place.slice(0, Math.max(0, at)), place.slice(at + 1)]
  const process = scenario.processes.find((one) => one.name === name)
  if (at < 0) return fail('page', `must be ${FORMS}, not ${show(`${place}:${index}`)}`)
  if (process === undefined) return fail('page', `names a process that the scenario doesn't have, ${show(name)}.${suggestion(name, scenario.processes.map((one) => one.name))}`)
  const maps = process.phases.flatMap((phase) => (phase.op === 'map' || phase.op === 'mmapf' ? [{ r: phase.r, pages: phase.pages }] : []))
  const sizes = maps.filter((map) => map.r === region).map((map) => map.pages)
  if (sizes.length === 0) return fail('page', `names a region that ${name} doesn't map, ${show(region)}.${suggestion(region, [...new Set(maps.map((map) => map.r))])}`)
  const pages = Math.max(...sizes)
  return index < pages ? done({ kind: 'anon', process: name, region, index }) : beyond(index, `${name}:${region}`, pages)
}

function beyond(index: number, what: string, pages: number): Failure {
  return fail('page', `is page ${index} of ${what}, which has ${pages} pages, 0 to ${pages - 1}`)
}
