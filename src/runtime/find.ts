import { createRequire } from 'node:module'

/**
 * Where onnxruntime-node is: beside heddle, or else in the user's folder.
 * @throws where it is not installed.
 */
export function findRuntime(folder: string): string {
  return createRequire(import.meta.url).resolve('onnxruntime-node', {
    paths: [import.meta.dirname, folder],
  })
}
