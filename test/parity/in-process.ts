/** Runs in this process, one after the other: what the runner pool does, without processes. */
import { createSimulation } from '../../main/engine'
import type { Runs } from '../../main/lab/parts'
import { kernelNamed } from '../../main/runner/kernels'

export const inProcess: Runs = {
  start: ({ scenario, kernel, seed }) => {
    const simulation = createSimulation({ scenario, kernel: kernelNamed(kernel), policies: [], seed })
    const done = Promise.resolve().then(() => {
      while (simulation.step(100_000));
      return simulation.finish()
    })
    return { done, cancel: () => { simulation.cancel() }, watch: () => undefined }
  },
  travel: () => { throw new Error('nobody travels here') },
  ask: () => { throw new Error('nothing is asked here') },
  inspect: () => Promise.reject(new Error('no policies here')),
  close: () => Promise.resolve(),
}
