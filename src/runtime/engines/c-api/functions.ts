/**
 * The functions of ONNX Runtime's C API that are called here: the place of each in `struct OrtApi`
 * (onnxruntime_c_api.h, to whose end alone things are added), what it returns, what it takes. A status that tells of
 * an error is thrown. What is given back through a pointer goes into a typed array that is handed over as `pointer`.
 */
const functions = {
  GetErrorMessage: [2, 'text', ['pointer']],
  CreateEnv: [3, 'status', ['int', 'text', 'pointer']],
  CreateSession: [7, 'status', ['pointer', 'path', 'pointer', 'pointer']],
  CreateSessionFromArray: [8, 'status', ['pointer', 'pointer', 'size', 'pointer', 'pointer']],
  CreateSessionOptions: [10, 'status', ['pointer']],
  EnableProfiling: [14, 'status', ['pointer', 'path']],
  DisableMemPattern: [17, 'status', ['pointer']],
  SetSessionLogSeverityLevel: [22, 'status', ['pointer', 'int']],
  SetSessionGraphOptimizationLevel: [23, 'status', ['pointer', 'int']],
  SetIntraOpNumThreads: [24, 'status', ['pointer', 'int']],
  SessionGetInputCount: [30, 'status', ['pointer', 'pointer']],
  SessionGetOutputCount: [31, 'status', ['pointer', 'pointer']],
  SessionGetInputTypeInfo: [33, 'status', ['pointer', 'size', 'pointer']],
  SessionGetOutputTypeInfo: [34, 'status', ['pointer', 'size', 'pointer']],
  SessionGetInputName: [36, 'status', ['pointer', 'size', 'pointer', 'pointer']],
  SessionGetOutputName: [37, 'status', ['pointer', 'size', 'pointer', 'pointer']],
  CreateTensorAsOrtValue: [48, 'status', ['pointer', 'pointer', 'size', 'int', 'pointer']],
  GetTensorMutableData: [51, 'status', ['pointer', 'pointer']],
  CastTypeInfoToTensorInfo: [55, 'status', ['pointer', 'pointer']],
  GetTensorElementType: [60, 'status', ['pointer', 'pointer']],
  GetDimensionsCount: [61, 'status', ['pointer', 'pointer']],
  GetDimensions: [62, 'status', ['pointer', 'pointer', 'size']],
  GetSymbolicDimensions: [63, 'status', ['pointer', 'pointer', 'size']],
  GetTensorTypeAndShape: [65, 'status', ['pointer', 'pointer']],
  CreateMemoryInfo: [68, 'status', ['text', 'int', 'int', 'int', 'pointer']],
  AllocatorFree: [76, 'status', ['pointer', 'pointer']],
  GetAllocatorWithDefaultOptions: [78, 'status', ['pointer']],
  ReleaseStatus: [93, 'void', ['pointer']],
  ReleaseMemoryInfo: [94, 'void', ['pointer']],
  ReleaseSession: [95, 'void', ['pointer']],
  ReleaseValue: [96, 'void', ['pointer']],
  ReleaseTypeInfo: [98, 'void', ['pointer']],
  ReleaseTensorTypeAndShapeInfo: [99, 'void', ['pointer']],
  ReleaseSessionOptions: [100, 'void', ['pointer']],
  SessionEndProfiling: [110, 'status', ['pointer', 'pointer', 'pointer']],
  AddSessionConfigEntry: [130, 'status', ['pointer', 'text', 'text']],
  CreateAllocator: [131, 'status', ['pointer', 'pointer', 'pointer']],
  ReleaseAllocator: [132, 'void', ['pointer']],
  RunWithBinding: [133, 'status', ['pointer', 'pointer', 'pointer']],
  CreateIoBinding: [134, 'status', ['pointer', 'pointer']],
  ReleaseIoBinding: [135, 'void', ['pointer']],
  BindInput: [136, 'status', ['pointer', 'text', 'pointer']],
  BindOutputToDevice: [138, 'status', ['pointer', 'text', 'pointer']],
  GetBoundOutputValues: [140, 'status', ['pointer', 'pointer', 'pointer', 'pointer']],
  SessionOptionsAppendExecutionProvider_CUDA_V2: [204, 'status', ['pointer', 'pointer']],
  CreateCUDAProviderOptions: [205, 'status', ['pointer']],
  UpdateCUDAProviderOptions: [206, 'status', ['pointer', 'texts', 'texts', 'size']],
  ReleaseCUDAProviderOptions: [208, 'void', ['pointer']],
  SessionOptionsAppendExecutionProvider: [
    216,
    'status',
    ['pointer', 'text', 'texts', 'texts', 'size'],
  ],
  RegisterExecutionProviderLibrary: [301, 'status', ['pointer', 'text', 'path']],
  GetTensorSizeInBytes: [318, 'status', ['pointer', 'pointer']],
  CopyTensors: [386, 'status', ['pointer', 'pointer', 'pointer', 'pointer', 'size']],
} as const

/** An address. */
export type Pointer = bigint

interface Taken {
  readonly pointer: Pointer | null | ArrayBufferView
  readonly text: string
  readonly texts: readonly string[]
  /** In the system's own characters: UTF-16 on Windows. */
  readonly path: string
  readonly int: number
  readonly size: number
}

interface Given {
  readonly status: undefined
  readonly void: undefined
  readonly text: string
}

type Functions = typeof functions
type Arguments<T extends readonly (keyof Taken)[]> = { -readonly [I in keyof T]: Taken[T[I]] }

/** The functions by their names. */
export type OrtApi = {
  readonly [N in keyof Functions]: (...given: Arguments<Functions[N][2]>) => Given[Functions[N][1]]
}

type Koffi = typeof import('koffi')

/** How koffi spells what functions take and return. */
const spelling: Readonly<Record<keyof Taken | keyof Given, string>> = {
  pointer: 'void *',
  text: 'const char *',
  texts: 'const char **',
  path: process.platform === 'win32' ? 'const char16_t *' : 'const char *',
  int: 'int',
  size: 'size_t',
  status: 'void *',
  void: 'void',
}

/** The functions behind a pointer to `struct OrtApi`. */
export function functionsAt(koffi: Koffi, table: Pointer): OrtApi {
  const raw = Object.entries(functions).map(([name, [place, given, taken]]) => {
    const type = koffi.proto(
      spelling[given],
      taken.map((each) => spelling[each]),
    )
    const address = koffi.decode(table, place * koffi.sizeof('void *'), 'void *')
    return [name, koffi.decode(address, type)] as const
  })
  const called = Object.fromEntries(raw) as unknown as OrtApi
  const checked = raw.map(([name, call]) => {
    if (functions[name as keyof Functions][1] !== 'status') return [name, call]
    return [
      name,
      (...given: readonly unknown[]): void => {
        const status = call(...given) as Pointer | null
        if (!status) return
        const message = called.GetErrorMessage(status)
        called.ReleaseStatus(status)
        throw new Error(message)
      },
    ]
  })
  return Object.fromEntries(checked) as OrtApi
}
