import type { Graph } from '../compiler/graph.js'
import { InputError, NetworkError } from '../errors.js'
import type { Precision, Target } from './target.js'

/**
 * What is asked for, against what a runtime takes.
 * @throws {InputError} where it is an opset or a precision that the runtime has not.
 */
export function expectOptions(
  { name, opset, precisions }: Target,
  asked: { readonly opset?: number | undefined; readonly precision: Precision },
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
