/** Schemes as code: what the controller does at a look, and how pages marked by it go first or last. */
import type { RuleSet } from '../../../preload/contract'
import type { Values } from './conditions'
import { paramOf, uses } from './draft'
import type { Draft } from './draft'
import { quoted, shown } from './literals'
import { SCHEME, WATCH } from './schemes'

/** Lines of the controller, which come last in it; hooks and state go to the draft. `zones` are already read. */
export function writeSchemes(draft: Draft, { schemes, watch }: RuleSet, every: number): readonly string[] {
  const [cold, keep] = [schemes.some(({ action }) => action === 'cold'), schemes.some(({ action }) => action === 'keep')]
  const lists = [...(cold ? ['cold'] : []), ...(keep ? ['hot'] : []), 'all']
  const stores = ['uses', ...schemes.map((_, i) => `age${i + 1}`)]
  for (const list of lists) draft.state.set(list, 'k.list()')
  for (const store of stores) draft.state.set(store, 'k.folioStore(\'u8\')')
  schemes.forEach((_, i) => draft.state.set(`on${i + 1}`, 'false'))
  if (every > 1) draft.state.set('turn', '0')
  uses(draft, ['freePercent', 'inForce', 'SCAN_KEEP', 'SCAN_ROTATE', ...(schemes.some(({ pages }) => pages !== 'all') || cold || keep ? ['FOLIO_FILE'] : [])])
  draft.types.add('Folio').add('ScanVerdict')
  draft.hooks.set('folioAdded', ['k.state.all.addHead(folio)'])
  draft.hooks.set('folioAccessed', ['k.state.uses.set(folio, Math.min(255, k.state.uses.get(folio) + young + accesses))'])
  if (cold || keep) draft.hooks.set('evictFolios', evictLines(draft, schemes, cold, keep))
  const share = paramOf(draft, WATCH, watch, 'percent', 'share', 'Share of all pages that it looks at each time.')
  const anyOn = schemes.map((_, i) => `!k.state.on${i + 1}`).join(' && ')
  return [
    'const free = freePercent(zones, \'managed\')',
    ...schemes.map(({ high, mid, low }, i) => `k.state.on${i + 1} = inForce(k.state.on${i + 1}, free, ${shown(high)}, ${shown(mid)}, ${shown(low)})`),
    `if (${anyOn}) return`,
    `const { ${[...lists, ...stores].join(', ')} } = k.state`,
    ...schemes.flatMap((scheme, i) => [
      `let left${i + 1} = ${paramOf(draft, SCHEME, scheme, 'quota', 'quota', `Scheme ${i + 1} takes at most so many pages at a look.`)}`,
      ...(scheme['action'] === 'pageout' ? [`const out${i + 1}: Folio[] = []`] : []),
    ]),
    'const look = (folio: Folio): ScanVerdict => {',
    '  const used = Math.min(255, uses.get(folio) + k.folios.accesses(folio) + k.folios.young(folio))',
    '  uses.set(folio, 0)',
    ...schemes.flatMap((scheme, i) => schemeLines(draft, scheme, i + 1)).map((line) => `  ${line}`),
    '  all.addHead(folio)',
    '  return SCAN_KEEP',
    '}',
    '// Each page once, however it moves: what moves goes to a head, and looking begins at the tails.',
    `const turns = [${lists.join(', ')}].map((list) => ({ list, most: Math.ceil((list.length * ${share}) / 100) }))`,
    'for (const { list, most } of turns) if (most > 0) list.scan(most, look)',
    ...schemes.flatMap((scheme, i) => [`k.count('scheme_${i + 1}_pages', ${scheme['action'] === 'pageout' ? `out${i + 1}.length` : `${paramName(draft, i)} - left${i + 1}`})`, ...(scheme['action'] === 'pageout' ? [`k.reclaimFolios(out${i + 1})`] : [])]),
  ]
}

/** The parameter that the i-th scheme's quota became. */
function paramName(draft: Draft, i: number): string {
  return `k.params.${[...draft.params.keys()].filter((name) => /^quota\d*$/.test(name))[i]}`
}

function schemeLines(draft: Draft, scheme: Values, n: number): readonly string[] {
  const { pages, minPages, maxPages, minAccesses, maxAccesses, maxLooks, action } = scheme
  const fits = [
    ...(pages === 'all' ? [] : [`(k.folios.facts(folio) & FOLIO_FILE) ${pages === 'file' ? '!==' : '==='} 0`]),
    ...(minPages === 1 ? [] : [`k.folios.pages(folio) >= ${shown(minPages)}`]), ...(maxPages === 512 ? [] : [`k.folios.pages(folio) <= ${shown(maxPages)}`]),
    ...(minAccesses === 0 ? [] : [`used >= ${shown(minAccesses)}`]), ...(maxAccesses === 255 ? [] : [maxAccesses === 0 ? 'used === 0' : `used <= ${shown(maxAccesses)}`]),
  ].join(' && ') || 'true'
  const looks = paramOf(draft, SCHEME, scheme, 'minLooks', 'looks', `Scheme ${n} takes pages that were so for so many looks in a row.`)
  const old = `k.state.on${n} && age${n}.get(folio) >= ${looks}${maxLooks === 255 ? '' : ` && age${n}.get(folio) <= ${shown(maxLooks)}`}`
  const list = action === 'keep' ? 'hot' : 'cold'
  return [
    `age${n}.set(folio, ${fits === 'true' ? '' : `${fits} ? `}Math.min(255, age${n}.get(folio) + 1)${fits === 'true' ? '' : ' : 0'})`,
    ...(action === 'pageout'
      ? [`if (${old} && left${n} > 0) {`, `  left${n}--`, `  out${n}.push(folio)`, '  all.addHead(folio)', '  return SCAN_KEEP', '}']
      : [`if (${old} && (${list}.has(folio) || left${n} > 0)) {`, `  if (!${list}.has(folio)) left${n}--`, `  ${list}.addHead(folio)`, '  return SCAN_KEEP', '}']),
  ]
}

function evictLines(draft: Draft, schemes: readonly Values[], cold: boolean, keep: boolean): readonly string[] {
  uses(draft, ['SCAN_EVICT'])
  const on = (action: string): string => schemes.flatMap((scheme, i) => (scheme['action'] === action ? [`k.state.on${i + 1}`] : [])).join(' || ')
  return [
    `const fits = (folio: Folio): boolean => ((k.folios.facts(folio) & FOLIO_FILE) !== 0) === (type === ${quoted('file')})`,
    'let out: Folio[] = []',
    ...(cold ? [`if (${on('cold')}) out = k.state.cold.scan(8 * nr, (folio) => (fits(folio) ? SCAN_EVICT : SCAN_ROTATE), nr)`] : []),
    ...(keep ? [
      '// All but the hot ones, the oldest first; those in use have another turn.',
      `if (${schemes.filter(({ action }) => action === 'keep').length > 1 ? `(${on('keep')})` : on('keep')} && out.length < nr) {`,
      '  out = out.concat(k.state.all.scan(8 * nr, (folio) => {',
      '    const used = Math.min(255, k.state.uses.get(folio) + k.folios.accesses(folio) + k.folios.young(folio))',
      '    k.state.uses.set(folio, used)',
      '    return used === 0 && fits(folio) ? SCAN_EVICT : SCAN_ROTATE',
      '  }, nr - out.length))',
      '}',
    ] : []),
    'return out',
  ]
}
