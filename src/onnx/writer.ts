import type { AttributeValue, Node, TensorType, Value } from '../compiler/node.js'

/** What a kind of node needs to write itself as ONNX operators. */
export interface Writer {
  readonly opset: number
  /** The tensor that a value is. */
  of(value: Value): string
  /** Writes an operator whose result is a tensor of its own, of a type; `part` names it beside its node. */
  step(
    node: Node,
    part: string,
    type: TensorType,
    operator: string,
    inputs: readonly string[],
    attributes?: Attributes,
  ): string
  /** Writes the operator whose results are the node's own. */
  write(node: Node, operator: string, inputs: readonly string[], attributes?: Attributes): void
  /** A small tensor that is part of the graph itself. */
  integers(values: readonly number[]): string
  floats(
    values: readonly number[],
    shape?: readonly number[],
    element?: 'float32' | 'float16',
  ): string
}

export type Attributes = Readonly<Record<string, AttributeValue>>
