import { convertCheckpoint } from '../checkpoint/convert.js'
import { InputError } from '../errors.js'
import { printBytes } from '../figures.js'
import { shownName } from '../weights/formats/place.js'
import { exitCodes, shownPath } from './failure.js'
import { counted, whole } from './figures.js'
import { interruptible } from './interrupt.js'
import { metered } from './meter.js'
import { print, printJson, styleOf } from './terminal.js'
import type { ContainerOptions } from './weights.js'

interface ConvertOptions extends ContainerOptions {
  readonly dtype?: 'float32'
  readonly json?: true
}

/** `heddle weights convert`: a file of weights as safetensors. */
export async function convertWeights(
  input: string,
  output: string,
  { dtype, json, ema, container }: ConvertOptions,
): Promise<number> {
  if (!/\.safetensors$/i.test(output))
    throw new InputError({
      problem: `${output} does not end in .safetensors, which is what is written`,
      remedy: 'Give such a path: net.safetensors.',
    })
  const report = await interruptible((signal) =>
    metered((progress) =>
      convertCheckpoint(input, output, {
        ema,
        container,
        float32: dtype === 'float32',
        signal,
        progress,
      }),
    ),
  )
  if (json) printJson(report)
  else {
    const { path, bytes, tensors, format, container, layout } = report
    const within = container === '' ? '' : `, ${shownName(container)}`
    print(
      [
        styleOf(process.stdout).bold(shownPath(path)),
        `  ${counted(tensors, 'tensor')} of ${shownPath(input)} (${format}, ${layout}${within})`,
        `  ${printBytes(bytes)} (${whole(bytes)} bytes)`,
      ].join('\n'),
    )
  }
  return exitCodes.done
}
