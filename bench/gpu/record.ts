import type { Machine } from '../machine.js'
import { asWritten } from './files.js'
import { datasheet } from './peaks.js'
import type { Precision, Sitting, Subject, Wave } from './plan.js'
import { type Cell, type Device, isMeasured, type Line, type Sat, type Start } from './result.js'
import { convolutions, type Peaks, roofline, sumOf } from './roofline.js'

/** All of a run, as it is kept in bench/records. */
export interface GpuRecord {
  readonly machine: Machine
  readonly device: Device
  readonly note?: string
  readonly peaks: {
    readonly measured: Peaks
    /** Of a device whose datasheet is known. */
    readonly datasheet?: Peaks
  }
  readonly results: readonly Result[]
}

/** What one sitting came to. */
export interface Result extends Subject {
  readonly wave: Wave
  readonly batch: number
  readonly precision: Precision
  /** Multiply-accumulates of the batch. */
  readonly macs: number
  /** What its convolutions move at the least, in this precision. */
  readonly bytes: number
  /** Milliseconds below which its convolutions cannot come. */
  readonly roofline: { readonly measured: number; readonly datasheet?: number }
  readonly copyMs?: number
  readonly cells: readonly Cell[]
}

/** The record of a journal; nothing where nothing has begun. */
export function recordOf(
  journal: readonly Line[],
  all: readonly Sitting[],
  note?: string,
): GpuRecord | undefined {
  const start = journal.find((line): line is Start => line.kind === 'start')
  if (!start) return undefined
  const { machine, device, peaks: measured } = start
  const sheet = datasheet(device.name)
  const sat = new Map(
    journal.filter((line): line is Sat => line.kind === 'sat').map((line) => [line.id, line]),
  )
  const onnxRuntime = [...sat.values()]
    .flatMap(({ cells }) => cells)
    .flatMap((cell) => (isMeasured(cell) && cell.version) || [])[0]
  return {
    // Packed, the bench does not stand beside it: a session says which it is.
    machine: onnxRuntime === undefined ? machine : { ...machine, onnxRuntime },
    device,
    ...(note === undefined ? {} : { note }),
    peaks: { measured, ...(sheet && { datasheet: sheet }) },
    results: all.flatMap((sitting) => {
      const line = sat.get(sitting.id)
      return line ? [resultOf(sitting, line, measured, sheet)] : []
    }),
  }
}

function resultOf(
  { subject, wave, batch, precision }: Sitting,
  { cells, copyMs }: Sat,
  measured: Peaks,
  sheet: Peaks | undefined,
): Result {
  const works = convolutions(asWritten(subject, batch).plain)
  const { operations, bytes } = sumOf(works)
  return {
    ...subject,
    wave,
    batch,
    precision,
    macs: operations / 2,
    bytes: precision === 'float16' ? bytes / 2 : bytes,
    roofline: {
      measured: roofline(works, measured, precision),
      ...(sheet && { datasheet: roofline(works, sheet, precision) }),
    },
    ...(copyMs === undefined ? {} : { copyMs }),
    cells,
  }
}

/** `gpu-2026-11-25-nvidia-h100-80gb-hbm3`; what no GPU computed is no such record. */
export function recordName({ machine: { date }, device: { name } }: GpuRecord): string {
  const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, '-')
  return name === 'cpu' ? `rehearsal-${date}` : `gpu-${date}-${slug}`
}
