import type { Peaks } from './roofline.js'

/**
 * What NVIDIA's datasheets say of devices, by the names that their driver gives them: dense (without sparsity), float16
 * summed in float32, at the boost clock.
 */
const datasheets: Readonly<
  Record<string, readonly [float32: number, tf32: number, float16: number, gigabytes: number]>
> = {
  'NVIDIA H100 80GB HBM3': [66.9, 494.7, 989.4, 3350],
  'NVIDIA H100 PCIe': [51.2, 378, 756, 2039],
  'NVIDIA H100 NVL': [60, 417.5, 835, 3900],
  'NVIDIA H200': [66.9, 494.7, 989.4, 4800],
  'NVIDIA A100-SXM4-80GB': [19.5, 156, 312, 2039],
  'NVIDIA A100-SXM4-40GB': [19.5, 156, 312, 1555],
  'NVIDIA A100 80GB PCIe': [19.5, 156, 312, 1935],
  'NVIDIA L4': [30.3, 60, 121, 300],
  'NVIDIA GeForce RTX 4090': [82.6, 82.6, 165.2, 1008],
}

/** A device's peaks by its datasheet; nothing of one that is not in the list. */
export function datasheet(device: string): Peaks | undefined {
  const found = datasheets[device]
  if (!found) return undefined
  const [float32, tf32, float16, gigabytes] = found
  return {
    operations: { float32: float32 * 1e12, tf32: tf32 * 1e12, float16: float16 * 1e12 },
    bytes: gigabytes * 1e9,
  }
}
