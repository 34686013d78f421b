import { readFileSync } from 'node:fs'
import { InferenceSession, Tensor } from 'onnxruntime-node'

/** A process that is measured: it opens files in ONNX Runtime, and runs them in turn. */

/** A file, and how its session is opened. */
export interface Opened {
  readonly path: string
  readonly memoryPattern: boolean
}

export interface Job {
  readonly files: readonly Opened[]
  readonly image: string
  readonly sides: readonly [height: number, width: number]
  readonly threads: number
  /** Runs that are kept, of each file. */
  readonly rounds: number
}

/** One run, in milliseconds: by the clock, and of all processors. */
export interface Run {
  readonly wall: number
  readonly cpu: number
}

/** How far an output is from that of the first file. */
export interface Difference {
  /** max |Δ| / max |reference|. */
  readonly largest: number
  /** The root of the mean square of Δ, over that of the reference. */
  readonly rms: number
}

export interface Told {
  readonly runs: readonly (readonly Run[])[]
  readonly differences: readonly Difference[]
}

const { files, image, sides, threads, rounds } = JSON.parse(process.argv[2] as string) as Job
const bytes = readFileSync(image)
const numbers = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
const input = new Tensor('float32', numbers, [1, 3, ...sides])
const sessions: InferenceSession[] = []
for (const { path, memoryPattern } of files)
  sessions.push(
    await InferenceSession.create(path, {
      executionProviders: ['cpu'],
      graphOptimizationLevel: 'all',
      intraOpNumThreads: threads,
      enableMemPattern: memoryPattern,
      logSeverityLevel: 3,
    }),
  )

async function run(session: InferenceSession): Promise<readonly [Run, Float32Array]> {
  const [cpu, wall] = [process.cpuUsage(), performance.now()]
  const results = await session.run({ [session.inputNames[0] as string]: input })
  const took = { wall: performance.now() - wall, cpu: used(process.cpuUsage(cpu)) }
  return [took, results[session.outputNames[0] as string]?.data as Float32Array]
}

function used({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000
}

function difference(reference: Float32Array, other: Float32Array): Difference {
  if (reference.length !== other.length) return { largest: Number.NaN, rms: Number.NaN }
  let [largest, most, squares, all] = [0, 0, 0, 0]
  for (const [i, r] of reference.entries()) {
    const delta = (other[i] as number) - r
    // What is not a number stays the largest.
    if (!(Math.abs(delta) <= largest)) largest = Math.abs(delta)
    most = Math.max(most, Math.abs(r))
    squares += delta * delta
    all += r * r
  }
  return { largest: largest / most, rms: Math.sqrt(squares / all) }
}

// The first two runs of each warm up; the first also shows what it computes.
const outputs: Float32Array[] = []
for (const session of sessions) outputs.push((await run(session))[1])
const [reference = new Float32Array()] = outputs
const differences = outputs.map((output) => difference(reference, output))
outputs.length = 0
for (const session of sessions) await run(session)
const runs: Run[][] = sessions.map(() => [])
const places = [...sessions.keys()]
for (let round = 0; round < rounds; round++)
  for (const at of round % 2 === 0 ? places : places.toReversed())
    runs[at]?.push((await run(sessions[at] as InferenceSession))[0])
process.stdout.write(JSON.stringify({ runs, differences } satisfies Told))
