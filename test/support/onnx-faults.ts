import onnxProto, { type onnx } from 'onnx-proto'

/**
 * What is wrong with the structure of an ONNX model, in words: our own stand-in for ONNX's checker, which
 * needs Python. Strict where heddle promises more than ONNX asks: every node has a name of its own, every
 * tensor between nodes has its type stated, and nothing is stored that nobody reads.
 */
export function faultsOf(bytes: Uint8Array, data?: Uint8Array): readonly string[] {
  const model = decoded(bytes)
  const graph = model.graph as onnx.GraphProto
  return [
    ...headerFaults(model),
    ...nameFaults(graph),
    ...orderFaults(graph),
    ...typeFaults(graph),
    ...tensorFaults(graph),
    ...dataFaults(graph, data),
  ]
}

export function decoded(bytes: Uint8Array): onnx.ModelProto {
  return onnxProto.onnx.ModelProto.decode(bytes)
}

/** What a file says of itself. */
export function metadataOf(bytes: Uint8Array): Readonly<Record<string, string>> {
  return Object.fromEntries(decoded(bytes).metadataProps.map(({ key, value }) => [key, value]))
}

/** The version of the file format that came with each operator set. */
const formats: Readonly<Record<number, number>> = {
  ...{ 13: 7, 14: 7, 15: 8, 16: 8, 17: 8, 18: 8, 19: 9, 20: 9, 21: 10 },
}

function headerFaults({ irVersion, opsetImport, graph }: onnx.ModelProto): string[] {
  const versions = new Map(opsetImport.map(({ domain, version }) => [domain, Number(version)]))
  const own = versions.get('') ?? 0
  const used = new Set(['', ...(graph?.node ?? []).map(({ domain }) => domain ?? '')])
  return [
    ...faults(Number(irVersion) !== formats[own], `format ${irVersion} for opset ${own}`),
    ...faults(versions.size !== opsetImport.length, 'a domain is imported twice'),
    ...[...versions.keys()].flatMap((d) => faults(!used.has(d ?? ''), `“${d}” is not used`)),
    ...[...used].flatMap((d) => faults(!versions.has(d), `domain “${d}” is not imported`)),
    ...faults(!graph?.name, 'the graph has no name'),
  ]
}

function nameFaults({ node, input, output, initializer }: onnx.GraphProto): string[] {
  const made = [...[...input, ...initializer].map(nameOf), ...node.flatMap((n) => n.output ?? [])]
  return [
    ...repeated(made).map((name) => `tensor ${name} is made twice`),
    ...repeated(node.map(nameOf)).map((name) => `two nodes are called “${name}”`),
    ...repeated(output.map(nameOf)).map((name) => `two outputs are called ${name}`),
    ...node.flatMap((n) => faults(!n.name || !n.output?.length, `a nameless node ${n.opType}`)),
    ...made.flatMap((name) => faults(name === '', 'a tensor without a name')),
  ]
}

/** Nodes read what stands before them, and outputs are made. */
function orderFaults({ node, input, output, initializer }: onnx.GraphProto): string[] {
  const known = new Set([...input, ...initializer].map(nameOf))
  const unknown: string[] = []
  for (const { name, input, output } of node) {
    for (const read of input ?? [])
      if (read !== '' && !known.has(read)) unknown.push(`${name} reads ${read} before it is made`)
    for (const made of output ?? []) known.add(made)
  }
  return [
    ...unknown,
    ...output.flatMap(({ name }) => faults(!known.has(name ?? ''), `output ${name} is not made`)),
  ]
}

/** Every tensor that a node makes has its type stated, once. */
function typeFaults({ node, input, output, valueInfo }: onnx.GraphProto): string[] {
  const made = new Set(node.flatMap(({ output }) => output ?? []))
  const stated = [...input, ...output, ...valueInfo]
  const names = new Set(stated.map(nameOf))
  return [
    ...repeated(stated.map(nameOf)).map((name) => `the type of ${name} is stated twice`),
    ...[...made].flatMap((name) => faults(!names.has(name), `${name} has no type`)),
    ...valueInfo.flatMap(({ name }) =>
      faults(!made.has(name ?? ''), `a type of ${name}, which no node makes`),
    ),
    ...stated.flatMap(({ name, type }) => {
      const { elemType, shape } = type?.tensorType ?? {}
      const sides = shape?.dim?.map(({ dimValue, dimParam }) => dimParam || Number(dimValue))
      const right = elemType && sides?.every((d) => typeof d === 'string' || d >= 1)
      return faults(!right, `the type of ${name} is [${sides}] of element ${elemType}`)
    }),
  ]
}

/** Bytes of an element by ONNX's number for its type. */
const elementBytes: Readonly<Record<number, number>> = {
  ...{ 1: 4, 2: 1, 3: 1, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8 },
}

function tensorFaults({ node, output, initializer }: onnx.GraphProto): string[] {
  const read = new Set([...node.flatMap(({ input }) => input ?? []), ...output.map(nameOf)])
  return initializer.flatMap((tensor) => {
    const name = nameOf(tensor)
    const bytes = bytesOf(tensor)
    const there = placeOf(tensor)?.length ?? tensor.rawData?.length
    return [
      ...faults(!read.has(name), `nobody reads ${name}`),
      ...faults(there !== bytes, `${name} has ${there} bytes for ${bytes}`),
    ]
  })
}

/** What is in the data file: at pages of its own, one after the other, to its very end. */
function dataFaults({ initializer }: onnx.GraphProto, data: Uint8Array | undefined): string[] {
  const places = initializer.flatMap((tensor) => placeOf(tensor) ?? [])
  let end = 0
  const wrong = places.flatMap(({ name, location, offset, length }) => {
    const apart = offset % 4096 === 0 && offset >= end && offset < end + 4096
    end = offset + length
    return [
      ...faults(!apart, `${name} starts at ${offset}`),
      ...faults(/[/\\]/.test(location) || !location, `${name} is at ${location}`),
    ]
  })
  return [...wrong, ...faults(end !== (data?.length ?? 0), `${data?.length} bytes for ${end}`)]
}

function placeOf(tensor: onnx.ITensorProto) {
  if (tensor.dataLocation !== onnxProto.onnx.TensorProto.DataLocation.EXTERNAL) return undefined
  const of = new Map(tensor.externalData?.map(({ key, value }) => [key, value]))
  return {
    name: nameOf(tensor),
    location: of.get('location') ?? '',
    offset: Number(of.get('offset')),
    length: Number(of.get('length')),
  }
}

function bytesOf({ dims, dataType }: onnx.ITensorProto): number {
  return (dims ?? []).reduce<number>((n, d) => n * Number(d), elementBytes[dataType ?? 0] ?? 0)
}

function nameOf({ name }: { name?: string | null }): string {
  return name ?? ''
}

function faults(wrong: boolean, fault: string): string[] {
  return wrong ? [fault] : []
}

function repeated(names: readonly string[]): string[] {
  const seen = new Set<string>()
  return names.filter((name) => seen.size === seen.add(name).size)
}
