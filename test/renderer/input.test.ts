/** What a person gives: sysctls, files of a machine, places in JSON, names in a policy's source. */
import { expect, test } from 'vitest'
import { lineOfPath } from '../../renderer/editor/json-place'
import { en } from '../../renderer/i18n/en'
import { freeNameAmong, withName } from '../../renderer/editor/policy-name'
import { kindOf } from '../../renderer/scenario/import-files'
import { prettyJson } from '../../renderer/scenario/pretty'
import { readVariant, sysctlsAsVariant } from '../../renderer/scenario/variant-text'
import { readSysctl } from '../../renderer/scenario/sysctl-value'

const KNOWN = [
  { name: 'vm.swappiness', default: 60, min: 0, max: 200, unit: '', about: '' },
  { name: 'vm.lowmem_reserve_ratio', default: [256, 256, 32, 0], min: 0, max: 1e6, unit: '', about: '' },
]

test('a sysctl is a whole number in range, or as many as the kernel has', () => {
  const read = (name: string, text: string): unknown => {
    const reading = readSysctl(name, text, KNOWN, en)
    return reading.ok ? reading.value : reading.message
  }
  expect(read('vm.swappiness', ' 100 ')).toBe(100)
  expect(read('vm.swappiness', '201')).toBe('201 is outside 0…200.')
  expect(read('vm.swappiness', '1.5')).toBe('“1.5” is not a whole number.')
  expect(read('vm.swappiness', '')).toBe('Needs 1 number, got 0.')
  expect(read('vm.lowmem_reserve_ratio', '256, 256  32 0')).toBe('256 256 32 0')
  expect(read('vm.lowmem_reserve_ratio', '256')).toBe('Needs 4 numbers, got 1.')
  expect(read('vm.nonsense', '1')).toBe('vm.nonsense is no sysctl that the lab knows.')
})

test('a machine\'s file is known by its name, else by how it begins', () => {
  expect(kindOf('proc-meminfo.txt', '')).toBe('meminfo')
  expect(kindOf('a.txt', 'MemTotal:  100 kB\n')).toBe('meminfo')
  expect(kindOf('a.txt', 'Node 0, zone      DMA      1      0      0      1      2      1 \n')).toBe('buddyinfo')
  expect(kindOf('a.txt', 'Node 0, zone      DMA\n  pages free     3840\n')).toBe('zoneinfo')
  expect(kindOf('a.txt', 'nr_free_pages 1\n')).toBe('vmstat')
  expect(kindOf('a.txt', 'vm.swappiness = 60\n')).toBe('sysctl')
  expect(kindOf('a.txt', ' {"vm": 1}')).toBe('config')
})

test('a dotted path is found in JSON, as deep as it exists', () => {
  const text = '{\n  "machine": {\n    "zones": [\n      { "name": "DMA" },\n      { "name": "}\\"[", "managed": 7 }\n    ]\n  },\n  "x": 1\n}'
  expect(['machine', 'machine.zones', 'machine.zones[1].managed', 'machine.zones[1].absent', 'x', 'nowhere'].map((path) => lineOfPath(text, path))).toEqual([2, 3, 5, 5, 8, undefined])
  for (let cut = 0; cut < text.length; cut++) expect(() => lineOfPath(text.slice(0, cut), 'machine.zones[1].managed')).not.toThrow()
})

test('pretty JSON says the same and keeps numbers on one line', () => {
  const value = { a: [1, 2.5, -3e21], b: ['1, 2'], c: [{ d: [] }], e: '[ 1, 2 ]' }
  expect(JSON.parse(prettyJson(value))).toEqual(value)
  expect(prettyJson(value)).toContain('"a": [1, 2.5, -3e+21]')
  expect(prettyJson(value)).toContain('"e": "[ 1, 2 ]"')
})

test('another name goes into the source where the name stands, nowhere else', () => {
  expect(withName("definePolicy({ api: 1, name: 'old', describe: 'name: x' })", 'new')).toBe("definePolicy({ api: 1, name: 'new', describe: 'name: x' })")
  expect(withName('no name here', 'new')).toBe('no name here')
})

test('a new policy is offered its plain name, then numbers; a kernel\'s version is not counted on', () => {
  expect(freeNameAmong('my-policy', [])).toBe('my-policy')
  expect(freeNameAmong('my-policy', ['my-policy'])).toBe('my-policy-2')
  expect(freeNameAmong('my-linux-6.1', ['fifo'])).toBe('my-linux-6-1')
  expect(freeNameAmong('my-linux-6.1', ['my-linux-6-1', 'my-linux-6-1-2'])).toBe('my-linux-6-1-3')
  expect(freeNameAmong('my-linux-6-1', ['my-linux-6-1'])).toBe('my-linux-6-1-2')
  expect(freeNameAmong('fifo', ['fifo', 'fifo-2'])).toBe('fifo-3')
  expect(freeNameAmong('fifo-2', ['fifo', 'fifo-2'])).toBe('fifo-3')
  expect(freeNameAmong('s3-fifo', ['s3-fifo'])).toBe('s3-fifo-2')
})

test('sysctls that were set everywhere become a variant that sets the same', () => {
  const variant = sysctlsAsVariant([{ name: 'vm.watermark_scale_factor', text: ' 200' }, { name: 'vm.lowmem_reserve_ratio', text: '256, 256 32 0' }], [])
  expect(variant).toEqual({ label: expect.stringMatching(/^watermark_scale_factor 200, lowmem_reserve_ratio 256.*…$/) as string, text: 'vm.watermark_scale_factor=200 vm.lowmem_reserve_ratio=256,256,32,0' })
  expect(variant.label.length).toBeLessThanOrEqual(60)
  expect(readVariant(variant, en)).toMatchObject({ ok: true, value: { set: { 'vm.watermark_scale_factor': '200', 'vm.lowmem_reserve_ratio': '256,256,32,0' } } })
  const swap = [{ name: 'vm.swappiness', text: '10' }]
  expect(sysctlsAsVariant(swap, [{ label: 'swappiness 10', text: '' }]).label).toBe('swappiness 10 2')
})
