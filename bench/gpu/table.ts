import { spread } from '../harness.js'
import { table } from '../record.js'
import { columns, type Finding, figure, cells as findingCells } from '../report.js'
import type { GpuRecord, Result } from './record.js'
import { type Cell, isMeasured, type Measured } from './result.js'
import type { Peaks } from './roofline.js'

/** A record as text: where it was made, what the device can do, every sitting, and the aims. */
export function gpuTables(record: GpuRecord): string {
  const { machine, device, note, peaks, results } = record
  const versions = [
    `heddle ${machine.heddle} at ${machine.commit}`,
    `Node ${machine.node}`,
    `ONNX Runtime ${machine.onnxRuntime}`,
    `PyTorch ${device.torch}`,
    ...(device.cuda ? [`CUDA ${device.cuda}`] : []),
    ...(device.cudnn ? [`cuDNN ${device.cudnn}`] : []),
    ...(device.driver ? [`driver ${device.driver}`] : []),
  ]
  const sections = [
    `${machine.date}: ${device.name}; ${machine.processor}, ${machine.cores} cores, ${machine.memory}; ${machine.system}`,
    `${versions.join(', ')}. TensorRT: ${device.tensorrt}.${note ? ` ${note}` : ''}`,
    table(
      ['the device can do', 'float32', 'TF32', 'float16', 'memory'],
      [
        can('measured', peaks.measured),
        ...(peaks.datasheet ? [can('datasheet', peaks.datasheet)] : []),
      ],
    ),
    ...results.map(sittingTable),
    'Aims:',
    table(columns, results.flatMap(aims).map(findingCells)),
  ]
  return `${sections.join('\n\n')}\n`
}

function can(from: string, { operations, bytes }: Peaks): readonly string[] {
  const { float32, tf32, float16 } = operations
  const tera = [float32, tf32, float16].map((each) => `${figure(each / 1e12)} TFLOP/s`)
  return [from, ...tera, `${figure(bytes / 1e12)} TB/s`]
}

/** One sitting: what was compared in turn. */
function sittingTable(result: Result): string {
  const { macs, bytes, roofline, batch, cells, copyMs } = result
  const head = [
    `${nameOf(result)}: ${figure(macs / 1e9)} GMACs, ${figure(bytes / 1e6)} MB;`,
    `roofline ${figure(roofline.measured)} ms measured${roofline.datasheet === undefined ? '' : `, ${figure(roofline.datasheet)} ms by the datasheet`}`,
    ...(copyMs === undefined ? [] : [`; copies in and out ${figure(copyMs)} ms`]),
  ].join(' ')
  const eager = msOf(cells.find(({ member }) => member === 'PyTorch eager'))
  const rows = cells.map((cell) => {
    if (!isMeasured(cell)) return [cell.member, cell.error.replace(/\s+/g, ' ').slice(0, 200)]
    const { median: ms, low, high } = spread(cell.rounds)
    const copied = copiesOf(cell, result)
    return [
      cell.member,
      `${figure(ms)} (${figure(low)}–${figure(high)})`,
      eager === undefined ? '' : (ms / eager).toFixed(2),
      figure((1000 * batch) / ms),
      cell.deviceRounds ? figure(spread(cell.deviceRounds).median) : '',
      (ms / roofline.measured).toFixed(1),
      copied === undefined ? '' : `${Math.round((100 * copied) / ms)} %`,
      cell.launches === undefined ? '' : `${cell.launches} (${cell.kernels})`,
      cell.heldBytes === undefined ? '' : figure(Math.round(cell.heldBytes / 2 ** 20)),
      cell.allocatedBytes === undefined ? '' : figure(Math.round(cell.allocatedBytes / 2 ** 20)),
      `${cell.difference.largest.toExponential(1)}, ${cell.difference.rms.toExponential(1)}`,
      figure(Math.round(cell.openSeconds)),
    ]
  })
  return `${head}\n\n${table(heads, rows)}`
}

const heads = [
  '',
  'ms, host to host (half lie in)',
  'of eager',
  'images/s',
  'ms on the device',
  '× roofline',
  'copies',
  'launches (kernels)',
  'held MiB',
  'allocated MiB',
  'max error, rms',
  'open s',
] as const

/** The time of the copies between host and device: by PyTorch's profiler, or of the same bytes from ordinary memory. */
function copiesOf(cell: Measured, { copyMs }: Result): number | undefined {
  return cell.copyMs ?? copyMs
}

export function nameOf({ network, height, width, batch, precision, wave }: Result): string {
  return `${network} ${height}×${width}, batch ${batch}, ${precision}, ${wave}`
}

function msOf(cell: Cell | undefined): number | undefined {
  return cell && isMeasured(cell) ? spread(cell.rounds).median : undefined
}

/**
 * What is hoped for of heddle's files. At batch 1: half the time of PyTorch eager, and no more than that of
 * torch.compile in either mode, host to host. At larger batches: 1.3 times the roofline by what was measured of the
 * device, the copies from and to the host left out, of which a roofline knows nothing.
 */
export function aims(result: Result): readonly Finding[] {
  const { cells, batch, roofline } = result
  const named = (member: string): Cell | undefined => cells.find((cell) => cell.member === member)
  return cells.flatMap((cell): readonly Finding[] => {
    const ms = msOf(cell)
    if (!isMeasured(cell) || ms === undefined || !cell.member.startsWith('heddle ')) return []
    const what = `${nameOf(result)}: ${cell.member}`
    if (batch > 1) {
      const copies = copiesOf(cell, result) ?? 0
      const from = `${figure(ms)} ms, of it ${figure(copies)} ms copies, over ${figure(roofline.measured)} ms`
      const value = (ms - copies) / roofline.measured
      return [{ what: `${what} over the roofline`, unit: '×', value, aim: 1.3, from }]
    }
    return against.flatMap(([member, aim]) => {
      const theirs = msOf(named(member))
      if (theirs === undefined) return []
      const from = `${figure(ms)} ms over ${figure(theirs)} ms`
      return [{ what: `${what} over ${member}`, unit: '×', value: ms / theirs, aim, from }]
    })
  })
}

const against = [
  ['PyTorch eager', 0.5],
  ['PyTorch compile', 1],
  ['PyTorch max-autotune', 1],
] as const
