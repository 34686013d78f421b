import { driverFits } from '../cuda/failure.js'
import { cudaVersion, driverLibrary, neededNames } from '../cuda/libraries.js'
import type { MachineReport } from './report.js'

/** The one thing to do next, by what was found. */
export function nextStep({
  node,
  runtime,
  nvidia,
  cuda,
  providers,
}: Omit<MachineReport, 'ok' | 'next'>): string {
  const [cpu, onCuda] = ['cpu', 'cuda'].map((name) =>
    providers.find(({ provider }) => provider === name),
  )
  if (!runtime) return 'npm install onnxruntime-node'
  if (!cpu?.ok) return cpu?.remedy ?? 'npm install onnxruntime-node'
  if (onCuda?.ok) return 'nothing, all is there: run networks with --provider cuda'
  if (node.system !== 'linux-x64' || !cuda)
    return 'nothing, networks run on the CPU; onnxruntime-node has CUDA on linux-x64 alone'
  const hasDriver =
    nvidia.driver !== undefined ||
    cuda.libraries.some(({ name, path }) => name === driverLibrary && path !== undefined)
  if (cuda.missing.length > 0 && !hasDriver)
    return 'nothing, networks run on the CPU; CUDA needs an NVIDIA GPU with its driver, and there is none'
  if (cuda.missing.length > 0 || cuda.fits === false)
    return neededNames(cuda.libraries).length > 0
      ? 'heddle cuda install --libraries'
      : 'heddle cuda install'
  const misfit = driverFits(nvidia.driver, cudaVersion(cuda.libraries))
  return misfit ?? onCuda?.remedy ?? 'heddle doctor --json, and report what it prints'
}
