/** Where a text stops being JSON, and what was expected there: V8's messages no longer tell the place. Without recursion. */

export interface JsonFault { readonly index: number; readonly expected: string }

const SPACE = /[ \t\r\n]*/y
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y

/** Undefined where the text is JSON. */
export function jsonFault(text: string): JsonFault | undefined {
  const scan = { at: 0, fault: undefined as JsonFault | undefined }
  const closers: string[] = []
  let more = value(text, scan, closers)
  while (more && closers.length > 0) more = afterValue(text, scan, closers)
  skip(text, scan)
  if (more && scan.at < text.length) scan.fault = { index: scan.at, expected: 'the end of the text' }
  return scan.fault
}

interface Scan { at: number; fault: JsonFault | undefined }

/** A scalar, an empty list or object, or everything up to the first value inside; `closers` says what is open then. */
function value(text: string, scan: Scan, closers: string[]): boolean {
  for (;;) {
    skip(text, scan)
    const opened = text[scan.at]
    if (opened !== '{' && opened !== '[') return take(text, scan, STRING) || take(text, scan, SCALAR) || fail(scan, text[scan.at] === '"' ? 'a text that ends with a double quote on its line' : 'a value')
    scan.at++
    closers.push(opened === '{' ? '}' : ']')
    skip(text, scan)
    if (text[scan.at] === closers[closers.length - 1]) return close(scan, closers)
    if (opened === '{' && !key(text, scan)) return false
  }
}

/** A value has just ended inside a list or object. */
function afterValue(text: string, scan: Scan, closers: string[]): boolean {
  skip(text, scan)
  const closer = closers[closers.length - 1]
  if (text[scan.at] === closer) return close(scan, closers)
  if (text[scan.at] !== ',') return fail(scan, `"," or "${closer}"`)
  scan.at++
  return (closer === ']' || key(text, scan)) && value(text, scan, closers)
}

function key(text: string, scan: Scan): boolean {
  skip(text, scan)
  if (!take(text, scan, STRING)) return fail(scan, 'a name between double quotes')
  skip(text, scan)
  if (text[scan.at] !== ':') return fail(scan, '":"')
  scan.at++
  return true
}

function close(scan: Scan, closers: string[]): boolean {
  scan.at++
  closers.pop()
  return true
}

function skip(text: string, scan: Scan): void {
  take(text, scan, SPACE)
}

function take(text: string, scan: Scan, token: RegExp): boolean {
  token.lastIndex = scan.at
  if (!token.test(text)) return false
  scan.at = token.lastIndex
  return true
}

function fail(scan: Scan, expected: string): false {
  scan.fault = { index: scan.at, expected }
  return false
}
