/** Where and when a policy of a stack decides, as words joined by `@`: `2000..4000` (ms of virtual time, either end open), `memcg:a/x`, `node:1`. */
import type { PolicyInstance } from '../engine'

export type PolicyPlace = Pick<PolicyInstance, 'scope' | 'fromNs' | 'untilNs'>

const MS = 1e6

/** The place, or what is wrong with the words. */
export function readPlace(text: string): PolicyPlace | string {
  const place: { scope?: PolicyInstance['scope']; fromNs?: number; untilNs?: number } = {}
  for (const word of text.split('@').filter((one) => one !== '')) {
    const time = /^(\d*)\.\.(\d*)$/.exec(word)
    const scope = /^(memcg|node):(.+)$/.exec(word)
    if (time !== null) {
      if (time[1] !== '') place.fromNs = Number(time[1]) * MS
      if (time[2] !== '') place.untilNs = Number(time[2]) * MS
    } else if (scope?.[1] === 'memcg') place.scope = { ...place.scope, memcg: scope[2] }
    else if (scope !== null && /^\d{1,3}$/.test(scope[2])) place.scope = { ...place.scope, node: Number(scope[2]) }
    else return `"${word}" is neither a time as in 2000..4000 nor memcg:PATH or node:N`
  }
  if ((place.fromNs ?? 0) >= (place.untilNs ?? Infinity)) return `${text} ends before it begins`
  return place
}
