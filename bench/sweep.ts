import { heddle } from './build.js'
import { interleaved, spread, used } from './harness.js'
import { type Bench, figure, finding } from './report.js'

const networks = 200

/** A family in one process, against one of it in a process of its own. */
export const sweep: Bench = {
  name: 'sweep',
  summary: `\`heddle sweep 'hrnet-v2-w{1..${networks}}' --input 512x1024\`, one process, beside \`heddle count\` of one of them`,
  rounds: 7,
  run(rounds) {
    const size = ['--input', '512x1024', '--json']
    const pairs = interleaved(
      rounds,
      () => used([heddle, 'sweep', `hrnet-v2-w{1..${networks}}`, ...size]),
      () => used([heddle, 'count', `hrnet-v2-w${networks / 2}`, ...size]),
    )
    return (['cpu', 'wall'] as const).flatMap((time) => {
      const [all, one] = [pairs.a, pairs.b].map((runs) => spread(runs.map((run) => run[time])))
      const a = figure(all?.median ?? 0)
      const each = pairs.a.map((run, i) => run[time] / networks / (pairs.b[i]?.[time] ?? 0))
      const aMinute = pairs.a.map((run) => (60_000 * networks) / run[time])
      return [
        finding(`networks a minute, ${time} time`, '', spread(aMinute.map(Math.round)), {
          least: 1000,
          from: `${networks} in ${a} ms`,
        }),
        finding(`a network of it, ${time} time`, '×', spread(each), {
          from: `${a} ms / ${networks} over ${figure(one?.median ?? 0)} ms`,
        }),
      ]
    })
  },
}
