import type { Port, TensorData, TensorNumbers, Tensors } from '../../tensor.js'
import { elementOf, numbersOf } from './elements.js'
import type { Pointer } from './functions.js'
import { given, type Handles, handles, typeAndSides } from './handles.js'
import type { Library } from './library.js'
import { allocate, elementsAt, type Memories, type Memory } from './memory.js'

/** What a binding is made in. */
export interface Bindable {
  readonly library: Library
  readonly session: Pointer
  readonly memories: Memories
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
  /** Whether each run writes its outputs where the first did: their shapes are known, or the run is captured. */
  readonly outputsStay: boolean
  /** Whether ONNX Runtime copies inputs to another memory, which it does when they are bound. */
  readonly inputsMove: boolean
}

/** Feeds of one shape, and what is made of them, in memory that stays where it is from run to run. */
export interface Binding {
  /** Whether ONNX Runtime has run it: a captured run is launched on this memory ever after. */
  readonly ran: boolean
  run(feeds: Tensors, fetches: readonly string[]): Tensors
  release(): void
}

/** A tensor where we see it, and where ONNX Runtime computes: the same where there is but one memory. */
interface Bound {
  readonly name: string
  readonly type: TensorData['type']
  readonly dims: readonly number[]
  readonly numbers: TensorNumbers
  readonly host: Pointer
  readonly device: Pointer
}

/** Binds tensors of the types and shapes of `feeds`. */
export function bind(within: Bindable, feeds: Tensors): Binding {
  const owned = handles()
  try {
    return bound(within, feeds, owned)
  } catch (error) {
    owned.release()
    throw error
  }
}

function bound(within: Bindable, feeds: Tensors, owned: Handles): Binding {
  const { library, session, memories, outputsStay, inputsMove } = within
  const { ort } = library
  const binding = owned.made((cell) => ort.CreateIoBinding(session, cell), ort.ReleaseIoBinding)
  const inputs = within.inputs.map((port) => inputOf(within, port, feeds[port.name], owned))
  const bindInputs = (): void => {
    for (const { name, device } of inputs) ort.BindInput(binding, name, device)
  }
  const bindOutputs = (): void => {
    const { info } = memories.device ?? memories.host
    for (const { name } of within.outputs) ort.BindOutputToDevice(binding, name, info)
  }
  if (!inputsMove) bindInputs()
  let staying: readonly Bound[] | undefined
  let ran = false
  return {
    get ran() {
      return ran
    },
    run(given, fetches) {
      for (const name of fetches) expectNamed(within.outputs, name)
      for (const input of inputs) fill(input, given[input.name])
      if (memories.device) copy(library, inputs, 'host', 'device')
      if (inputsMove) bindInputs()
      if (!(outputsStay && ran)) bindOutputs()
      ort.RunWithBinding(session, null, binding)
      ran = true
      const ofRun = outputsStay ? owned : handles()
      try {
        const outputs = staying ?? outputsOf(within, binding, ofRun)
        if (outputsStay) staying = outputs
        const wanted = fetches.map((name) => expectNamed(outputs, name))
        if (memories.device) copy(library, wanted, 'device', 'host')
        return Object.fromEntries(
          wanted.map(({ name, type, dims, numbers }) => [
            name,
            { data: numbers.slice(), dims, type } as TensorData,
          ]),
        )
      } finally {
        if (!outputsStay) ofRun.release()
      }
    },
    release: owned.release,
  }
}

function inputOf(
  within: Bindable,
  port: Port,
  feed: TensorData | undefined,
  owned: Handles,
): Bound {
  const { library, memories } = within
  const { name } = port
  const { dims, type = 'float32' } = fed(name, feed)
  const [number] = numbersOf(type, `input ${name}`)
  const sides = BigInt64Array.from(dims, BigInt)
  const make = (memory: Memory): Pointer => allocate(library.ort, memory, number, sides, owned)
  const host = make(memories.host)
  const device = memories.device ? make(memories.device) : host
  return { name, type, dims, host, device, numbers: numbersIn(library, host, type, name) }
}

/** What a run has made; where there is a device, with room on the host for each. */
function outputsOf(within: Bindable, binding: Pointer, owned: Handles): readonly Bound[] {
  const { library, memories, outputs } = within
  const { ort } = library
  return boundValues(library, binding, outputs.length, owned).map((device, i) => {
    const { name } = outputs[i] as Port
    const info = given((cell) => ort.GetTensorTypeAndShape(device, cell))
    const [number, sides] = typeAndSides(ort, info)
    ort.ReleaseTensorTypeAndShapeInfo(info)
    const type = elementOf(number)
    if (!type) throw new Error(`output ${name} is of no element type that sessions give`)
    const host = memories.device ? allocate(ort, memories.host, number, sides, owned) : device
    const numbers = numbersIn(library, host, type, name)
    return { name, type, dims: Array.from(sides, Number), numbers, host, device }
  })
}

function boundValues(
  { ort, view }: Library,
  binding: Pointer,
  length: number,
  { made }: Handles,
): readonly Pointer[] {
  const allocator = given((cell) => ort.GetAllocatorWithDefaultOptions(cell))
  const list = given((cell) =>
    ort.GetBoundOutputValues(binding, allocator, cell, new BigUint64Array(1)),
  )
  const values = [...new BigUint64Array(view(list, 8 * length))]
  ort.AllocatorFree(allocator, list)
  return values.map((value) =>
    made((cell) => {
      cell[0] = value
    }, ort.ReleaseValue),
  )
}

function numbersIn(
  { ort, view }: Library,
  tensor: Pointer,
  type: NonNullable<TensorData['type']>,
  name: string,
): TensorNumbers {
  const [, Numbers] = numbersOf(type, name)
  const { at, bytes } = elementsAt(ort, tensor)
  return new Numbers(bytes === 0 ? new ArrayBuffer(0) : view(at, bytes))
}

function fill({ name, dims, numbers }: Bound, feed: TensorData | undefined): void {
  const { data } = fed(name, feed)
  if (data.constructor !== numbers.constructor)
    throw new Error(
      `input ${name} is a ${data.constructor.name}, not a ${numbers.constructor.name}`,
    )
  if (data.length !== numbers.length)
    throw new Error(
      `input ${name} has ${data.length} elements, and [${dims}] are ${numbers.length}`,
    )
  numbers.set(data as never)
}

function fed(name: string, feed: TensorData | undefined): TensorData {
  if (!feed) throw new Error(`no tensor was fed for input ${name}`)
  return feed
}

function expectNamed<T extends { readonly name: string }>(outputs: readonly T[], name: string): T {
  const output = outputs.find((each) => each.name === name)
  if (!output) throw new Error(`there is no output ${name}`)
  return output
}

/** All at once, in one call. */
function copy(
  { ort, environment }: Library,
  tensors: readonly Bound[],
  from: 'host' | 'device',
  to: 'host' | 'device',
): void {
  const addresses = (of: 'host' | 'device'): BigUint64Array =>
    BigUint64Array.from(tensors, (tensor) => tensor[of])
  ort.CopyTensors(environment, addresses(from), addresses(to), null, tensors.length)
}
