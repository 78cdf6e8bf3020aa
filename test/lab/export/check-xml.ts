/** Is this well-formed XML, as far as elements, attributes and entities go? Enough for files we write ourselves; throws with the place. */
export function checkXml(text: string): void {
  const open: string[] = []
  const token = /<(\/?)([A-Za-z][\w:-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|[^<]+/gy
  while (token.lastIndex < text.length) {
    const at = token.lastIndex
    const match = token.exec(text)
    if (match === null) throw new Error(`not XML at ${at}: ${text.slice(at, at + 80)}`)
    const [whole, closing, name, attributes, empty] = match
    const bare = (name === undefined ? whole : attributes).replace(/&(amp|lt|gt|quot|#39);/g, '')
    if (bare.includes('&')) throw new Error(`a bare & at ${at}: ${whole.slice(0, 80)}`)
    if (name === undefined) continue
    if (closing === '/') {
      if (open.pop() !== name) throw new Error(`</${name}> at ${at} closes nothing`)
    } else if (empty !== '/') open.push(name)
  }
  if (open.length > 0) throw new Error(`never closed: ${open.join(', ')}`)
}
