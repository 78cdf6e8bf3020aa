/** A process that forks a runner, tells its pid once it is ready, and waits to be killed. */
import { forkChildRunner } from '../../main/runner/fork-child'

const runner = forkChildRunner()
runner.onMessage(message => { if (message.type === 'ready') process.stdout.write(`${runner.pid}\n`) })
