import type { onnx } from 'onnx-proto'

/** A decoded model as text that people read and tests compare; of tensors, all but the bytes. */
export function modelText(model: onnx.ModelProto): string {
  const graph = model.graph as onnx.GraphProto
  const { irVersion, producerName, producerVersion, opsetImport, metadataProps } = model
  return [
    `IR ${irVersion}, ${producerName} ${producerVersion}`,
    `opsets: ${opsetImport.map(({ domain, version }) => `${domain || 'ai.onnx'} ${version}`)}`,
    `metadata: ${metadataProps.map(({ key, value }) => `${key} = ${value}`)}`,
    `graph ${graph.name}`,
    ...graph.input.map((value) => `input ${valueText(value)}`),
    ...graph.output.map((value) => `output ${valueText(value)}`),
    ...graph.initializer.map(
      ({ name, dims, dataType, rawData }) =>
        `tensor ${name}: ${dataType} [${dims?.join(', ')}], ${rawData?.length} bytes`,
    ),
    ...graph.node.map(nodeText),
    ...graph.valueInfo.map((value) => `value ${valueText(value)}`),
  ].join('\n')
}

function valueText({ name, type, docString }: onnx.IValueInfoProto): string {
  const { elemType, shape } = type?.tensorType ?? {}
  const sides = shape?.dim?.map(({ dimParam, dimValue }) => dimParam || String(dimValue))
  return `${name}: ${elemType} [${sides?.join(', ')}]${docString ? ` “${docString}”` : ''}`
}

function nodeText({ name, opType, domain, input, output, attribute }: onnx.INodeProto): string {
  const attributes = (attribute ?? []).map(({ name, f, i, s, ints, floats }) => {
    const list = [...(ints ?? []), ...(floats ?? [])]
    const text = s?.length ? Buffer.from(s).toString() : undefined
    return `${name} ${list.length > 0 ? list.join(' ') : (text ?? (f || String(i)))}`
  })
  const operator = domain ? `${domain}.${opType}` : opType
  const read = input?.map((each) => each || '–').join(', ')
  return `node ${name}: ${output?.join(', ')} = ${operator}(${read}) ${attributes.join(', ')}`.trimEnd()
}
