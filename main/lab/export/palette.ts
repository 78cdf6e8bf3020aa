/** Colours of files that leave the lab: those of the window, written out, since a file has no style sheet of ours. */
export interface Palette {
  readonly ground: string
  readonly text: string
  readonly muted: string
  readonly grid: string
  readonly axis: string
  readonly series: readonly string[]
  readonly marks: readonly string[]
  readonly machines: readonly string[]
}

export const PALETTES: Readonly<Record<'light' | 'dark', Palette>> = {
  light: {
    ground: '#ffffff', text: '#1a2027', muted: '#55606c', grid: '#e8ecf0', axis: '#aab3bd',
    series: ['#0a5cad', '#b4560b', '#1b7a3a', '#8145c4', '#b3211f', '#0d7380', '#856200', '#5b6672'], marks: ['#5b6672', '#b3211f', '#b4560b', '#1b7a3a'],
    machines: ['#55606c', '#0a5cad', '#b4560b', '#1b7a3a', '#8145c4', '#0d7380'],
  },
  dark: {
    ground: '#171b21', text: '#e2e6eb', muted: '#9ba5b1', grid: '#262d35', axis: '#505b67',
    series: ['#6fb1fa', '#eda35c', '#6fcc83', '#c39cf5', '#ff908a', '#56cbd6', '#dcc05f', '#a2acb7'], marks: ['#a2acb7', '#ff908a', '#eda35c', '#6fcc83'],
    machines: ['#a2acb7', '#6fb1fa', '#eda35c', '#6fcc83', '#c39cf5', '#56cbd6'],
  },
}
