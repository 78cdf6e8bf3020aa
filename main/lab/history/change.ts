/** What people ask and write about history entries, checked: the bridge and the command line carry anything. */
import type { HistoryChange, HistoryQuery, Problem, Result } from '../../../preload/contract'
import { show } from '../problems'

const LONGEST_NAME = 120
const LONGEST_NOTE = 10_000
const LONGEST_TAG = 40
const MOST_TAGS = 20

export function checkChange(change: unknown): Result<HistoryChange> {
  const { name, note, pinned, tags } = change as Partial<Record<keyof HistoryChange, unknown>>
  const problems: Problem[] = []
  const refuse = (path: string, message: string): void => { problems.push({ path, message }) }
  if (name !== undefined && (typeof name !== 'string' || name.length > LONGEST_NAME)) refuse('name', `must be text of at most ${LONGEST_NAME} characters, not ${show(name)}`)
  if (note !== undefined && (typeof note !== 'string' || note.length > LONGEST_NOTE)) refuse('note', `must be text of at most ${LONGEST_NOTE} characters`)
  if (pinned !== undefined && typeof pinned !== 'boolean') refuse('pinned', `must be true or false, not ${show(pinned)}`)
  if (tags !== undefined) checkTags(tags, refuse)
  if (problems.length > 0) return { ok: false, problems }
  const clean = change as HistoryChange
  return { ok: true, value: { ...clean, ...(clean.name === undefined ? {} : { name: clean.name.trim() }), ...(clean.tags === undefined ? {} : { tags: clean.tags.map((tag) => tag.trim()) }) } }
}

function checkTags(tags: unknown, refuse: (path: string, message: string) => void): void {
  if (!Array.isArray(tags) || tags.length > MOST_TAGS) return refuse('tags', `must be a list of at most ${MOST_TAGS} words`)
  tags.forEach((tag: unknown, i) => {
    if (typeof tag !== 'string' || tag.trim() === '' || tag.length > LONGEST_TAG || /[\n,]/.test(tag)) refuse(`tags[${i}]`, `must be 1 to ${LONGEST_TAG} characters without a comma, not ${show(tag)}`)
  })
}

export function readQuery(query: unknown): Result<HistoryQuery> {
  const { text, tags, pinned, kind, removed, offset, limit } = query as Partial<Record<keyof HistoryQuery, unknown>>
  const wrong = [
    when(text !== undefined && typeof text !== 'string', 'text', 'must be text'),
    when(tags !== undefined && !(Array.isArray(tags) && tags.every((tag) => typeof tag === 'string')), 'tags', 'must be a list of words'),
    when(![undefined, true, false].includes(pinned as boolean), 'pinned', 'must be true or false'),
    when(![undefined, true, false].includes(removed as boolean), 'removed', 'must be true or false'),
    when(![undefined, 'comparison', 'sweep'].includes(kind as string), 'kind', 'must be comparison or sweep'),
    when(!isCount(offset), 'offset', 'must be a whole number from 0'),
    when(!isCount(limit), 'limit', 'must be a whole number from 0'),
  ].filter((problem) => problem !== undefined)
  return wrong.length > 0 ? { ok: false, problems: wrong } : { ok: true, value: query as HistoryQuery }
}

function when(condition: boolean, path: string, message: string): Problem | undefined {
  return condition ? { path, message } : undefined
}

function isCount(value: unknown): boolean {
  return value === undefined || (typeof value === 'number' && Number.isInteger(value) && value >= 0)
}
