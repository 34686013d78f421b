const { HEDDLE_CUDA_STUBS = '', HEDDLE_CUDA_PROVIDER = '' } = process.env

/** Libraries of CUDA that compute nothing and log their calls, cuDNN's in `dnn`, as `npm run stubs` makes them. */
export const stubs: string = HEDDLE_CUDA_STUBS

/** A folder of the provider's two files, which run on them. */
export const provider: string = HEDDLE_CUDA_PROVIDER

/** Why a test that needs both is skipped; `false` where they are at hand. */
export const skip: string | false =
  stubs && provider
    ? false
    : 'HEDDLE_CUDA_STUBS and HEDDLE_CUDA_PROVIDER are not set (npm run stubs)'
