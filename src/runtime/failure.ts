import { cudaFailure } from '../cuda/failure.js'
import { type Complaint, type HeddleError, InputError, RuntimeError } from '../errors.js'
import type { Failed } from './engine.js'
import type { Provider } from './provider.js'

const install = 'npm install onnxruntime-node'

/** What was run: the file at a path, if it was one, and on what. */
interface Running {
  readonly path?: string | undefined
  readonly provider?: Provider | undefined
}

/** What went wrong in ONNX Runtime or on the way to it, told by the step. */
export function failure(
  { during, message, complaint }: Failed,
  { path, provider }: Running,
): HeddleError {
  const known = complaint ?? knownFailure(provider, message)
  if (known) return new RuntimeError(known)
  // Where in ONNX Runtime's own source it was thrown says nothing to its users.
  const said = message
    .replace(/\/\S+\.(?:cc|h):\d+ .*?\) /, ' ')
    .trim()
    .replace(/\.$/, '')
  switch (during) {
    case 'find':
      return new RuntimeError({
        problem: 'onnxruntime-node, which runs networks, is not installed',
        remedy: `Add it: ${install} (and --ignore-scripts where its install script cannot download).`,
      })
    case 'import':
      return new RuntimeError({
        problem: `onnxruntime-node does not load on ${process.platform}-${process.arch}: ${said}`,
        remedy: `Install it anew: ${install}. Its README lists the systems that it runs on.`,
      })
    case 'open':
      return path === undefined
        ? new RuntimeError({
            problem: `ONNX Runtime does not load the model: ${said}`,
            remedy: 'If it has no operators of other domains, please report it.',
          })
        : new InputError({
            problem: `ONNX Runtime does not load ${path}: ${said}`,
            remedy: 'Give an ONNX file, its external data beside it, in an opset that it knows.',
          })
    case 'run':
      return new RuntimeError({
        problem: `ONNX Runtime failed in a run: ${said}`,
        remedy: /alloc|memory/i.test(said)
          ? 'Take a smaller input, or a machine with more memory.'
          : 'Feed every input, in the type and shape that the model states.',
      })
  }
}

/** What is said of the machine, not of the model. */
function knownFailure(provider: Provider | undefined, message: string): Complaint | undefined {
  if (provider === 'cuda') return cudaFailure(message)
  if (provider === 'webgpu' && message.includes('Failed to get a WebGPU adapter'))
    return {
      problem: 'WebGPU finds no GPU: there is no driver that it takes (Vulkan, on Linux)',
      remedy:
        'Install the Vulkan driver of the GPU and libvulkan1 (Mesa 25 has a software one), or run on the CPU (--provider cpu).',
    }
  return undefined
}
