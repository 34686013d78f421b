/** A tensor to write: its values as float32, or bytes of another type as safetensors calls it. */
export interface Written {
  readonly name: string
  readonly shape: readonly number[]
  readonly values: Float32Array | { readonly dtype: string; readonly bytes: Uint8Array }
}

/** A safetensors file. */
export function safetensors(tensors: readonly Written[]): Uint8Array {
  const parts: Uint8Array[] = []
  const header: Record<string, object> = {}
  let offset = 0
  for (const { name, shape, values } of tensors) {
    const { dtype, bytes } =
      values instanceof Float32Array
        ? {
            dtype: 'F32',
            bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
          }
        : values
    header[name] = { dtype, shape, data_offsets: [offset, offset + bytes.length] }
    offset += bytes.length
    parts.push(bytes)
  }
  const text = new TextEncoder().encode(JSON.stringify(header))
  const length = new Uint8Array(8)
  new DataView(length.buffer).setBigUint64(0, BigInt(text.length), true)
  return Buffer.concat([length, text, ...parts])
}
