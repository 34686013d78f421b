import type { CudaOptions } from '../../src/cuda/options.js'
import type { EngineName } from '../../src/runtime/provider.js'

/** A network and its image. */
export interface Subject {
  readonly network: string
  readonly height: number
  readonly width: number
}

/** What is computed with: in `tf32`, the operands of float32 convolutions are rounded to 10 bits behind the point. */
export type Precision = 'float32' | 'tf32' | 'float16'

export type TorchMode = 'eager' | 'channels-last' | 'compile' | 'max-autotune' | 'tensorrt'

/** One of those that are compared, in a process of its own. */
export type Member = Torch | Heddle

interface Torch {
  readonly by: 'torch'
  readonly name: string
  readonly mode: TorchMode
}

interface Heddle {
  readonly by: 'heddle'
  readonly name: string
  readonly engine: EngineName
  readonly cuda: CudaOptions
  /** Whether the file went through the passes of `ort-cuda`, or through none. */
  readonly passes: boolean
  /** Whether the engine is called in the process's own thread, and not through a session's worker (false). */
  readonly alone?: boolean
  /** How many of CUDA's streams the file is built for, and the session heeds (one). */
  readonly streams?: number
}

/** What is measured together, by turns. PyTorch eager and heddle are in each, so that all can be read against them. */
export type Wave = 'usual' | 'compile' | 'max-autotune' | 'options' | 'tensorrt'

export interface Sitting {
  readonly id: string
  readonly wave: Wave
  readonly subject: Subject
  readonly batch: number
  readonly precision: Precision
  readonly members: readonly Member[]
}

/** What a session measures on a GPU, or, at small sizes, where there is none: then only to see that the bench works. */
export interface Scope {
  /** The most important first. */
  readonly subjects: readonly Subject[]
  readonly batches: readonly [one: number, ...more: number[]]
}

export const scopes: Readonly<Record<'cuda' | 'cpu', Scope>> = {
  cuda: {
    subjects: [
      { network: 'hrnet-v2-w18', height: 512, width: 1024 },
      { network: 'hrnet-v1-w32', height: 256, width: 192 },
      { network: 'hrnet-v2-w48', height: 512, width: 1024 },
      { network: 'hrnet-w18-c', height: 224, width: 224 },
      { network: 'hrnet-v2-w48', height: 1024, width: 2048 },
      { network: 'hrnet-v2-w18', height: 1024, width: 2048 },
    ],
    batches: [1, 8, 32],
  },
  cpu: {
    subjects: [
      { network: 'hrnet-v2-w18', height: 64, width: 128 },
      { network: 'hrnet-v1-w32', height: 64, width: 64 },
      { network: 'hrnet-w18-c', height: 64, width: 64 },
    ],
    batches: [1, 2],
  },
}

const torch = (mode: TorchMode): Member => ({ by: 'torch', name: `PyTorch ${mode}`, mode })

const eager: Member = torch('eager')

const heddle = (
  how: string,
  engine: EngineName,
  cuda: CudaOptions = {},
  passes = true,
): Heddle => ({
  by: 'heddle',
  name: `${passes ? 'heddle' : 'plain'} ${how}`,
  engine,
  cuda,
  passes,
})

const node = heddle('onnxruntime-node', 'onnxruntime-node')
const cApi = heddle('c-api', 'c-api')
const graph = heddle('c-api, graph', 'c-api', { graph: true })
const alone: Heddle = { ...graph, name: 'heddle c-api, graph, no worker', alone: true }
const streams: Heddle = { ...node, name: 'heddle onnxruntime-node, 4 streams', streams: 4 }
/** What `torch.onnx.export` amounts to: the network as it is written, in npm's ONNX Runtime. */
const plain = heddle('onnxruntime-node', 'onnxruntime-node', {}, false)

const members: Readonly<Record<Wave, readonly Member[]>> = {
  usual: [eager, torch('channels-last'), plain, node, cApi, graph, alone],
  compile: [eager, torch('compile'), node, graph],
  'max-autotune': [eager, torch('max-autotune'), node, graph],
  options: [
    eager,
    graph,
    heddle('c-api, graph, fuse_conv_bias', 'c-api', { graph: true, fuseConvBias: true }),
    heddle('c-api, graph, NHWC', 'c-api', { graph: true, nhwc: true }),
    heddle('c-api, graph', 'c-api', { graph: true }, false),
    node,
    streams,
  ],
  tensorrt: [eager, torch('tensorrt'), node, graph],
}

const starts: Readonly<Record<Wave, number>> = {
  usual: 60,
  compile: 180,
  'max-autotune': 420,
  options: 60,
  tensorrt: 300,
}

const isUnusual = (member: Member): boolean => !members.usual.includes(member)

/** Seconds that a sitting may well take, a guess: in less, none is begun. A million pixels take some three of them. */
export function secondsOf({ wave, batch, subject: { height, width } }: Sitting): number {
  return starts[wave] + 3e-6 * batch * height * width
}

const precisions: readonly Precision[] = ['float16', 'tf32', 'float32']

/**
 * All sittings, the most important first: a machine may be taken away at any time. On the CPU without what is said to
 * CUDA alone, and without sittings of which nothing is left but what is usual.
 */
export function sittings({ subjects, batches }: Scope, device: 'cuda' | 'cpu'): readonly Sitting[] {
  const taken = (member: Member): boolean =>
    device === 'cuda' ||
    member.by === 'torch' ||
    (Object.keys(member.cuda).length === 0 && member.streams === undefined)
  const [one, ...more] = batches
  const order: readonly (readonly [number, Wave])[] = [
    [one, 'usual'],
    [one, 'compile'],
    ...more.map((batch) => [batch, 'usual'] as const),
    [one, 'max-autotune'],
    [one, 'options'],
    ...more.map((batch) => [batch, 'compile'] as const),
    ...more.map((batch) => [batch, 'max-autotune'] as const),
    ...more.map((batch) => [batch, 'options'] as const),
    ...batches.map((batch) => [batch, 'tensorrt'] as const),
  ]
  return order
    .flatMap(([batch, wave]) =>
      subjects.flatMap((subject) =>
        precisions.map((precision) => ({
          id: `${subject.network} ${subject.height}x${subject.width} batch ${batch} ${precision} ${wave}`,
          wave,
          subject,
          batch,
          precision,
          members: members[wave].filter(taken),
        })),
      ),
    )
    .filter(({ wave, members: own }) => wave === 'usual' || own.some(isUnusual))
}

/** Whether all words of one of some requests, which commas part, stand in a sitting's name: `w18 batch 1,compile`. */
export function isAsked({ id }: Sitting, only: string): boolean {
  // A word's parts are words too, between hyphens: w18 of hrnet-v2-w18.
  const has = (word: string): boolean =>
    ` ${id} `.replaceAll('-', ' - ').includes(` ${word.replaceAll('-', ' - ')} `)
  return only.split(',').some((request) => request.trim().split(/\s+/).every(has))
}

/** As many at a time as there is room for, in their order; one that needs more than there is goes alone. */
export function inRoom<T>(all: readonly T[], bytes: number, room: number): readonly T[][] {
  const most = Math.min(all.length, Math.max(1, Math.floor(room / bytes)))
  return Array.from({ length: Math.ceil(all.length / most) }, (_, i) =>
    all.slice(i * most, (i + 1) * most),
  )
}
