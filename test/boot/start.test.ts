import { expect, test } from 'vitest'
import { hasDisplay, parseFlags } from '../../main/boot/start.mjs'

test('flags and their defaults', () => {
  expect(parseFlags([])).toEqual({})
  expect(parseFlags(['--host=none', '--port=8080', '--workspace', '/tmp/x'])).toEqual({ host: 'none', port: 8080, workspace: '/tmp/x' })
})

test.each([
  [['--host=chrome'], '--host is "chrome"; it may be electron, browser or none.'], [['--port=x'], '--port is "x"; it may be 0 to 65535.'], [['--port=65536'], '--port is "65536"; it may be 0 to 65535.'],
  [['--port=-1'], '--port is "-1"; it may be 0 to 65535.'], [['--workspace='], '--workspace is empty; it names a folder.'],
])('%j is refused with what is allowed', (args, problem) => {
  expect(parseFlags(args)).toEqual({ problem })
})

test('an unknown flag or a stray word is named', () => {
  expect((parseFlags(['--prot=1']) as { problem: string }).problem).toMatch(/--prot/)
  expect((parseFlags(['browser']) as { problem: string }).problem).toMatch(/browser/)
})

test('a display is one that is named', () => {
  expect([hasDisplay({}, 'linux'), hasDisplay({ DISPLAY: '' }, 'linux'), hasDisplay({ DISPLAY: ':0' }, 'linux'), hasDisplay({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux'), hasDisplay({}, 'darwin')]).toEqual([false, false, true, true, true])
})
