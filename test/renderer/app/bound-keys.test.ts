/** Looks through the window's code for keys that do something, and holds each against the two tables that the shortcut sheet is made from. */
import { expect, test } from 'vitest'
import ts from 'typescript'
import { FIXED_KEYS } from '../../../renderer/app/keys'
import type { FixedPlace } from '../../../renderer/app/keys'
import { typescriptSources } from '../../arch/sources'

/** Which place's keys a file binds. */
const PLACE_OF: Readonly<Record<string, FixedPlace>> = {
  'renderer/app/shortcuts.ts': 'window', 'renderer/charts/event-lanes.tsx': 'lane', 'renderer/inspector/inspector.tsx': 'inspector', 'renderer/results/divergence.tsx': 'divergence', 'renderer/results/sweep-curve.tsx': 'curve', 'renderer/results/travel.tsx': 'travel',
  'renderer/scenario/form/scenario-form.tsx': 'form', 'renderer/app/tour.tsx': 'tour',
}
/** What menus, tabs, lists, dialogs and fields answer to everywhere. */
const WIDGETS = new Set(['renderer/app/palette.tsx', 'renderer/app/shortcut-sheet.tsx', 'renderer/editor/tabs.tsx', 'renderer/history/history-space.tsx', 'renderer/reference/reference-pane.tsx', 'renderer/ui/confirm.tsx', 'renderer/ui/menu.tsx', 'renderer/ui/tip.tsx'])
const WIDGET_KEYS = new Set(['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'PageUp', 'PageDown', 'Home', 'End', 'Enter', 'Escape', 'Tab', 'Backspace', 'Delete'])

interface Bound { readonly path: string; readonly key: string }

/** Texts that a pressed key is compared with (`event.key === 'n'`), and names of a table that it looks up (`{ ArrowDown: 1 }[event.key]`). */
function boundKeys(path: string, text: string): readonly Bound[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX)
  const found: Bound[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isBinaryExpression(node) && ts.isStringLiteral(node.right) && isPressed(node.left)) found.push({ path, key: node.right.text })
    if (ts.isElementAccessExpression(node) && ts.isObjectLiteralExpression(node.expression) && isPressed(node.argumentExpression)) for (const { name } of node.expression.properties) if (name) found.push({ path, key: name.getText() })
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

function isPressed(node: ts.Node): boolean {
  return /^((event|key|e)\.)?key(\.toLowerCase\(\))?$/.test(node.getText())
}

function keysAt(place: FixedPlace): readonly string[] {
  return Object.values<readonly string[]>(FIXED_KEYS[place]).flat()
}

function isListed({ path, key }: Bound): boolean {
  const place = PLACE_OF[path]
  if (place === undefined) return WIDGETS.has(path) && WIDGET_KEYS.has(key)
  return keysAt(place).some((name) => name.split(/[+ ]/).some((part) => part.toLowerCase() === key.toLowerCase()))
}

const sources = typescriptSources().filter(({ path }) => path.startsWith('renderer/') && path !== 'renderer/app/keys.ts')

test('every key that the window answers to is in the sheet', () => {
  const bound = sources.flatMap(({ path, text }) => boundKeys(path, text))
  expect(new Set(bound.map(({ path }) => path)).size).toBeGreaterThan(10)
  expect(bound.filter((one) => !isListed(one)), 'add it to FIXED_KEYS in renderer/app/keys.ts, with its words').toEqual([])
})

test('what the sheet lists of a place is bound there', () => {
  const bound = sources.flatMap(({ path, text }) => boundKeys(path, text))
  const missing = Object.entries(PLACE_OF).flatMap(([path, place]) => keysAt(place).filter((name) => {
    const last = (name.split(/[+ ]/).at(-1) as string).toLowerCase()
    return !bound.some((one) => one.path === path && one.key.toLowerCase() === last)
  }).map((name) => `${path}: ${name}`))
  expect(missing).toEqual([])
})

test('the editor is given no keys of its own: it passes on those of commands', () => {
  expect(sources.flatMap(({ path, text }) => [...text.matchAll(/KeyCode\.(\w+)/g)].map(([, name]) => `${path}: ${name}`))).toEqual([])
})

test('it would find them', () => {
  expect(boundKeys('x.tsx', "if (event.key === 'q') a(); const by = { ArrowUp: 1, Home: 2 }[key.key]; if (key.toLowerCase() === 'z') b()").map(({ key }) => key)).toEqual(['q', 'ArrowUp', 'Home', 'z'])
  expect(isListed({ path: 'renderer/app/app.tsx', key: 'q' })).toBe(false)
  expect(isListed({ path: 'renderer/results/divergence.tsx', key: 'x' })).toBe(false)
})
