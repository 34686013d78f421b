import type { Provider } from '../../provider.js'
import type { OrtApi, Pointer } from './functions.js'
import { given, type Handles } from './handles.js'

/** Memory that tensors of a session are allocated in. */
export interface Memory {
  readonly info: Pointer
  readonly allocator: Pointer
}

/** Where a session's tensors are: `host` for us to read and write, `device` where the GPU has memory of its own. */
export interface Memories {
  readonly host: Memory
  readonly device: Memory | undefined
}

/** Kinds of memory, by ONNX Runtime's numbers. */
const [ofDevice, ofHost] = [0, -1]

/** For WebGPU ONNX Runtime copies by itself, from the host and back. */
export function memoriesOf(
  ort: OrtApi,
  session: Pointer,
  provider: Provider,
  { made }: Handles,
): Memories {
  const memory = (name: string, kind: number): Memory => {
    const info = made((cell) => ort.CreateMemoryInfo(name, 0, 0, kind, cell), ort.ReleaseMemoryInfo)
    return {
      info,
      allocator: made((cell) => ort.CreateAllocator(session, info, cell), ort.ReleaseAllocator),
    }
  }
  if (provider !== 'cuda') return { host: memory('Cpu', ofDevice), device: undefined }
  // Pinned: what is copied from there has arrived when the copy returns, and by one transfer.
  return { host: memory('CudaPinned', ofHost), device: memory('Cuda', ofDevice) }
}

/** A tensor whose elements are whatever was in its memory. */
export function allocate(
  ort: OrtApi,
  { allocator }: Memory,
  type: number,
  sides: BigInt64Array,
  { made }: Handles,
): Pointer {
  return made(
    (cell) => ort.CreateTensorAsOrtValue(allocator, sides, sides.length, type, cell),
    ort.ReleaseValue,
  )
}

/** Where a tensor's elements are. */
export function elementsAt(ort: OrtApi, tensor: Pointer): { at: Pointer; bytes: number } {
  return {
    at: given((cell) => ort.GetTensorMutableData(tensor, cell)),
    bytes: Number(given((cell) => ort.GetTensorSizeInBytes(tensor, cell))),
  }
}
