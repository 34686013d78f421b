/**
 * `node dist/scripts/random.js [--count 200] [--seed 0] [--path …] [--jobs 2] [--runtime 50] [--json]`: takes that many
 * random networks, of the seeds from `--seed` on, through every pass alone and through every target; each
 * `--runtime`-th through ONNX Runtime too, its optimiser off. A failure is shrunk, and told as the source of a network
 * with the line that comes back to it. What is interrupted says where to go on.
 */
import { parseArgs } from 'node:util'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { examine, type Failure, printFailure } from '../test/support/random/examine.js'

interface Share {
  readonly seeds: readonly number[]
  readonly path: string | undefined
  readonly runtime: number
}

interface Examined {
  readonly seed: number
  readonly failure: Failure | undefined
}

if (isMainThread) process.exitCode = await runAll()
else await runShare(workerData as Share)

/** One thread's share of the networks. */
async function runShare({ seeds, path, runtime }: Share): Promise<void> {
  for (const seed of seeds) {
    const failure = await examine({ seed, path, runtime: seed % runtime === 0 })
    parentPort?.postMessage({ seed, failure } satisfies Examined)
  }
}

async function runAll(): Promise<number> {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '200' },
      seed: { type: 'string', default: '0' },
      path: { type: 'string' },
      jobs: { type: 'string', default: '2' },
      runtime: { type: 'string', default: '50' },
      json: { type: 'boolean', default: false },
    },
  })
  const [count, first, jobs, runtime] = [
    values.count,
    values.seed,
    values.jobs,
    values.runtime,
  ].map((text) => Number(text)) as [number, number, number, number]
  const wrong = Object.entries({ count, seed: first, jobs, runtime }).find(
    ([, number]) => !(Number.isInteger(number) && number >= 0),
  )
  if (wrong || jobs === 0 || runtime === 0) {
    console.error('--count, --seed, --jobs and --runtime are whole numbers; the last two above 0.')
    return 2
  }
  const start = performance.now()
  const done = new Set<number>()
  const failures: Failure[] = []
  /** The first seed that is not done, nor any after it that is not. */
  let next = first
  const told = ({ seed, failure }: Examined): void => {
    done.add(seed)
    while (done.delete(next)) next++
    const examined = next - first + done.size
    if (failure) {
      failures.push(failure)
      if (!values.json) console.log(`${printFailure(failure)}\n`)
    }
    if (examined % 100 === 0)
      process.stderr.write(`${examined} of ${count} networks, ${failures.length} failed\n`)
  }
  const report = (): void => {
    const seconds = (performance.now() - start) / 1000
    const examined = next - first + done.size
    const left = count - (next - first)
    const more = left > 0 ? `go on with --seed ${next} --count ${left}` : undefined
    if (values.json)
      console.log(JSON.stringify({ seed: first, count, examined, failures, seconds, next }))
    else
      console.log(
        [
          `${examined} networks in ${seconds.toFixed(0)} s, ${failures.length} failed`,
          ...(more ? [more] : []),
        ].join('\n'),
      )
  }
  process.once('SIGINT', () => {
    report()
    process.exit(130)
  })
  const seeds = Array.from({ length: count }, (_, n) => first + n)
  await Promise.all(
    Array.from({ length: Math.min(jobs, count) }, (_, job) => {
      const share: Share = {
        seeds: seeds.filter((_, n) => n % jobs === job),
        path: values.path,
        runtime,
      }
      return new Promise<void>((resolve, reject) => {
        new Worker(new URL(import.meta.url), { workerData: share })
          .on('message', told)
          .on('error', reject)
          .on('exit', () => resolve())
      })
    }),
  )
  report()
  return failures.length > 0 ? 1 : 0
}
