import { stat } from 'node:fs/promises'
import { withSession } from '../build/open-graph.js'
import { type HeddleError, InputError, RuntimeError } from '../errors.js'
import { metadataOf } from '../files/metadata.js'
import type { Progress } from '../progress.js'
import { type Comparison, compare } from '../runtime/compare.js'
import { seededTensor } from '../runtime/inputs.js'
import { type ProviderOptions, providerIn } from '../runtime/provider.js'
import { type RanOn, ranOn } from '../runtime/ran-on.js'
import { openSession, type Session } from '../runtime/session.js'
import type { Port, TensorData, Tensors } from '../runtime/tensor.js'
import { halfRatio, roundingOf, runTolerance } from './limits.js'

/** The file runs on the provider with ONNX Runtime's optimiser on; what it is compared with, on the CPU without. */
export interface VerifyFileOptions extends ProviderOptions {
  /** Values of sides that the file leaves open, by the names that the file gives them. */
  readonly sides?: Readonly<Record<string, number>> | undefined
  /** [height, width] of inputs of rank 4 that leave them open. */
  readonly size?: readonly [number, number] | undefined
  /** Tensors for inputs, by name, in place of seeded ones. */
  readonly feeds?: Tensors | undefined
  readonly seed?: number | undefined
  readonly tolerance?: number | undefined
  readonly signal?: AbortSignal | undefined
  readonly progress?: Progress | undefined
}

/** What the file ran on, ONNX Runtime's optimiser on, is told by its own profile. */
export interface FileReport extends RanOn {
  readonly path: string
  readonly ok: boolean
  /** What was fed; `chosen` names the sides that the file leaves open and heddle filled in. */
  readonly inputs: readonly {
    readonly name: string
    readonly shape: readonly number[]
    readonly chosen: readonly string[]
  }[]
  readonly seed: number
  readonly outputs: readonly Comparison[]
}

/** What sides that nobody states are tried at, one after the other. */
const attempts = [64, 128, 256, 224, 512]

/**
 * Loads and runs any ONNX file, with ONNX Runtime's optimiser off and on, and compares its outputs: they
 * must be finite and agree.
 * @throws {InputError} where there is no such file, ONNX Runtime refuses it, or no input size works.
 */
export async function verifyFile(
  path: string,
  options: VerifyFileOptions = {},
): Promise<FileReport> {
  const { seed = 0, signal, progress } = options
  await expectFile(path)
  const told = (phase: 'load' | 'run', done: number): void => progress?.({ phase, done, total: 4 })
  told('load', 0)
  const plain = openSession(path, { optimize: false, signal })
  const { feeds, results: reference } = await withSession(plain, (session) => {
    told('run', 1)
    return firstRun(path, session, options)
  })
  told('load', 2)
  const optimized = openSession(path, {
    ...providerIn(options),
    optimize: true,
    profile: true,
    signal,
  })
  return withSession(optimized, async (session) => {
    told('run', 3)
    const results = await session.run(feeds, Object.keys(reference))
    told('run', 4)
    const ran = await ranOn(session, options)
    // On the CPU both runs round alike.
    const isNarrow = ran.provider !== 'cpu' && (await isHalf(path, session))
    const { tolerance = runTolerance * roundingOf(ran, isNarrow ? halfRatio : 1) } = options
    const outputs = Object.entries(reference).map(([name, value]) =>
      compare(name, value, results[name] as TensorData, tolerance),
    )
    return {
      path,
      ok: outputs.every(({ ok }) => ok),
      ...ran,
      inputs: session.inputs.map(({ name, shape }) => ({
        name,
        shape: feeds[name]?.dims ?? [],
        chosen: shape.filter(
          (side, axis): side is string =>
            typeof side === 'string' && isOpen(side, axis, shape.length, options),
        ),
      })),
      seed,
      outputs,
    }
  })
}

async function expectFile(path: string): Promise<void> {
  const remedy = 'Give the path of an ONNX file.'
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    const problem =
      error.code === 'ENOENT'
        ? `there is no file ${path}`
        : `${path} cannot be read: ${error.code ?? error.message}`
    throw new InputError({ problem, remedy }, { cause: error })
  })
  if (!found.isFile())
    throw new InputError({
      problem: `${path} is ${found.isDirectory() ? 'a folder' : 'no file'}`,
      remedy,
    })
}

/**
 * Whether a file computes in float16: it takes or gives it, or heddle wrote so. Of others, and of files in ONNX Runtime's
 * own form, nothing is known.
 */
async function isHalf(path: string, { inputs, outputs }: Session): Promise<boolean> {
  if ([...inputs, ...outputs].some(({ type }) => type === 'float16')) return true
  const metadata = await metadataOf(path).catch(() => undefined)
  return metadata?.get('precision') === 'float16'
}

/** Runs at the first size that works, where the file leaves sides open. */
async function firstRun(
  path: string,
  session: Session,
  options: VerifyFileOptions,
): Promise<{ feeds: Tensors; results: Tensors }> {
  const fetches = session.outputs.filter(({ type }) => type !== 'other').map(({ name }) => name)
  if (fetches.length === 0)
    throw new InputError({
      problem: `${path} has ${session.outputs.length} outputs, none of them a tensor`,
      remedy: 'Give a file whose outputs are tensors.',
    })
  const free = session.inputs.some(
    ({ name, shape }) =>
      !options.feeds?.[name] &&
      shape.some(
        (side, axis) =>
          typeof side === 'string' && axis > 0 && isOpen(side, axis, shape.length, options),
      ),
  )
  let failure: unknown
  for (const side of free ? attempts : attempts.slice(0, 1)) {
    const feeds: Record<string, TensorData> = {}
    for (const port of session.inputs)
      feeds[port.name] = options.feeds?.[port.name] ?? tensorFor(port, side, options)
    try {
      return { feeds, results: await session.run(feeds, fetches) }
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error
      failure ??= error
    }
  }
  const { problem } = failure as HeddleError
  throw new InputError(
    {
      problem: free
        ? `${path} does not run with open sides of ${attempts.join(', ')}: ${problem}`
        : `${path} does not run: ${problem}`,
      remedy: 'State the size of its input (--input), or feed its inputs yourself.',
    },
    { cause: failure },
  )
}

function tensorFor(port: Port, side: number, options: VerifyFileOptions): TensorData {
  const { sides, size, seed = 0 } = options
  const rank = port.shape.length
  const dims = port.shape.map((d, axis) => {
    const given = rank === 4 ? size?.[axis - 2] : undefined
    if (typeof d === 'string') return sides?.[d] ?? given ?? (axis === 0 ? 1 : side)
    if (given !== undefined && given !== d)
      throw new InputError({
        problem: `input ${port.name} is [${port.shape.join(', ')}]: it does not take ${size?.join('x')}`,
        remedy: 'Leave the size away: the file has its own.',
      })
    return d
  })
  return seededTensor(port, dims, seed)
}

/** Whether a side that the file names is stated by nobody. */
function isOpen(side: string, axis: number, rank: number, options: VerifyFileOptions): boolean {
  return options.sides?.[side] === undefined && !(rank === 4 && options.size?.[axis - 2])
}
