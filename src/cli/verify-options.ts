import { type Command, Option } from 'commander'
import { InputError } from '../errors.js'
import { type ModelOptions, opset, takesModel } from './options.js'
import { type PrecisionOptions, takesPrecision } from './precision.js'
import { type ProviderCommandOptions, takesProvider } from './provider.js'
import { partOfOne } from './values.js'
import { takesWeights, type WeightsOptions } from './weights.js'

export interface VerifyCommandOptions
  extends ModelOptions,
    WeightsOptions,
    PrecisionOptions,
    ProviderCommandOptions {
  readonly opset?: number
  readonly thorough?: true
  readonly scales?: readonly number[]
  readonly features?: true
  readonly tolerance?: number
  readonly certificate?: string
  readonly check?: string
}

/** Adds what `heddle verify` takes. A certificate's words are read by it too. */
export function takesVerified(command: Command): Command {
  const taking = takesWeights(
    takesModel(command, {
      model: 'a zoo name, your file (./my-net.ts, ./my-net.ts#name), or an ONNX file',
      optional: true,
      input: 'height x width, as 512x1024; or dynamic, or dynamic/32 (default: a small size)',
      seed: 'seed of the images, and of the weights without --weights (default: 0)',
    }),
  )
  return takesProvider(takesPrecision(taking))
    .addOption(opset())
    .option(
      '--thorough',
      'every firing by itself, more scales and seeds, every value at all of them',
    )
    .addOption(
      new Option(
        '--scales <list>',
        'what the images, of variance 1, are multiplied by (default: 1,1/64,64)',
      ).argParser(scalesOf),
    )
    .option('--features', 'list every value that outlived the passes')
    .addOption(
      new Option(
        '--tolerance <x>',
        'what max |Δ| / max |reference| may be at outputs (default: a limit that is derived)',
      ).argParser(partOfOne('--tolerance')),
    )
    .option('--certificate <file>', 'write what was proved, of which bytes, and how: a .json')
    .option('--check <file>', 'prove a certificate again, and find what differs')
}

/** `1,1/64,64`: numbers above 0, or parts of one. */
function scalesOf(text: string): readonly number[] {
  return text.split(',').map((part) => {
    const [, over, under = '1'] = /^([\d.e+-]+)(?:\/([\d.e+-]+))?$/i.exec(part.trim()) ?? []
    const scale = Number(over) / Number(under)
    if (scale > 0 && Number.isFinite(scale)) return scale
    throw new InputError({
      problem: `--scales is ${text}`,
      remedy: 'It is numbers above 0, with commas between them: 1,1/64,64.',
    })
  })
}
