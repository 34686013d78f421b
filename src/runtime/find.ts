import { createRequire } from 'node:module'

/**
 * Where onnxruntime-node is: beside heddle, or else in the user's folder.
 * @throws where it is not installed.
 */
export function findRuntime(folder: string): string {
  return findPackage('onnxruntime-node', folder)
}

/**
 * Where a package is that users may or may not have: beside heddle, or else in the user's folder.
 * @throws where it is not installed.
 */
export function findPackage(name: string, folder: string): string {
  return createRequire(import.meta.url).resolve(name, { paths: [import.meta.dirname, folder] })
}
