import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expectTf32, settleTf32 } from '../cuda/tf32.js'
import { RuntimeError } from '../errors.js'
import { chooseProvider } from './choose.js'
import { expectHandedOn } from './engine-options.js'
import { failure } from './failure.js'
import { findRuntime } from './find.js'
import { misplaced, nodesOnCpu, placedOn } from './placement.js'
import type { RanNode } from './profile.js'
import type { EngineName, Provider, ProviderOptions } from './provider.js'
import { partitionConfig } from './streams.js'
import type { Port, Tensors } from './tensor.js'
import { Thread } from './thread.js'

export interface SessionOptions extends ProviderOptions {
  /** ONNX Runtime's own graph optimiser: all of it, as users have it, or none, as it is with `streams` on CUDA. */
  readonly optimize: boolean
  /** Threads of one run (ONNX Runtime's choice). */
  readonly threads?: number | undefined
  /** ONNX Runtime's `enableMemPattern` (true): memory planned ahead, in one block. */
  readonly memoryPattern?: boolean | undefined
  /**
   * The names of all nodes, by the stream of a GPU that each runs on, as a file that was built for several says it: on
   * CUDA alone, and not where nodes may stay on the CPU, since what is copied there has no name. ONNX Runtime's optimiser
   * is off then: what it renames or adds has no stream. Where `auto` takes the CPU, they say nothing.
   */
  readonly streams?: readonly (readonly string[])[] | undefined
  /** Whether the first run is profiled, so that `provider` tells what really ran. */
  readonly profile?: boolean | undefined
  /** Hand the bytes of the model over instead of copying them: the caller's array is empty afterwards. */
  readonly transfer?: boolean | undefined
  /** Ends the session, and whatever waits for it, with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** A model in ONNX Runtime, in a thread of its own: running it does not block the caller. */
export interface Session {
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
  readonly engine: EngineName
  /** Of what the engine calls. */
  readonly version: string
  /**
   * What the first run really ran on, by its profile, never by what was asked: the provider that was asked for where
   * any node ran on it; `none` where nothing was left to run. `undefined` before that run, and without `profile`.
   */
  readonly provider: Provider | 'none' | undefined
  /** The nodes of the first run that ran on the CPU, though another provider was asked for. */
  readonly cpuNodes: readonly RanNode[]
  /** Why `auto` took this provider, where it was asked for. */
  readonly providerReason: string | undefined
  /**
   * Runs the model once; `fetches` names the outputs that are wanted (all). Runs queue.
   * @throws {RuntimeError} where ONNX Runtime fails, or leaves nodes on the CPU that may not stay there.
   */
  run(feeds: Tensors, fetches?: readonly string[]): Promise<Tensors>
  /** Ends the session once its runs are done. */
  close(): Promise<void>
}

/**
 * For work whose result is to be run: refused before it is done.
 * @throws {RuntimeError} where onnxruntime-node is missing.
 */
export function expectRuntime(): void {
  try {
    findRuntime(process.cwd())
  } catch (error) {
    throw failure({ during: 'find', message: (error as Error).message }, {})
  }
}

/**
 * Opens a model from its bytes or its path; external data is found beside the path.
 * @throws {RuntimeError} where onnxruntime-node is missing or does not load, or refuses the bytes.
 * @throws {InputError} where it refuses the file at a path, or an option says nothing to the engine or the provider.
 */
export async function openSession(
  model: Uint8Array | string,
  options: SessionOptions,
): Promise<Session> {
  const { signal, allowCpuNodes = false, engine = 'onnxruntime-node' } = options
  signal?.throwIfAborted()
  expectHandedOn(options)
  const { provider: asked, providerReason } = await chooseProvider(options, signal)
  const tf32 = { tf32: options.cuda?.tf32, bySession: engine === 'c-api' }
  if (asked === 'cuda') expectTf32(tf32)
  const profile = options.profile || asked !== 'cpu' ? temporaryFolder() : undefined
  const partition =
    profile && options.streams && asked === 'cuda'
      ? partitionFile(profile, options.streams)
      : undefined
  // ONNX Runtime would report its use, and leave logs of it in the temporary folder. Its library reads the
  // process's environment, of which a thread has but a copy.
  process.env.ORT_DISABLE_TELEMETRY ??= '1'
  const opening = {
    model,
    engine,
    provider: asked,
    cuda: options.cuda ?? {},
    optimize: options.optimize && !partition,
    partition,
    threads: options.threads,
    memoryPattern: options.memoryPattern ?? true,
    profile,
    folder: process.cwd(),
  }
  const whole = typeof model !== 'string' && model.byteLength === model.buffer.byteLength
  const callOff = asked === 'cuda' ? settleTf32(tf32) : undefined
  const thread = new Thread({
    path: typeof model === 'string' ? model : undefined,
    provider: asked,
    signal,
    notStarted: callOff,
    cleanUp: () => {
      if (profile) rmSync(profile, { recursive: true, force: true })
    },
  })
  const moved = options.transfer && whole ? [model.buffer as ArrayBuffer] : []
  const opened = await thread.open(opening, moved)
  let provider: Session['provider']
  let cpuNodes: readonly RanNode[] = []
  /** Of the first run: what is not profiled runs no differently. */
  let wrong: RuntimeError | undefined
  return {
    inputs: opened.inputs,
    outputs: opened.outputs,
    engine,
    version: opened.version,
    providerReason,
    get provider() {
      return provider
    },
    get cpuNodes() {
      return cpuNodes
    },
    async run(feeds, fetches = opened.outputs.map(({ name }) => name)) {
      const { results, placement } = await thread.run({ kind: 'run', feeds, fetches })
      if (placement) {
        provider = placedOn(placement, asked)
        cpuNodes = nodesOnCpu(placement, asked)
        wrong = misplaced(placement, asked, allowCpuNodes)
      }
      if (wrong) throw wrong
      return results
    },
    close: () => thread.close(),
  }
}

function partitionFile(folder: string, streams: readonly (readonly string[])[]): string {
  const path = join(folder, 'streams.txt')
  writeFileSync(path, partitionConfig(streams))
  return path
}

function temporaryFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'heddle-profile-'))
  } catch (error) {
    throw new RuntimeError(
      {
        problem: `no temporary folder for the profile that tells the provider: ${(error as Error).message}`,
        remedy: 'Let TMPDIR be a folder that can be written.',
      },
      { cause: error },
    )
  }
}
