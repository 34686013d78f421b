import type { Complaint } from '../errors.js'
import { type CudaLibrary, cudaVersion, driverLibrary } from './libraries.js'
import { pipInstall, projectsOf } from './library-wheels.js'
import { ownCuda } from './own-folder.js'

/** The oldest driver that a CUDA of this version runs on. */
export const drivers: Readonly<Record<number, number>> = { 12: 525, 13: 580 }

/** The libraries of which something is wrong, and what brings them; nothing where all serve. */
export function missingLibraries(libraries: readonly CudaLibrary[]): Complaint | undefined {
  const wrong = libraries.filter(({ problem }) => problem !== undefined)
  if (wrong.length === 0) return undefined
  const version = cudaVersion(libraries) ?? 13
  const told = wrong.map(({ name, path, problem }) =>
    path === undefined ? name : `${path} (${problem})`,
  )
  const many = wrong.length > 1 ? 'libraries are' : 'library is'
  const brought = projectsOf(
    wrong.map(({ name }) => name),
    version,
  )
  const remedies = [
    ...(wrong.some(({ name }) => name === driverLibrary) ? [driverRemedy(version)] : []),
    ...(brought.length > 0
      ? [
          `Bring what is missing: ${version === ownCuda ? 'heddle cuda install --libraries; or ' : ''}${pipInstall(brought)}, in a Python environment that is active; or name the folder that has it (--cuda-folder DIR).`,
        ]
      : []),
  ]
  return {
    problem: `CUDA does not start, ${wrong.length} ${many} missing or of no use: ${told.join(', ')}`,
    remedy: remedies.join(' ') || 'Name the folder that has it (--cuda-folder DIR).',
  }
}

function driverRemedy(version: number): string {
  return `${driverLibrary} is NVIDIA's driver (${drivers[version] ?? drivers[13]} or later for CUDA ${version}): install it, or start the container with its GPUs (docker run --gpus all).`
}

/** What ONNX Runtime, cuDNN or the driver say of a machine or an installation; nothing where it is about the network. */
export function cudaFailure(message: string): Complaint | undefined {
  const [, code] = /CUDA failure (\d+)/.exec(message) ?? []
  switch (Number(code)) {
    case 35:
      return {
        problem:
          "NVIDIA's driver is older than ONNX Runtime's CUDA provider takes (CUDA failure 35)",
        remedy: `Bring the driver to ${drivers[13]} or later (a provider for CUDA 12 takes ${drivers[12]}); nvidia-smi tells which it is.`,
      }
    case 100:
      return {
        problem: 'CUDA finds no NVIDIA GPU in this machine (CUDA failure 100)',
        remedy:
          'See what nvidia-smi lists; start a container with its GPUs (docker run --gpus all), and see that CUDA_VISIBLE_DEVICES hides none.',
      }
    case 209:
      return {
        problem: "ONNX Runtime's CUDA provider has no machine code for this GPU (CUDA failure 209)",
        remedy: 'Run on the CPU (--provider cpu), or on a GPU that it was built for.',
      }
    case 803:
    case 804:
      return {
        problem: `NVIDIA's driver and libcuda do not fit each other (CUDA failure ${code})`,
        remedy:
          'Restart the machine after an update of the driver; in a container, take no libcuda but the host’s.',
      }
  }
  if (message.includes('cuDNN is unavailable'))
    return {
      problem: `ONNX Runtime cannot use cuDNN: ${message}`,
      remedy:
        'Bring cuDNN 9: heddle cuda install --libraries, or pip install nvidia-cudnn-cu13 (for CUDA 12 nvidia-cudnn-cu12); or name its folder (--cuda-folder DIR).',
    }
  if (message.includes('Failed to load shared library'))
    return {
      problem:
        "ONNX Runtime does not load its CUDA provider, though every library that it needs is there: its files are of another version than onnxruntime-node's, or damaged",
      remedy: 'Put those of the same version there: heddle cuda install.',
    }
  return undefined
}

/** What to do about a driver that is older than a version of CUDA takes; nothing where it fits, or is not known. */
export function driverFits(driver: string | undefined, version = 13): string | undefined {
  const oldest = drivers[version]
  // nvidia-smi may say [N/A], of which nothing is known.
  if (driver === undefined || oldest === undefined || !(Number.parseInt(driver, 10) < oldest))
    return undefined
  return `Bring NVIDIA's driver from ${driver} to ${oldest} or later, which CUDA ${version} takes.`
}
