import { expect, test } from 'vitest'
import { countPlaywright, countVitest, skippedUi, sum } from '../../main/boot/test.mjs'

const file = (status: string, ...tests: string[]): object => ({ status, assertionResults: tests.map((state) => ({ status: state })) })
const vitest = (numPassedTests: number, numFailedTests: number, testResults: object[]): object => ({ numPassedTests, numFailedTests, numPendingTests: 0, numTodoTests: 0, testResults })

test('tests are counted, and a file that could not be loaded counts as failed', () => {
  expect(countVitest(vitest(2, 1, [file('passed', 'passed', 'passed'), file('failed', 'failed')]), 1)).toEqual({ passed: 2, failed: 1, skipped: 0 })
  expect(countVitest(vitest(2, 0, [file('passed', 'passed', 'passed'), file('failed')]), 1)).toEqual({ passed: 2, failed: 1, skipped: 0 })
})

test('a run that failed without a failing test is a failure', () => {
  expect(countVitest(vitest(2, 0, [file('passed', 'passed', 'passed')]), 1)).toEqual({ passed: 2, failed: 1, skipped: 0 })
  expect(countPlaywright({ stats: { expected: 3, unexpected: 0, flaky: 0, skipped: 0 } }, 1)).toEqual({ passed: 3, failed: 1, skipped: 0 })
})

test('a flaky UI test has not passed, and a file that could not be loaded has failed', () => {
  expect(countPlaywright({ stats: { expected: 3, unexpected: 1, flaky: 2, skipped: 1 }, errors: [{}] }, 1)).toEqual({ passed: 3, failed: 4, skipped: 1 })
})

test('sums', () => {
  expect(sum([{ passed: 1, failed: 0 }, { passed: 2, failed: 3, skipped: 4 }])).toEqual({ passed: 3, failed: 3, skipped: 4 })
})

test('a skipped UI test is named with its reason, wherever it is nested', () => {
  const spec = (title: string, status: string, ...annotations: object[]): object => ({ title, tests: [{ status, annotations }] })
  const report = { suites: [{ specs: [spec('a', 'expected')], suites: [{ specs: [spec('b', 'skipped', { type: 'skip', description: 'not here' }), spec('c', 'skipped')] }] }] }
  expect(skippedUi(report)).toEqual(['b: not here', 'c: no reason given'])
})
