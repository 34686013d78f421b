import onnxProto from 'onnx-proto'

const { onnx } = onnxProto

export interface TinyOptions {
  readonly height?: number | string
  /** What the bias of the channels is. */
  readonly bias?: readonly number[]
  readonly operator?: string
}

/** y = operator(x + bias), x [1, 2, height, 4]: a model made by hand, so that these tests need no compiler. */
export function tinyOnnx({
  height = 4,
  bias = [1, -1],
  operator = 'Relu',
}: TinyOptions = {}): Uint8Array {
  const tensor = {
    tensorType: {
      elemType: 1,
      shape: {
        dim: [1, 2, height, 4].map((d) =>
          typeof d === 'number' ? { dimValue: d } : { dimParam: d },
        ),
      },
    },
  }
  return onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph: {
      name: 'tiny',
      node: [
        { name: 'shift', opType: 'Add', input: ['x', 'bias'], output: ['shifted'] },
        { name: 'end', opType: operator, input: ['shifted'], output: ['y'] },
      ],
      initializer: [{ name: 'bias', dataType: 1, dims: [1, 2, 1, 1], floatData: [...bias] }],
      input: [{ name: 'x', type: tensor }],
      output: [
        { name: 'y', type: tensor },
        { name: 'shifted', type: tensor },
      ],
    },
  }).finish()
}
