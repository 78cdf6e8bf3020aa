/**
 * Running averages of pressure, as /proc/pressure shows them: every two seconds (and a tick) the share of that time is mixed into avg10, avg60 and avg300, in fixed point.
 * Source: kernel/sched/psi.c:update_averages, calc_avgs; include/linux/sched/loadavg.h:calc_load (5.15 and 6.1). Simplification: updated in idle times too, and exactly when due; the kernel's worker
 * stops with the last task and makes up for the periods it missed, which rounds otherwise in the last digit.
 */

const FSHIFT = 11
/** 1.0 in fixed point. */
export const FIXED_1 = 1 << FSHIFT
/** 1 / exp(2s / 10s), 1 / exp(2s / 60s), 1 / exp(2s / 300s). */
const EXP = [1677, 1981, 2034] as const
const NSEC_PER_SEC = 1e9

export class PsiAverages {
  /** By state, then avg10, avg60, avg300: percent in fixed point. */
  readonly avg: Float64Array
  /** When the next update is due, ns. */
  next: number
  readonly #hz: number
  readonly #period: number
  /** Of each total, what the averages know of. */
  readonly #known: Float64Array

  constructor(states: number, hz: number) {
    this.#hz = hz
    this.avg = new Float64Array(states * EXP.length)
    this.#known = new Float64Array(states)
    // PSI_FREQ: 2 * HZ + 1 ticks.
    this.#period = Math.floor(((2 * hz + 1) * NSEC_PER_SEC) / hz)
    this.next = this.#period
  }

  copy(): PsiAverages {
    const copy = new PsiAverages(this.#known.length, this.#hz)
    copy.avg.set(this.avg)
    copy.#known.set(this.#known)
    copy.next = this.next
    return copy
  }

  /** `totals` of the states as they are when the update is due, ns. */
  update(totals: readonly number[]): void {
    this.next += this.#period
    totals.forEach((total, state) => {
      const sample = Math.min(total - this.#known[state], this.#period)
      this.#known[state] += sample
      const percent = Math.floor((sample * 100) / this.#period) * FIXED_1
      for (let i = 0; i < EXP.length; i++) this.avg[state * EXP.length + i] = calcLoad(this.avg[state * EXP.length + i], EXP[i], percent)
    })
  }
}

/** calc_load: rounded up where it rises, so that it gets where it goes. */
function calcLoad(load: number, exp: number, active: number): number {
  return Math.floor((load * exp + active * (FIXED_1 - exp) + (active >= load ? FIXED_1 - 1 : 0)) / FIXED_1)
}
