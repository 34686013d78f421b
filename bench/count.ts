import { fileURLToPath } from 'node:url'
import { interleaved, used } from './harness.js'
import { type Bench, times } from './report.js'

const cli = fileURLToPath(new URL('../src/cli/main.js', import.meta.url))

/** The whole command, from start to end, against a Node that does nothing. */
export const count: Bench = {
  name: 'count',
  summary: '`heddle count hrnet-v2-w48 --json` over `node -e 0`: whole processes',
  rounds: 20,
  run(rounds) {
    const pairs = interleaved(
      rounds,
      () => used([cli, 'count', 'hrnet-v2-w48', '--json']),
      () => used(['-e', '0']),
    )
    return times('count', pairs, 4)
  },
}
