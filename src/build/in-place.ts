import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname, relative, resolve, sep } from 'node:path'
import { elementCount } from '../compiler/dimension.js'
import { type Graph, parametersOf } from '../compiler/graph.js'
import { InputError } from '../errors.js'
import type { Keep } from '../onnx/tensors.js'
import type { Stored, Weights } from '../weights/source.js'

/** Weights that stay in the file that has them. */
export interface InPlace {
  readonly keep: Keep
  /** The files that have them. */
  readonly paths: readonly string[]
}

/**
 * Where a model at `output` finds the weights of its network, in the files in which they are already.
 * @throws {InputError} where a file does not have some of them as ONNX has tensors, or lies where ONNX Runtime
 * does not look: it takes data from the model's own folder and below.
 */
export function inPlace(output: string, graph: Graph, weights: Weights): InPlace {
  const stored = new Map<string, Stored>()
  const others: string[] = []
  for (const parameter of parametersOf(graph)) {
    const { name } = parameter.attributes
    const found = weights.stored?.(parameter)
    if (found) stored.set(name, found)
    else others.push(name)
  }
  if (others.length > 0)
    throw new InputError({
      problem: `${others.length} of ${others.length + stored.size} weights cannot stay in place: ${weights.label} does not have ${others[0]} as float32 numbers in their order`,
      remedy:
        'Bring the file into that form first (heddle weights convert in.pth out.safetensors --dtype float32), or build without --weights-in-place: the scales of InPlaceABN are computed, and in no file.',
    })
  const paths = [...new Set([...stored.values()].map(({ path }) => path))]
  const locations = new Map(paths.map((path) => [path, locationOf(path, output)]))
  return {
    paths,
    keep: (constant) => {
      const found = constant.kind === 'parameter' && stored.get(constant.attributes.name)
      if (!found) return undefined
      const length = 4 * (elementCount(constant.type.shape) as number)
      return { location: locations.get(found.path) as string, offset: found.offset, length }
    },
  }
}

/** A file's path from the folder of the model, as ONNX writes it. */
function locationOf(path: string, output: string): string {
  const written = dirname(resolve(output))
  if (!existsSync(written))
    throw new InputError({
      problem: `${output} cannot be written: its folder does not exist`,
      remedy: 'Make the folder first, or write beside the weights.',
    })
  const folder = realpathSync(written)
  const location = relative(folder, realpathSync(path))
  if (location === '..' || location.startsWith(`..${sep}`) || resolve(location) === location)
    throw new InputError({
      problem: `${path} is not in ${folder}, the folder of the model, and ONNX Runtime takes data from there only`,
      remedy: `Write the model beside the weights (-o ${dirname(path)}${sep}${basename(output)}), or put the weights there.`,
    })
  return location.split(sep).join('/')
}
