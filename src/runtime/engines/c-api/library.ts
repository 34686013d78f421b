import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { threadId } from 'node:worker_threads'
import { providerFiles, type RuntimePackage, runtimePackage } from '../../../cuda/provider-files.js'
import { RuntimeError } from '../../../errors.js'
import type { EngineOptions } from '../../engine.js'
import { findPackage } from '../../find.js'
import { functionsAt, type OrtApi, type Pointer } from './functions.js'

type Koffi = typeof import('koffi')

/** ONNX Runtime's library, opened. */
export interface Library {
  readonly ort: OrtApi
  /** ONNX Runtime's environment, of which a process has one. */
  readonly environment: Pointer
  readonly version: string
  /** The memory of ONNX Runtime at a place, without a copy: not to be touched once it is freed. */
  view(at: Pointer, bytes: number): ArrayBuffer
  /** The text at a place. */
  textAt(at: Pointer): string
}

/** The version of `struct OrtApi` that onnxruntime-node 1.30 brings. */
const api = 30

/** For the thread's life: ONNX Runtime does not start anew in a process that has ended it. */
const opened = new Map<string, Library>()
/** Those whose ONNX Runtime can copy between the host and CUDA's devices. */
const copying = new Set<Library>()

/**
 * Opens the very library that onnxruntime-node brings.
 * @throws {RuntimeError} where koffi is not installed, or the library is of another version than its package.
 */
export async function openLibrary(
  entry: string,
  { folder }: Pick<EngineOptions, 'folder'>,
): Promise<Library> {
  const library = opened.get(entry) ?? open(await importKoffi(folder), runtimePackage(entry))
  opened.set(entry, library)
  return library
}

/** Lets ONNX Runtime copy between the host and CUDA's devices; CUDA's libraries are loaded already. */
export function registerCuda(entry: string, library: Library): void {
  if (copying.has(library)) return
  const file = join(runtimePackage(entry).folder ?? '', providerFiles.cuda)
  // The process's environment refuses a name that another thread has taken.
  library.ort.RegisterExecutionProviderLibrary(library.environment, `cuda ${threadId}`, file)
  copying.add(library)
}

async function importKoffi(folder: string): Promise<Koffi> {
  try {
    return (await import(pathToFileURL(findPackage('koffi', folder)).href)).default
  } catch (error) {
    throw new RuntimeError(
      {
        problem: `engine c-api calls ONNX Runtime through koffi, which is not installed or does not load: ${(error as Error).message.split('\n')[0]}`,
        remedy: 'Add it: npm install koffi. Or take engine onnxruntime-node, which needs none.',
      },
      { cause: error },
    )
  }
}

function open(koffi: Koffi, { version: expected, folder }: RuntimePackage): Library {
  const library = koffi.load(join(folder ?? '', file()))
  const base = library.func('OrtGetApiBase', 'void *', [])() as Pointer
  const [getApi, getVersion] = koffi.decode(base, 'void *', 2) as [Pointer, Pointer]
  const version: string = koffi.call(getVersion, koffi.proto('const char *', []))
  if (version !== expected)
    throw new RuntimeError({
      problem: `the library of onnxruntime-node ${expected} says that it is ONNX Runtime ${version}`,
      remedy: 'Install it anew: npm install onnxruntime-node.',
    })
  const table = koffi.call(getApi, koffi.proto('void *', ['uint32_t']), api) as Pointer | null
  if (!table)
    throw new RuntimeError({
      problem: `ONNX Runtime ${version} does not have version ${api} of its C API`,
      remedy: 'Install onnxruntime-node 1.30 or later.',
    })
  const ort = functionsAt(koffi, table)
  const cell = new BigUint64Array(1)
  ort.CreateEnv(3, 'heddle', cell)
  return {
    ort,
    environment: cell[0] as Pointer,
    version,
    view: (at, bytes) => koffi.view(at, bytes),
    textAt: (at) => koffi.decode.string(at),
  }
}

function file(): string {
  switch (process.platform) {
    case 'win32':
      return 'onnxruntime.dll'
    case 'darwin':
      return 'libonnxruntime.1.dylib'
    default:
      return 'libonnxruntime.so.1'
  }
}
