/** Progress of an experiment on stderr: one line that is rewritten on a terminal, plain lines elsewhere. */
import type { ExperimentStatus } from '../../preload/contract'
import type { Output } from './output'
import { seconds } from './table'

export interface ProgressLine {
  show(status: ExperimentStatus): void
  /** Clears the line. */
  end(): void
}

/** `wanted`: --progress was given; otherwise only a terminal gets it. */
export function createProgress(output: Output, wanted: boolean): ProgressLine {
  if (output.errIsTerminal) return onTerminal(output)
  return wanted ? asLines(output) : { show: () => undefined, end: () => undefined }
}

function onTerminal(output: Output): ProgressLine {
  let shown = false
  return {
    show: (status) => { shown = true; void output.err(`\r\u001b[K${progressText(status).slice(0, output.errColumns - 1)}`) },
    end: () => { if (shown) void output.err('\r\u001b[K'); shown = false },
  }
}

function asLines(output: Output): ProgressLine {
  let lastTenth = -1
  return {
    show: (status) => {
      const tenth = Math.floor(status.fraction * 10)
      if (tenth === lastTenth) return
      lastTenth = tenth
      void output.err(`${progressText(status)}\n`)
    },
    end: () => undefined,
  }
}

/** The same for many short runs: only how many are over. */
export function countProgress(output: Output, wanted: boolean): (ended: number, total: number, more?: string) => void {
  let lastTenth = -1
  return (ended, total, more = '') => {
    const line = `${Math.floor((ended / total) * 100)} %  ${ended} of ${total} runs${more}`
    if (output.errIsTerminal) return void output.err(`\r\u001b[K${line.slice(0, output.errColumns - 1)}`)
    const tenth = Math.floor((ended / total) * 10)
    if (!wanted || tenth === lastTenth) return
    lastTenth = tenth
    void output.err(`${line}\n`)
  }
}

/** One piece of work by its fraction. */
export function fractionProgress(output: Output, wanted: boolean): { show(what: string, fraction: number): void; end(): void } {
  let shown = ''
  return {
    show: (what, fraction) => {
      const line = `${Math.floor(fraction * 100)} %  ${what}`
      if (output.errIsTerminal) void output.err(`\r\u001b[K${line.slice(0, output.errColumns - 1)}`)
      const tenth = `${what} ${Math.floor(fraction * 10)}`
      if (!output.errIsTerminal && wanted && tenth !== shown) void output.err(`${line}\n`)
      shown = tenth
    },
    end: () => {
      if (shown !== '' && output.errIsTerminal) void output.err('\r\u001b[K')
      shown = ''
    },
  }
}

export function progressText(status: ExperimentStatus): string {
  const over = status.runs.filter((run) => run.state !== 'waiting' && run.state !== 'running').length
  const left = status.etaMs === undefined || status.etaMs < 500 ? '' : `, about ${seconds(status.etaMs)} to go`
  return `${Math.floor(status.fraction * 100)} %  ${over} of ${status.runs.length} runs${left}`
}
