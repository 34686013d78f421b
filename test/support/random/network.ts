import type { Graph } from '../../../src/compiler/graph.js'
import { type InputSize, specialise } from '../../../src/compiler/specialise.js'
import { countCorners } from '../../../src/dsl/corners.js'
import type { Feature, Tensorial } from '../../../src/dsl/feature.js'
import { NetworkError } from '../../../src/errors.js'
import type { Model } from '../../../src/index.js'
import { isMap, isVector, keep, type Made, type MapTerm, picks, type VectorTerm } from './picks.js'
import { allLayers, type Recipe } from './recipe.js'
import { type Argument, type Options, plainOf, Term, textOf } from './term.js'
import { writer } from './writer.js'

/** What a recipe makes. */
export interface RandomNetwork {
  readonly model: Model
  /** The size that is wanted, or the next that it takes. */
  readonly size: InputSize
  /** The network as written, for that size. */
  readonly plain: Graph
  /** A file of a user's that makes the same model. */
  readonly source: string
}

export function networkOf(recipe: Recipe): RandomNetwork {
  const undeployed = written(recipe)
  const said = recipe.ends && saidOf(recipe, undeployed)
  const { model, source } = said ? written(recipe, said) : undeployed
  return { model, source, ...fitted(model.graph, recipe.size) }
}

interface Written {
  readonly model: Model
  readonly source: string
  /** The latest map or vector. */
  readonly latest: MapTerm | VectorTerm
}

/** What a model says of itself, and how it is deployed. */
interface Said {
  readonly image: Options
  readonly model: Options
  readonly ends: Options
}

function written({ channels, size, steps, outputs }: Recipe, said?: Said): Written {
  const w = writer()
  const made: Made = { all: [], branches: [] }
  let ends: Readonly<Record<string, Term<Tensorial>>> = {}
  const body = (x: Feature): unknown => {
    keep(made, new Term(x, 'x'))
    for (const [n, { layer, choices }] of steps.entries()) {
      const term = allLayers[layer]?.(w, picks(made, choices, n))
      if (term) keep(made, w.bind(`y${n}`, term))
    }
    const latest = latestOf(made)
    const others = outputs.map((back) => made.all.at(-1 - (back % made.all.length)) ?? latest)
    ends = Object.fromEntries([latest, ...others].map((term) => [nameOf(term), term]))
    return plainOf(ends)
  }
  const input = w.call('image', channels, { size, ...said?.image })
  const text = (): string =>
    ['(x) => {', ...w.lines.map((line) => `  ${line}`), `  return ${textOf(ends)}`, '}'].join('\n')
  const parts: readonly Argument[] = ['random', input, new Term(body, text), said?.model]
  const net = w.call<Model>('model', ...parts)
  const end = said ? w.call<Model>('deployed', net, said.ends) : net
  const source = `${w.imports().join('\n')}\n\nexport const network = ${end.text}\n`
  return { model: end.value, source, latest: latestOf(made) }
}

function nameOf({ text }: Term): string {
  return text.replace(/\[(\d+)\]/g, '_$1')
}

function latestOf({ all }: Made): MapTerm | VectorTerm {
  const found = all.toReversed().find((term) => isMap(term) || isVector(term))
  return found as MapTerm | VectorTerm
}

function saidOf({ channels, ends }: Recipe, { model, latest }: Written): Said {
  const { resizes, aligned } = countCorners(model)
  // Where some resizes align corners and some do not, none can be asked of the answer.
  const oneWay = aligned === 0 || aligned === resizes
  const kind = isMap(latest) ? 'segmentation' : 'classification'
  const mean = Array.from({ length: channels }, (_, c) => 0.5 - c / 8)
  return {
    image: { normalisation: { mean, deviation: mean.map((m) => 0.5 * m) } },
    model: { answer: { kind, output: nameOf(latest) } },
    ends: {
      inputFormat: ends?.pixels ? 'uint8-nhwc' : undefined,
      output: ends?.output,
      outputSize: ends?.toInput && oneWay && isMap(latest) ? 'input' : undefined,
    },
  }
}

/** The network for the size that is wanted, or for sides that ever more strides divide. */
function fitted(
  graph: Graph,
  [height, width]: Recipe['size'],
): Pick<RandomNetwork, 'size' | 'plain'> {
  for (const multiple of [1, 2, 4, 8, 16, 32]) {
    const up = (side: number): number => Math.ceil(side / multiple) * multiple
    const size = { batch: 1, height: up(height), width: up(width) }
    try {
      return { size, plain: specialise(graph, size) }
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error
    }
  }
  throw new Error('no size fits')
}
