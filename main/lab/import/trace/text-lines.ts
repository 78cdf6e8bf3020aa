/** Lines of a stream, numbered from 1. A line longer than a page of text is no line of a trace and is given cut. */
export interface TraceLine { readonly number: number; readonly text: string; /** The file ends here without a line end. */ readonly last: boolean }

const LONGEST = 16_384

export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<TraceLine> {
  const decoder = new TextDecoder()
  let rest = ''
  let number = 0
  for await (const chunk of chunks) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = parts.pop() ?? ''
    if (rest.length > LONGEST) rest = rest.slice(0, LONGEST)
    for (const text of parts) yield { number: ++number, text: text.endsWith('\r') ? text.slice(0, -1) : text, last: false }
  }
  rest += decoder.decode()
  if (rest !== '') yield { number: ++number, text: rest, last: true }
}

export function quoted(text: string): string {
  const trimmed = text.trim()
  return JSON.stringify(trimmed.length > 100 ? `${trimmed.slice(0, 99)}…` : trimmed)
}
