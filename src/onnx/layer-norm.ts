import type { NodeOf, TensorType } from '../compiler/node.js'
import type { Writer } from './writer.js'

/** One operator from opset 17 on; before, what it is made of. */
export function layerNorm(node: NodeOf<'layerNorm'>, to: Writer): void {
  const { input, scale, shift } = node.inputs
  const [x, s, b] = [input, scale, shift].map(to.of) as [string, string, string]
  const { epsilon } = node.attributes
  if (to.opset >= 17) {
    to.write(node, 'LayerNormalization', [x, s, b], { axis: -1n, epsilon })
    return
  }
  const line: TensorType = { ...node.type, shape: [...node.type.shape.slice(0, -1), 1] }
  const whole = (part: string, operator: string, ...inputs: readonly string[]): string =>
    to.step(node, part, node.type, operator, inputs)
  const mean = (part: string, of: string): string =>
    to.step(node, part, line, 'ReduceMean', [of], { axes: [-1n], keepdims: 1n })
  const centred = whole('centred', 'Sub', x, mean('mean', x))
  const variance = mean('variance', whole('square', 'Mul', centred, centred))
  const element = node.type.element === 'float16' ? 'float16' : 'float32'
  const above = to.step(node, 'above', line, 'Add', [variance, to.floats([epsilon], [], element)])
  const deviation = to.step(node, 'deviation', line, 'Sqrt', [above])
  const scaled = whole('scaled', 'Mul', whole('normed', 'Div', centred, deviation), s)
  to.write(node, 'Add', [scaled, b])
}
