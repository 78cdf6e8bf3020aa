/** The `policies=` word of a variant as a list of uses, and back: name, from and until, node and memory cgroup. What the lab's own words allow and controls can't show is left as words. */
export interface PolicyUse {
  readonly name: string
  /** ms of virtual time as digits; '' is open. */
  readonly from: string
  readonly until: string
  /** '' is everywhere. */
  readonly node: string
  readonly memcg: string
}

export const everywhere = (name: string): PolicyUse => ({ name, from: '', until: '', node: '', memcg: '' })

const WORD = /(^|\s)policies=(\S*)/g

/** The stack in these words; undefined where it stands there twice or has words that no control shows. */
export function readStack(text: string): readonly PolicyUse[] | undefined {
  const found = [...text.matchAll(WORD)].map((match) => match[2])
  if (found.length === 0) return []
  if (found.length > 1 || found[0] === '') return undefined
  const uses = found[0].split(',').map(readUse)
  return uses.every((use) => use !== undefined) ? uses : undefined
}

/** The same words with this stack; other words stay as and where they are. */
export function withStack(text: string, stack: readonly PolicyUse[]): string {
  const word = stack.length === 0 ? '' : `policies=${stack.map(writeUse).join(',')}`
  if (!new RegExp(WORD).test(text)) return [word, text].filter((one) => one !== '').join(' ')
  if (word !== '') return text.replace(WORD, (_, before: string) => `${before}${word}`)
  return text.replace(WORD, '').trimStart()
}

export function writeUse({ name, from, until, node, memcg }: PolicyUse): string {
  return [name, ...(from === '' && until === '' ? [] : [`${from}..${until}`]), ...(node === '' ? [] : [`node:${node}`]), ...(memcg === '' ? [] : [`memcg:${memcg}`])].join('@')
}

function readUse(text: string): PolicyUse | undefined {
  const [name = '', ...words] = text.split('@')
  let use = everywhere(name)
  const seen = new Set<string>()
  for (const word of words) {
    const time = /^(\d*)\.\.(\d*)$/.exec(word)
    const place = /^(memcg|node):([^,\s]+)$/.exec(word)
    const kind = time ? 'time' : place?.[1] ?? ''
    // Said twice, the lab's last word counts; that is no business of a control.
    if (kind === '' || seen.has(kind) || (kind === 'node' && !/^\d{1,3}$/.test(place?.[2] ?? ''))) return undefined
    seen.add(kind)
    if (time) use = { ...use, from: time[1] ?? '', until: time[2] ?? '' }
    else use = { ...use, [kind]: place?.[2] ?? '' }
  }
  return name === '' ? undefined : use
}
