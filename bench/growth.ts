import { everything, grown, type Lap, operations } from './grown.js'
import { spread } from './harness.js'
import type { Bench, Finding } from './report.js'

const sizes = [300, 1000, 3000, 10_000, 30_000] as const

/** All that is done to a network, from 300 operations to 30,000: the exponent by which processor time grows. */
export const growth: Bench = {
  name: 'growth',
  summary:
    'processor time of each phase at 300, 1,000, 3,000, 10,000 and 30,000 operations: the exponent, by least squares (1 is linear)',
  rounds: 2,
  async run(rounds) {
    const findings: Finding[] = []
    for (const [name, write] of Object.entries(grown)) {
      const networks = sizes.map((size) => ({ size, made: operations(write(size)) }))
      const times = new Map<string, number[][]>()
      for (let round = 0; round <= rounds; round++)
        for (const [i, { size, made }] of networks.entries()) {
          // Small networks are taken several times: what is measured lasts long enough.
          const turns = Math.max(1, Math.round(3000 / size))
          const took = new Map<string, number>()
          for (let turn = 0; turn < turns; turn++)
            await everything(() => write(size), lapInto(took))
          if (round === 0) continue
          for (const [phase, ms] of [...took, ['all', sum(took.values())] as const]) {
            const bySize = times.get(phase) ?? sizes.map(() => [])
            times.set(phase, bySize)
            bySize[i]?.push((1000 * ms) / turns / made)
          }
        }
      for (const [phase, bySize] of times) {
        const each = bySize.map((perNode) => spread(perNode).median)
        const points = each.map((us, i) => {
          const { made } = networks[i] as (typeof networks)[number]
          return [Math.log(made), Math.log(us * made)] as const
        })
        const [first, last] = [each.at(0), each.at(-1)].map((us) => us?.toPrecision(3))
        findings.push({
          what: `${name}, ${phase}`,
          unit: '',
          value: slope(points),
          ...(phase === 'all' ? { aim: 1.1 } : {}),
          from: `${first} to ${last} µs an operation`,
        })
      }
    }
    return findings
  },
}

function lapInto(took: Map<string, number>): Lap {
  return async (phase, work) => {
    const start = process.cpuUsage()
    const result = await work()
    const { user, system } = process.cpuUsage(start)
    took.set(phase, (took.get(phase) ?? 0) + (user + system) / 1000)
    return result
  }
}

function sum(numbers: Iterable<number>): number {
  let all = 0
  for (const number of numbers) all += number
  return all
}

/** Of the line that is nearest to some points by least squares. */
function slope(points: readonly (readonly [number, number])[]): number {
  const mean = (axis: 0 | 1): number => sum(points.map((point) => point[axis])) / points.length
  const [x, y] = [mean(0), mean(1)]
  return (
    sum(points.map((point) => (point[0] - x) * (point[1] - y))) /
    sum(points.map((point) => (point[0] - x) ** 2))
  )
}
