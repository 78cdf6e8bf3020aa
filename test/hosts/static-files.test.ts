import { expect, test } from 'vitest'
import { loadStaticFiles, withBridge } from '../../main/hosts/static-files'
import { temporaryFolder } from '../boot/temporary'

test('files are found by exact path, of known types only', () => {
  const files = loadStaticFiles(temporaryFolder({ 'index.html': '<script src="a.js"></script>', 'assets/a.js': '1', 'assets/a.js.map': '{}', 'assets/f.ttf': 'x', 'assets/deep/b.css': '', 'notes.txt': '' }))
  expect([...files.keys()].sort()).toEqual(['/', '/assets/a.js', '/assets/deep/b.css', '/assets/f.ttf', '/index.html'])
  expect(files.get('/assets/a.js')?.type).toBe('text/javascript; charset=utf-8')
})

test('a bundle without a page is refused with its folder', () => {
  const folder = temporaryFolder({ 'a.js': '1' })
  expect(() => loadStaticFiles(folder)).toThrow(`no index.html in ${folder}`)
})

test('the bridge is put before every script of the page', () => {
  const page = (html: string): string => withBridge(new Map([['/', { type: 'text/html', body: Buffer.from(html) }]]), Buffer.from('b')).get('/')?.body.toString() ?? ''
  expect(page('<head><link><SCRIPT src=a></SCRIPT><script src=b></script></head>')).toBe('<head><link><script type="module" src="/bridge.js"></script><SCRIPT src=a></SCRIPT><script src=b></script></head>')
  expect(() => page('<head></head>')).toThrow('loads no script')
})
