import { loadCuda } from '../../cuda/load.js'
import { RuntimeError } from '../../errors.js'
import type { EngineOptions, OpenEngine } from '../engine.js'
import { findRuntime } from '../find.js'
import type { Port, Tensors } from '../tensor.js'
import { type Binding, bind } from './c-api/binding.js'
import type { Pointer } from './c-api/functions.js'
import { given, type Handles, handles } from './c-api/handles.js'
import { type Library, openLibrary, registerCuda } from './c-api/library.js'
import { memoriesOf } from './c-api/memory.js'
import { portsOf } from './c-api/ports.js'
import { sessionOptions } from './c-api/session-options.js'

/**
 * The C API of the library that onnxruntime-node brings, through koffi: inputs and outputs are bound once, and a run
 * on CUDA may be captured as a graph.
 */
export const openCApi: OpenEngine = async (options, during) => {
  during('find')
  const entry = findRuntime(options.folder)
  during('import')
  if (options.provider === 'cuda') loadCuda(entry, options.cuda)
  const library = await openLibrary(entry, options)
  during('open')
  if (options.provider === 'cuda') registerCuda(entry, library)
  const owned = handles()
  try {
    const session = openModel(library, options, owned)
    const { inputs, outputs } = portsOf(library, session)
    const graph = options.provider === 'cuda' && options.cuda.graph === true
    const fixed = outputs.every(({ shape }) => shape.every((side) => typeof side === 'number'))
    const within = {
      library,
      session,
      memories: memoriesOf(library.ort, session, options.provider, owned),
      inputs,
      outputs,
      outputsStay: graph || fixed,
      inputsMove: options.provider === 'webgpu',
    }
    let binding: Binding | undefined
    /** Of the feeds that are bound. */
    let shapes = ''
    const captured = (): boolean => graph && binding?.ran === true
    const unbind = (): void => {
      binding?.release()
      binding = undefined
    }
    return {
      inputs,
      outputs,
      version: library.version,
      async run(feeds, fetches) {
        const asked = shapesOf(inputs, feeds)
        if (captured() && asked !== shapes)
          throw new RuntimeError({
            problem: `the session's CUDA graph was captured for ${shapes}, and was given ${asked}`,
            remedy: 'Open a session for each shape, or leave out graph.',
          })
        if (asked !== shapes) unbind()
        shapes = asked
        binding ??= bind(within, feeds)
        try {
          return binding.run(feeds, fetches)
        } catch (error) {
          if (!captured()) unbind()
          throw error
        }
      },
      endProfile() {
        const allocator = given((cell) => library.ort.GetAllocatorWithDefaultOptions(cell))
        const file = given((cell) => library.ort.SessionEndProfiling(session, allocator, cell))
        library.ort.AllocatorFree(allocator, file)
      },
      async close() {
        unbind()
        owned.release()
      },
    }
  } catch (error) {
    owned.release()
    throw error
  }
}

function openModel(library: Library, options: EngineOptions, { made }: Handles): Pointer {
  const { ort, environment } = library
  const { model } = options
  const said = sessionOptions(ort, options)
  try {
    return made(
      (cell) =>
        typeof model === 'string'
          ? ort.CreateSession(environment, model, said, cell)
          : ort.CreateSessionFromArray(environment, model, model.byteLength, said, cell),
      ort.ReleaseSession,
    )
  } finally {
    ort.ReleaseSessionOptions(said)
  }
}

function shapesOf(inputs: readonly Port[], feeds: Tensors): string {
  return inputs
    .map(({ name }) => `${name} ${feeds[name]?.type ?? 'float32'} [${feeds[name]?.dims}]`)
    .join(', ')
}
