import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'

/** Every platform has it; the types of Node leave it out. */
declare const WebAssembly: {
  compile(bytes: Uint8Array): Promise<object>
  readonly Instance: new (module: object, imports: object) => { readonly exports: object }
}

/** Makes an instance of a program, hands it over and returns its exports: what Emscripten asks for. */
export type Instantiate = (imports: object, receive: (instance: object) => void) => object

let codec: Promise<Instantiate> | undefined

/** The program that decodes JPEGs; read and compiled once. Node does not fetch files, as a page would. */
export function jpegCodec(): Promise<Instantiate> {
  codec ??= compiled()
  return codec
}

async function compiled(): Promise<Instantiate> {
  const { resolve } = createRequire(import.meta.url)
  const bytes = await readFile(resolve('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm'))
  const module = await WebAssembly.compile(bytes)
  return (imports, receive) => {
    const instance = new WebAssembly.Instance(module, imports)
    receive(instance)
    return instance.exports
  }
}
