import { compile } from '../compile.js'
import { print as printGraph } from '../compiler/print.js'
import { exitCodes } from './failure.js'
import { compilingOf, inputShape, inputSize, type ModelOptions, modelFrom } from './options.js'
import { passesDocument } from './passes.js'
import { print, printJson } from './terminal.js'

/** `heddle print`: the graph as text, after the passes. */
export async function printModel(argument: string, options: ModelOptions): Promise<number> {
  const model = await modelFrom(argument, options)
  const size = inputSize(model, options)
  const { lowMemory, ...compiling } = compilingOf(options)
  const { graph, passes } = compile(model, { size, goal: { lowMemory }, ...compiling })
  const text = printGraph(graph)
  if (options.json)
    printJson({
      model: model.name,
      input: inputShape(model, size),
      passes: passesDocument(passes),
      text,
    })
  else print(text)
  return exitCodes.done
}
