import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import onnxProto from 'onnx-proto'
import { InferenceSession } from 'onnxruntime-node'
import type { Test } from 'tap'

/** The operators of what ONNX Runtime makes of a file with its whole optimiser, and how many of each. */
export async function optimised(t: Test, bytes: Uint8Array): Promise<Record<string, number>> {
  const path = join(t.testdir(), 'optimised.onnx')
  const session = await InferenceSession.create(bytes, {
    graphOptimizationLevel: 'all',
    optimizedModelFilePath: path,
    logSeverityLevel: 3,
  })
  await session.release()
  const { graph } = onnxProto.onnx.ModelProto.decode(readFileSync(path))
  const counts: Record<string, number> = {}
  for (const { opType, input, attribute } of graph?.node ?? []) {
    const adds = opType?.endsWith('Conv') && input?.[3] ? ' + Add' : ''
    const activation = attribute?.find(({ name }) => name === 'activation')?.s
    const acts = activation ? ` + ${Buffer.from(activation)}` : ''
    const name = `${opType?.replace('FusedConv', 'Conv')}${adds}${acts}`
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}
