import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { addressFrom, FORM, isExposed, readAddress } from '../../main/queue/address'

const CA = fileURLToPath(new URL('../fixtures/tls/ca.pem', import.meta.url))

test.each([
  ['redis://host', { host: 'host', port: 6379, db: 0, shown: 'redis://host:6379/0' }],
  ['redis://10.0.0.7:7000/3', { host: '10.0.0.7', port: 7000, db: 3, shown: 'redis://10.0.0.7:7000/3' }],
  ['valkey://host/', { host: 'host', port: 6379, db: 0, shown: 'valkey://host:6379/0' }],
  ['redis://[::1]:6380/1', { host: '::1', port: 6380, db: 1, shown: 'redis://[::1]:6380/1' }],
  ['rediss://host:6380', { host: 'host', port: 6380, db: 0, tls: {}, shown: 'rediss://host:6380/0' }],
  ['redis://somebody@host', { host: 'host', port: 6379, db: 0, username: 'somebody', shown: 'redis://host:6379/0' }],
])('%s', (url, address) => {
  expect(readAddress({ url }, '--queue')).toEqual({ ok: true, value: address })
})

test.each(['http://host', 'host:6379', '', 'redis://', 'redis://host/a', 'redis://host?x=1', 'redis://host/0#f', 'redis://host:99999'])('%s is refused', (url) => {
  const read = readAddress({ url }, '--queue')
  expect(read.ok ? '' : `${read.problems[0].path} ${read.problems[0].message}`).toContain('--queue must be redis://host:6379/0')
})

test('a password where others can see it is refused, and no message repeats it', () => {
  const read = readAddress({ url: 'redis://me:s3cret@host' }, '--queue')
  expect(read.ok ? '' : read.problems[0].message).toContain('RECLAIM_LAB_QUEUE_PASSWORD')
  for (const url of ['redis://me:s3cret@host', 'redis://me:s3cret@host/x', 'redsi://me:s3cret@host', 'me:s3cret@host', 'redis:me:s3cret@ho st']) expect(JSON.stringify(readAddress({ url }, '--queue'))).not.toContain('s3cret')
})

test('from the environment: the address with its password, or user and password beside an address from the command line', () => {
  const whole = addressFrom({}, { RECLAIM_LAB_QUEUE: 'redis://me:s3%40cret@host' })
  expect(whole).toMatchObject({ ok: true, value: { username: 'me', password: 's3@cret', shown: 'redis://host:6379/0' } })
  const beside = addressFrom({ url: 'redis://host' }, { RECLAIM_LAB_QUEUE: 'redis://elsewhere', RECLAIM_LAB_QUEUE_USER: 'me', RECLAIM_LAB_QUEUE_PASSWORD: 's3cret' })
  expect(beside).toMatchObject({ ok: true, value: { host: 'host', username: 'me', password: 's3cret' } })
  const none = addressFrom({}, {})
  expect(none.ok ? '' : none.problems[0].message).toContain('is missing')
})

test('a % that begins nothing is said, not thrown, and the password is not repeated', () => {
  for (const url of ['redis://us%zz@host', 'redis://me:%E0%A4%A@host', 'redis://me:100%@host']) {
    const read = addressFrom({}, { RECLAIM_LAB_QUEUE: url })
    expect(read.ok ? '' : `${read.problems[0].path} ${read.problems[0].message}`).toMatch(/^RECLAIM_LAB_QUEUE has a % in its user or password/)
  }
  expect(addressFrom({}, { RECLAIM_LAB_QUEUE: 'redis://me:100%25@host' })).toMatchObject({ ok: true, value: { password: '100%' } })
})

test('TLS options: files are read, and belong to rediss:// alone', () => {
  const given = (parts: Parameters<typeof addressFrom>[0]): ReturnType<typeof addressFrom> => addressFrom(parts, {})
  expect(given({ url: 'rediss://host', ca: CA, servername: 'queue.test' })).toMatchObject({ ok: true, value: { tls: { ca: expect.stringContaining('BEGIN CERTIFICATE') as string, servername: 'queue.test' } } })
  const wrong = [given({ url: 'redis://host', ca: CA }), given({ url: 'rediss://host', cert: CA }), given({ url: 'rediss://host', ca: '/no/such/file' }), given({ url: 'rediss://host', ca: fileURLToPath(import.meta.url) })]
  expect(wrong.map((read) => (read.ok ? '' : read.problems[0].path))).toEqual(['--tls-ca', '--tls-cert', '--tls-ca', '--tls-ca'])
})

test('the window gives the certificates themselves: looked at before anything connects, named as in its form, the key in no message', () => {
  const [ca, cert, key] = ['ca.pem', 'server.pem', 'server.key'].map((name) => readFileSync(fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url)), 'utf8'))
  const url = 'rediss://host'
  expect(readAddress({ url, ca, cert, key }, 'queue', false, FORM)).toMatchObject({ ok: true, value: { tls: { ca, cert, key } } })
  const wrong = [{ url, ca: 'x' }, { url, cert }, { url, cert: ca, key }, { url, cert, key: key.replace(/\n[^-]/, '\n*') }, { url: 'redis://host', servername: 'x' }].map((parts) => readAddress(parts, 'queue', false, FORM))
  expect(wrong.map((read) => (read.ok ? '' : read.problems[0].path))).toEqual(['queue.ca', 'queue.cert', 'queue.cert', 'queue.cert', 'queue.ca'])
  expect(JSON.stringify(wrong)).not.toContain(key.split('\n')[2])
})

test('a password in plain is worth a word, but not to this machine itself', () => {
  const exposed = (url: string): boolean => {
    const read = readAddress({ url, password: 'x' }, 'queue')
    return read.ok && isExposed(read.value)
  }
  expect(['redis://host', 'redis://localhost', 'redis://127.0.0.1', 'rediss://host'].map(exposed)).toEqual([true, false, false, false])
})
