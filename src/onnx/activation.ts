import type { ActivationFunction, NodeOf } from '../compiler/node.js'
import type { Attributes, Writer } from './writer.js'

/** Functions that came to ONNX later than opset 13 are written by what they are made of. */
export const functions: {
  readonly [N in ActivationFunction['name']]: (
    node: NodeOf<'activation'>,
    x: string,
    to: Writer,
    f: ActivationFunction & { name: N },
  ) => void
} = {
  relu: (node, x, to) => to.write(node, 'Relu', [x]),
  relu6: (node, x, to) => to.write(node, 'Clip', [x, number(0, node, to), number(6, node, to)]),
  leakyRelu: (node, x, to, { slope }) => to.write(node, 'LeakyRelu', [x], { alpha: slope }),
  sigmoid: (node, x, to) => to.write(node, 'Sigmoid', [x]),
  tanh: (node, x, to) => to.write(node, 'Tanh', [x]),
  hardSigmoid: (node, x, to) => to.write(node, 'HardSigmoid', [x], gate),
  hardSwish: (node, x, to) => {
    if (to.opset >= 14) to.write(node, 'HardSwish', [x])
    else to.write(node, 'Mul', [x, to.step(node, 'gate', node.type, 'HardSigmoid', [x], gate)])
  },
  silu: (node, x, to) =>
    to.write(node, 'Mul', [x, to.step(node, 'gate', node.type, 'Sigmoid', [x])]),
  gelu: (node, x, to) => {
    if (to.opset >= 20) {
      to.write(node, 'Gelu', [x])
      return
    }
    const step = (part: string, operator: string, inputs: readonly string[]): string =>
      to.step(node, part, node.type, operator, inputs)
    const scaled = step('scaled', 'Mul', [x, number(Math.SQRT1_2, node, to)])
    const erf = step('erf', 'Erf', [scaled])
    const twice = step('twice', 'Add', [erf, number(1, node, to)])
    const product = step('product', 'Mul', [x, twice])
    to.write(node, 'Mul', [product, number(0.5, node, to)])
  },
}

export function activation(node: NodeOf<'activation'>, to: Writer): void {
  const f = node.attributes.function
  const write = functions[f.name] as (
    node: NodeOf<'activation'>,
    x: string,
    to: Writer,
    f: ActivationFunction,
  ) => void
  write(node, to.of(node.inputs.input), to, f)
}

/** A number of the elements that a node computes with. */
function number(x: number, { type: { element } }: NodeOf<'activation'>, to: Writer): string {
  return to.floats([x], [], element === 'float16' ? element : 'float32')
}

const gate: Attributes = { alpha: 1 / 6, beta: 0.5 }
