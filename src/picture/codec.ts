import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'

let bytes: Promise<Uint8Array> | undefined

/** The program that decodes JPEGs, as WebAssembly; read once. Node does not fetch files, as a page would. */
export function jpegCodec(): Promise<Uint8Array> {
  const { resolve } = createRequire(import.meta.url)
  bytes ??= readFile(resolve('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm'))
  return bytes
}
