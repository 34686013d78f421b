import { asListed } from '../compiler/running.js'
import { InputError } from '../errors.js'
import { padChannels } from '../passes/pad-channels.js'
import { nearestOf } from '../spelling.js'
import { counted } from './costs/counted.js'
import { exact } from './lists.js'
import { ortCpu } from './ort-cpu.js'
import { ortCuda } from './ort-cuda.js'
import { portable } from './portable.js'
import {
  bytesCastFirst,
  domains,
  elements,
  fixedSizes,
  noCountedPadding,
  noFusedSum,
  noRounding,
  noThrees,
} from './rules.js'
import { everywhere, type Target, type TargetName } from './target.js'
import { readsInThrees } from './threes.js'

/** The runtimes that networks are built for. */
export const targets: Readonly<Record<TargetName, Target>> = {
  portable,
  'ort-cpu': ortCpu(),
  'ort-cuda': ortCuda,

  // onnxruntime-web on WebGPU. Its kernels take float32, float16, int32 and uint32 (`WebGpuSupportedNumberTypes` in
  // core/providers/webgpu/webgpu_supported_types.h), and all else is copied to the CPU and back; so is float64, which no
  // WebGPU shader has. Operators are those of js/web/docs/webgpu-operators.md, and a page loads no libraries with
  // others. FusedConv leaves its fourth operand out, and convolutions of 18 or 30 channels to a multiple of 4 are wrong, both
  // without an error (run: onnxruntime-node's WebGPU, 1.30); channels are padded for the latter.
  'ort-web': {
    name: 'ort-web',
    what: 'ONNX Runtime in a browser, on WebGPU',
    opset: everywhere,
    precisions: ['float32', 'float16'],
    costs: counted,
    rules: [
      elements(['float32', 'float16', 'int32', 'int64', 'uint8', 'int8', 'bool']),
      domains(['', 'com.microsoft']),
      noFusedSum,
      noThrees,
    ],
    running: asListed,
    session: () => ({ memoryPattern: true }),
    passes: (goal) => [...exact(goal, counted), padChannels(4, readsInThrees)],
  },

  // TensorRT 10: docs/operators.md of github.com/onnx/onnx-tensorrt (96e78110, 10.0, opsets 9 to 20; 10.15: to 24). DOUBLE
  // is cast down to FLOAT; UINT8 is taken at inputs and outputs only (`Cast` reads it, `Transpose` does not);
  // `QuantizeLinear` and `DequantizeLinear` take a zero of 0 alone, where heddle's activations are unsigned: so no int8.
  // Sizes may be computed (`importResize` in onnxOpImporters.cpp gives them to the layer as a tensor).
  tensorrt: {
    name: 'tensorrt',
    what: 'TensorRT 10',
    opset: { ...everywhere, most: 20 },
    precisions: ['float32', 'float16'],
    costs: counted,
    rules: [
      elements(['float32', 'float16', 'int32', 'int64', 'uint8', 'int8', 'bool']),
      bytesCastFirst,
      domains(['', 'trt.plugins']),
    ],
    running: asListed,
    session: () => ({ memoryPattern: true }),
    passes: (goal) => exact(goal, counted),
  },

  // OpenCV's own importer, run on every kind of node (4.14.0 and 5.0.0, their wheels, x86): 4.14 refuses open sizes,
  // ignores casts to whole numbers, gives an argMax as float32 and divides averages by the wrong count where zeros count;
  // neither knows com.microsoft. In 8 bits 4.14 is off by 3 % of the largest number, and 5.0 by 32 %: so no int8.
  opencv: {
    name: 'opencv',
    what: "OpenCV's dnn module, 4.14 or 5",
    opset: everywhere,
    precisions: ['float32', 'float16'],
    costs: counted,
    rules: [
      fixedSizes,
      elements(['float32', 'float16', 'uint8']),
      noRounding,
      noCountedPadding,
      domains(['']),
    ],
    running: asListed,
    session: () => ({ memoryPattern: true }),
    passes: (goal) => exact(goal, counted),
  },
}

/**
 * The target of a name; `ort-cpu` with what was measured for the instructions of some processor.
 * @throws {InputError} where there is none, or no such instructions.
 */
export function targetOf(name: string, instructions?: string): Target {
  if (name === 'ort-cpu') return ortCpu(instructions)
  const found = Object.entries(targets).find(([each]) => each === name)
  if (found) return found[1]
  const names = Object.keys(targets)
  throw new InputError({
    problem: `there is no target ${name || 'without a name'}`,
    remedy: `Did you mean ${nearestOf(name, names)}? There are ${names.join(', ')}.`,
  })
}
