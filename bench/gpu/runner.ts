import { readFileSync, writeFileSync, writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { sessionIn } from '../../src/answer/ends.js'
import type { CudaOptions } from '../../src/cuda/options.js'
import { readMetadata } from '../../src/files/metadata.js'
import { openFile } from '../../src/files/open.js'
import type { OpenEngine } from '../../src/runtime/engine.js'
import { openCApi } from '../../src/runtime/engines/c-api.js'
import { openOnnxRuntimeNode } from '../../src/runtime/engines/onnxruntime-node.js'
import type { EngineName, Provider } from '../../src/runtime/provider.js'
import { openSession, type Session, type SessionOptions } from '../../src/runtime/session.js'
import type { Tensors } from '../../src/runtime/tensor.js'

/**
 * A process that is measured: one file in one session of heddle's, as users open it, or in its engine alone. It answers
 * lines of JSON on descriptor 3, since ONNX Runtime prints on the standard output.
 */

export interface OpenFile {
  readonly model: string
  readonly engine: EngineName
  readonly provider: Provider
  readonly cuda: CudaOptions
  /** Whether the engine runs in this thread, so that nothing goes to a worker and back. */
  readonly alone: boolean
  /** Whether the streams that the file names are heeded. */
  readonly streams: boolean
  /** A file of one image, float32; each of the batch is this one. */
  readonly image: string
  readonly shape: readonly number[]
}

type Opened = Pick<Session, 'run' | 'close' | 'version'> & Partial<Pick<Session, 'provider'>>

let session: Opened | undefined
let feeds: Tensors
let others: Tensors

const engines: Readonly<Record<EngineName, OpenEngine>> = {
  'onnxruntime-node': openOnnxRuntimeNode,
  'c-api': openCApi,
}

async function engineAlone({ model, engine, provider, cuda }: OpenFile): Promise<Opened> {
  const usual = { optimize: true, threads: undefined, memoryPattern: true }
  const without = { partition: undefined, profile: undefined }
  const options = { ...usual, ...without, model, engine, provider, cuda, folder: process.cwd() }
  const opened = await engines[engine](options, () => {})
  const fetches = opened.outputs.map(({ name }) => name)
  return { ...opened, run: (given) => opened.run(given, fetches) }
}

async function open(file: OpenFile): Promise<object> {
  const { model, engine, provider, cuda, alone, streams, image, shape } = file
  const bytes = readFileSync(image)
  const one = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1))
  for (let at = 0; at < data.length; at += one.length) data.set(one, at)
  session = alone
    ? await engineAlone(file)
    : await openSession(model, {
        optimize: true,
        engine,
        provider,
        cuda,
        ...(streams && { streams: await streamsIn(model) }),
      })
  feeds = { image: { data, dims: shape } }
  others = { image: { data: data.map((x) => -x), dims: shape } }
  return { version: session.version }
}

async function streamsIn(model: string): Promise<SessionOptions['streams']> {
  const file = await openFile(model)
  try {
    return sessionIn(model, await readMetadata(file)).streams
  } finally {
    await file.close()
  }
}

/** Runs it on another image: what is captured then is to answer for this one later. */
async function warm({ runs }: { readonly runs: number }): Promise<object> {
  for (let run = 0; run < runs; run++) await opened().run(others)
  return {}
}

/** Runs it, and writes what comes out. */
async function answer({ path }: { readonly path: string }): Promise<object> {
  const [output] = Object.values(await opened().run(feeds))
  const { data, dims } = output as { data: Float32Array; dims: readonly number[] }
  writeFileSync(path, new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  return { dims, provider: opened().provider }
}

async function time({ runs }: { readonly runs: number }): Promise<object> {
  const ms: number[] = []
  for (let run = 0; run < runs; run++) {
    const start = performance.now()
    await opened().run(feeds)
    ms.push(performance.now() - start)
  }
  return { ms }
}

function opened(): Opened {
  if (!session) throw new Error('nothing is open')
  return session
}

const answers: Readonly<Record<string, (question: never) => Promise<object>>> = {
  open,
  warm,
  answer,
  time,
  look: async () => ({}),
}

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line)
  const told = await Promise.resolve(answers[question.ask]?.(question as never)).catch((error) => ({
    error: error instanceof Error ? error.message : String(error),
  }))
  writeSync(3, `${JSON.stringify(told)}\n`)
}
await session?.close()
