import { fileURLToPath } from 'node:url'
import { interleaved, type Pairs, ratio, spread, used } from '../harness.js'
import type { Baseline, Network } from './networks.js'
import type { Difference, Job, Opened, Run, Told } from './runner.js'

/** How long one file takes, and how many times as long the one takes that it is compared with. */
export interface Timing {
  /** Reference over variant, in each round: its middle, and what half of them lie between. */
  readonly wall: readonly [median: number, low: number, high: number]
  readonly cpu: readonly [median: number, low: number, high: number]
  /** Medians in milliseconds. */
  readonly ms: number
  readonly cpuMs: number
}

const runner = fileURLToPath(new URL('runner.js', import.meta.url))

/** Past this an output of float32 is another output. */
const largestDifference = 1e-3

/** What is run, of a network. */
export interface Subject extends Baseline {
  readonly network: Network
}

/** Runs files in turn in one process, of one thread: with one no idle session disturbs another. */
export function inTurn(
  { network, image }: Subject,
  [reference, ...others]: readonly [Opened, ...Opened[]],
): readonly { readonly timing: Timing; readonly difference: Difference }[] {
  const files = [reference, ...others]
  const { runs, differences } = told(network, { files, image, threads: 1, rounds: network.rounds })
  const [a] = runs as readonly [readonly Run[]]
  return others.map((_, i) => ({
    timing: timingOf({ a, b: runs[i + 1] as readonly Run[] }),
    difference: differences[i + 1] as Difference,
  }))
}

/** Runs two files in fresh processes by turns, each in two threads, which spin while they are idle. */
export function inProcesses(
  { network, image }: Subject,
  reference: Opened,
  file: Opened,
  rounds: number,
): Timing {
  const middle = (one: Opened): Run => {
    const { runs } = told(network, { files: [one], image, threads: 2, rounds: 3 })
    const [all] = runs as readonly [readonly Run[]]
    return { wall: median(all, 'wall'), cpu: median(all, 'cpu') }
  }
  return timingOf(
    interleaved(
      rounds,
      () => middle(reference),
      () => middle(file),
      0,
    ),
  )
}

/** The most bytes that a process has resident which runs a file twice, in one thread. */
export function peakOf({ network, image }: Subject, file: Opened): number {
  return used([runner, job(network, { files: [file], image, threads: 1, rounds: 0 })]).peak
}

/** @throws where an output that is to be the reference's is another. */
export function expectSame(what: string, { largest }: Difference): void {
  if (largest <= largestDifference) return
  throw new Error(
    `${what} computes something else: max |Δ| / max |reference| is ${largest}, past ${largestDifference}.`,
  )
}

function job({ height, width }: Network, rest: Omit<Job, 'sides'>): string {
  return JSON.stringify({ ...rest, sides: [height, width] } satisfies Job)
}

function told(network: Network, rest: Omit<Job, 'sides'>): Told {
  return JSON.parse(used([runner, job(network, rest)]).stdout) as Told
}

function timingOf(pairs: Pairs<Run>): Timing {
  const over = (time: keyof Run): Timing['wall'] => {
    const { median, low, high } = ratio(pairs, (run) => run[time])
    return [median, low, high]
  }
  return {
    wall: over('wall'),
    cpu: over('cpu'),
    ms: median(pairs.b, 'wall'),
    cpuMs: median(pairs.b, 'cpu'),
  }
}

function median(runs: readonly Run[], time: keyof Run): number {
  return spread(runs.map((run) => run[time])).median
}
