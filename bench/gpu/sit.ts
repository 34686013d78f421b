import { existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { Output } from '../../src/compiler/graph.js'
import { peakActivations } from '../../src/compiler/memory.js'
import { compare } from '../../src/runtime/compare.js'
import type { EngineName } from '../../src/runtime/provider.js'
import type { TensorData } from '../../src/runtime/tensor.js'
import { spread } from '../harness.js'
import type { Child } from './child.js'
import { asWritten, imageFile, launchesOfFile, onnxFile, remove, weightsFile } from './files.js'
import { inRoom, type Member, type Precision, type Sitting, type Subject } from './plan.js'
import type { Cell, Failed, Measured, Sat } from './result.js'
import { wrong } from './tolerances.js'

/** What a sitting is held with. */
export interface Room {
  readonly device: 'cuda' | 'cpu'
  /** Of files, kept from sitting to sitting. */
  readonly folder: string
  readonly rounds: number
  /** The process that measures the device. */
  readonly meter: Child
  /** A process that measures a member at a precision. */
  start(by: Member['by'], precision: Precision, device: 'cuda' | 'cpu'): Child
  tell(line: string): void
}

interface Open extends Pick<Measured, 'difference' | 'openSeconds' | 'heldBytes'> {
  readonly member: Member
  readonly child: Child
  readonly told: object
  readonly runs: number
}

/** How long one member's turn takes, in milliseconds, where one run is not longer. */
const turn = 250

/** Opens the members, compares what they answer with the CPU, and times by turns those that are right. */
export async function sit(sitting: Sitting, room: Room): Promise<Sat> {
  const { subject, batch, precision, members, id } = sitting
  const weights = await weightsFile(subject, room.folder)
  const image = await imageFile(subject, room.folder)
  const reference = await referenceOf(subject, image, room)
  const shape = [batch, 3, subject.height, subject.width]
  const files = new Set<string>()
  const question = async (member: Member): Promise<object> => {
    if (member.by === 'torch')
      return { network: subject.network, weights, image, shape, precision, mode: member.mode }
    const { passes, engine, cuda, alone = false, streams } = member
    const model = await onnxFile(subject, { batch, precision, passes, streams }, room.folder)
    files.add(model)
    const asked = room.device === 'cuda' ? { ...cuda, tf32: precision === 'tf32' } : {}
    const how = {
      engine,
      provider: room.device,
      cuda: asked,
      alone,
      streams: streams !== undefined,
    }
    return { model, ...how, image, shape }
  }
  const launched = (member: Member): Pick<Measured, 'launches' | 'kernels'> => {
    // What an option of ONNX Runtime's makes of the graph is not counted.
    if (member.by === 'torch' || member.cuda.fuseConvBias || member.cuda.nhwc) return {}
    const kernels = launchesOfFile(subject, { batch, precision, passes: member.passes })
    return { launches: member.cuda.graph ? 1 : kernels, kernels }
  }
  const expected = repeated(reference, batch)
  const cells = new Map<Member, Cell>()
  const { bytes, left } = await memory(sitting, room)
  for (const group of inRoom(members, bytes, left)) {
    const started = group.map((member) => ({
      member,
      child: room.start(member.by, precision, room.device),
    }))
    try {
      const open: Open[] = []
      for (const { member, child } of started) {
        room.tell(`${id}: ${member.name}`)
        const opened = await opening(member, child, await question(member), expected, sitting, room)
        if ('error' in opened) {
          cells.set(member, opened)
          await child.end()
        } else open.push({ ...opened, told: { ...launched(member), ...opened.told } })
      }
      for (const [member, cell] of await timed(open, room.rounds)) cells.set(member, cell)
    } finally {
      // None has ended where a file could not be made; those that have stay as they are.
      await Promise.all(started.map(({ child }) => child.end()))
    }
  }
  for (const path of files) remove(path)
  const answer = expected.data.length * 4
  const input = shape.reduce((a, b) => a * b, 4)
  const { ms } = await room.meter.ask<{ readonly ms?: number }>({
    ask: 'copies',
    there: input,
    back: answer,
  })
  return {
    kind: 'sat',
    id,
    cells: members.map((member) => cells.get(member) as Cell),
    ...(ms === undefined ? {} : { copyMs: ms }),
  }
}

async function opening(
  member: Member,
  child: Child,
  question: object,
  expected: TensorData,
  { precision }: Sitting,
  { meter, folder }: Room,
): Promise<Open | Failed> {
  const path = join(folder, 'answer')
  const start = performance.now()
  try {
    const before = await used(meter)
    const opened = await child.ask<object>({ ask: 'open', ...question })
    // The first few runs try algorithms, compile and capture.
    await child.ask({ ask: 'warm', runs: 3 })
    const answered = await child.ask<{ readonly dims: readonly number[] }>({ ask: 'answer', path })
    const openSeconds = (performance.now() - start) / 1000
    const { dims, ...more } = answered
    const compared = compare(member.name, expected, { data: floats(path), dims }, 0)
    const error = wrong(compared, precision)
    if (error !== undefined) return { member: member.name, error }
    const { ms } = await child.ask<{ readonly ms: readonly number[] }>({ ask: 'time', runs: 3 })
    const after = await used(meter)
    const runs = Math.min(50, Math.max(1, Math.ceil(turn / Math.min(...ms))))
    return {
      member,
      child,
      told: { ...opened, ...more },
      runs,
      difference: { largest: compared.relative, rms: compared.rms },
      openSeconds,
      ...(before === undefined || after === undefined ? {} : { heldBytes: after - before }),
    }
  } catch (error) {
    return { member: member.name, error: (error as Error).message }
  } finally {
    remove(path)
  }
}

/** Times them by turns, each round in the other order; then looks into them, which would disturb, and ends them. */
async function timed(
  open: readonly Open[],
  rounds: number,
): Promise<readonly (readonly [Member, Cell])[]> {
  const took = new Map(open.map((one) => [one, { ms: [] as number[], device: [] as number[] }]))
  const failed = new Map<Open, Failed>()
  const fail = (one: Open, error: unknown): void => {
    failed.set(one, { member: one.member.name, error: (error as Error).message })
  }
  for (let round = 0; round < rounds; round++)
    for (const one of round % 2 === 0 ? open : open.toReversed()) {
      if (failed.has(one)) continue
      try {
        const told = await one.child.ask<{ ms: readonly number[]; deviceMs?: readonly number[] }>({
          ask: 'time',
          runs: one.runs,
        })
        took.get(one)?.ms.push(spread(told.ms).median)
        if (told.deviceMs) took.get(one)?.device.push(spread(told.deviceMs).median)
      } catch (error) {
        fail(one, error)
      }
    }
  const cells: (readonly [Member, Cell])[] = []
  for (const one of open) {
    const { member, child, runs, difference, openSeconds, heldBytes, told } = one
    const { ms = [], device = [] } = took.get(one) ?? {}
    const seen = await child
      .ask<object>({ ask: 'look' })
      .catch((error: Error) => ({ lookError: error.message }))
    await child.end()
    const measured: Measured = {
      member: member.name,
      rounds: ms,
      ...(device.length > 0 ? { deviceRounds: device } : {}),
      runs,
      difference,
      openSeconds,
      ...(heldBytes === undefined ? {} : { heldBytes }),
      ...told,
      ...seen,
    }
    cells.push([member, failed.get(one) ?? measured])
  }
  return cells
}

/** What the network as it is written makes of one image, in float32 on the CPU; kept, since it takes its time. */
async function referenceOf(
  subject: Subject,
  image: string,
  { folder, start }: Room,
): Promise<TensorData> {
  const { network, height, width } = subject
  const path = join(folder, `${network}-${height}x${width}.reference`)
  const [output] = asWritten(subject, 1).plain.outputs
  const dims = (output as Output).value.type.shape as readonly number[]
  if (existsSync(path)) return { data: floats(path), dims }
  const model = await onnxFile(subject, { batch: 1, precision: 'float32', passes: false }, folder)
  const child = start('heddle', 'float32', 'cpu')
  try {
    const shape = [1, 3, height, width]
    const engine = 'onnxruntime-node' satisfies EngineName
    await child.ask({
      ask: 'open',
      model,
      engine,
      provider: 'cpu',
      cuda: {},
      alone: false,
      streams: false,
      image,
      shape,
    })
    await child.ask({ ask: 'answer', path: `${path}.part` })
    renameSync(`${path}.part`, path)
    return { data: floats(path), dims }
  } finally {
    await child.end()
    remove(model)
  }
}

function repeated({ data, dims }: TensorData, batch: number): TensorData {
  const one = data as Float32Array
  const all = new Float32Array(one.length * batch)
  for (let n = 0; n < batch; n++) all.set(one, n * one.length)
  return { data: all, dims: [batch, ...dims.slice(1)] }
}

function floats(path: string): Float32Array {
  const { buffer, byteOffset, byteLength } = readFileSync(path)
  return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength))
}

interface Used {
  readonly bytes?: number
  readonly of?: number
}

async function used(meter: Child): Promise<number | undefined> {
  return (await meter.ask<Used>({ ask: 'used' })).bytes
}

/** What a member is taken to need, and what there is: activations and as much again, weights, and CUDA's own. */
async function memory(
  { subject, batch, precision }: Sitting,
  { meter }: Room,
): Promise<{ readonly bytes: number; readonly left: number }> {
  const { bytes = 0, of = Number.POSITIVE_INFINITY } = await meter.ask<Used>({ ask: 'used' })
  const peak = peakActivations(asWritten(subject, batch).plain)
  const need = 2.5 * peak * (precision === 'float16' ? 0.5 : 1) + 2 * 2 ** 30
  return { bytes: need, left: 0.95 * of - bytes }
}
