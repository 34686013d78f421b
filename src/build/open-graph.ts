import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Graph } from '../compiler/graph.js'
import type { Value } from '../compiler/node.js'
import { InternalError } from '../errors.js'
import type { Emission } from '../onnx/emit.js'
import { type ProviderOptions, providerIn } from '../runtime/provider.js'
import { openSession, type Session } from '../runtime/session.js'
import type { Weights } from '../weights/source.js'
import { type Lowered, lower } from './to-onnx.js'
import { oneFile, writeLowered } from './write-onnx.js'

export interface OpenOptions extends ProviderOptions {
  /** ONNX Runtime's own optimiser. */
  readonly optimize: boolean
  /** Values that are to be outputs too. */
  readonly features?: readonly Value[] | undefined
  readonly opset?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** A graph that ONNX Runtime has loaded. */
export interface OpenGraph {
  readonly session: Session
  /** What the file calls a value. */
  nameOf(value: Value): string
}

/**
 * Writes a graph in memory (past 1.5 GiB, in a temporary folder), lets `body` use it in ONNX Runtime, and
 * closes it whatever happens. Sessions with the optimiser are profiled.
 */
export async function withGraph<R>(
  graph: Graph,
  weights: Weights,
  opening: OpenOptions,
  body: (open: OpenGraph) => Promise<R>,
): Promise<R> {
  const { optimize, features, opset, signal } = opening
  const lowered = lower(graph, weights, {
    ...(opset === undefined ? {} : { opset }),
    ...(features === undefined ? {} : { features }),
  })
  const emission = lowered.emission()
  const nameOf = (value: Value): string => {
    const name = emission.names.get(value)
    if (name === undefined) throw new InternalError(`${value.origin.path} has no name in the file`)
    return name
  }
  const options = { ...providerIn(opening), optimize, profile: optimize, signal }
  if (emission.size <= oneFile) {
    const bytes = await collect(lowered, emission, signal)
    const opened = openSession(bytes, { ...options, transfer: true })
    return withSession(opened, (session) => body({ session, nameOf }))
  }
  const folder = await mkdtemp(join(tmpdir(), 'heddle-'))
  try {
    const path = join(folder, 'net.onnx')
    await writeLowered(lowered, path, { external: true, signal })
    return await withSession(openSession(path, options), (session) => body({ session, nameOf }))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Lets `body` use a session that is being opened, and closes it whatever happens. */
export async function withSession<R>(
  opening: Promise<Session>,
  body: (session: Session) => Promise<R>,
): Promise<R> {
  const session = await opening
  try {
    return await body(session)
  } finally {
    await session.close()
  }
}

/** The whole model in memory, in one piece. */
async function collect(
  { read }: Lowered,
  emission: Emission,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(emission.size)
  let at = 0
  for await (const chunk of emission.model(read)) {
    signal?.throwIfAborted()
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}
