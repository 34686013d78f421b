import { type Command, Option } from 'commander'
import type { Calibration } from '../build/to-onnx.js'
import type { Precision } from '../targets/target.js'
import { counted } from './figures.js'
import { oneOf } from './values.js'

/** The options that say which numbers a network computes with. */
export interface PrecisionOptions {
  readonly precision?: Precision
  readonly calibrate?: string
}

export function takesPrecision(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--precision <p>',
        'the numbers that it computes with: float32, float16 or int8 (default: float32)',
      ).argParser(oneOf('--precision', ['float32', 'float16', 'int8'])),
    )
    .option(
      '--calibrate <folder>',
      'pictures such as it will see, from which int8 learns its ranges',
    )
}

export function precisionOf({ precision, calibrate }: PrecisionOptions): PrecisionOptions {
  return { ...(precision && { precision }), ...(calibrate !== undefined && { calibrate }) }
}

/** What its ranges were learnt from; loudly, where that was nothing that it will ever see. */
export function calibrationText(
  { images, made, others = 0 }: Calibration,
  bold: (text: string) => string,
): string {
  const without = others > 0 ? `, ${counted(others, 'other file')} of the folder left out` : ''
  if (!made) return `  int8, calibrated on ${counted(images, 'picture')}${without}`
  return `  ${bold(`int8, calibrated on ${counted(images, 'MADE picture')}, not on yours`)}: give some that it will see (--calibrate folder), or expect to lose more`
}
