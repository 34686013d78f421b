import type { WantedWheel } from './package-index.js'

/** The name of a wheel of ONNX Runtime for CUDA, for Linux x64 and any Python. */
export const wheelName: RegExp =
  /^onnxruntime_gpu-([\w.]+)-[\w.]+-[\w.]+-(?:many)?linux[\w.]*_x86_64\.whl$/

/** The words that fetch a wheel where heddle does not. */
export function pipDownload(version: string): string {
  return `pip download onnxruntime-gpu==${version} --no-deps --only-binary=:all: --platform manylinux_2_28_x86_64 --python-version 3.12`
}

/** The wheel of onnxruntime-gpu whose provider fits this version of ONNX Runtime. */
export function providerWheel(version: string): WantedWheel {
  return {
    project: 'onnxruntime-gpu',
    what: `onnxruntime-gpu ${version} for Linux x64`,
    pick: (files) => files.find(({ filename }) => wheelName.exec(filename)?.[1] === version),
    absent: 'Install an onnxruntime-node whose version it has, or name another index by --index.',
    otherwise: `Or fetch the wheel yourself (${pipDownload(version)}) and give it by --wheel.`,
  }
}
