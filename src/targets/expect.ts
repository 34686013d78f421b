import type { Graph } from '../compiler/graph.js'
import { InputError, NetworkError } from '../errors.js'
import type { Precision, Target } from './target.js'

/** Of a GPU, that one network may ask for. */
export const mostStreams = 32

/**
 * What is asked for, against what a runtime takes.
 * @throws {InputError} where it is an opset or a precision that the runtime has not, or streams that it does not take.
 */
export function expectOptions(
  { name, opset, precisions, takesStreams }: Target,
  asked: {
    readonly opset?: number | undefined
    readonly precision: Precision
    readonly streams?: number | undefined
  },
): void {
  if (asked.opset !== undefined && !(asked.opset >= opset.least && asked.opset <= opset.most))
    throw new InputError({
      problem: `opset ${asked.opset}, and ${name} takes ${opset.least} to ${opset.most}`,
      remedy: `Leave it out (${opset.usual} is usual), or take one of those.`,
    })
  if (!precisions.includes(asked.precision))
    throw new InputError({
      problem: `${asked.precision}, and ${name} takes ${precisions.join(' and ')}`,
      remedy: 'Take one of those, or another target.',
    })
  const { streams = 1 } = asked
  if (!Number.isSafeInteger(streams) || streams < 1 || streams > mostStreams)
    throw new InputError({
      problem: `${streams} streams`,
      remedy: `Give a whole number from 1 to ${mostStreams}: a network has as much to run side by side as it has branches.`,
    })
  if (streams > 1 && !takesStreams)
    throw new InputError({
      problem: `${streams} streams, and ${name} runs one operation after the other`,
      remedy: 'Build it for ort-cuda, or leave the streams out.',
    })
}

/**
 * A network as it goes to a runtime, against the runtime's rules.
 * @throws {NetworkError} `target` where it breaks one: at the first node that does.
 */
export function expectTaken(target: Target, graph: Graph): void {
  for (const rule of target.rules) {
    const broken = rule.broken(graph)
    if (!broken) continue
    throw new NetworkError({
      ...broken,
      rule: 'target',
      problem: `${graph.name} does not go to ${target.name} (${rule.says}): ${broken.problem}`,
    })
  }
}
