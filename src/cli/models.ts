import type { ZooOptions } from '../models/family.js'
import { families } from '../models/zoo.js'
import { exitCodes } from './failure.js'
import { spelt } from './options.js'
import { table } from './table.js'
import { print, printJson, styleOf } from './terminal.js'

/** `heddle models`: the networks of the zoo. */
export function listModels({ json }: { readonly json?: true }): number {
  if (json)
    printJson({
      families: families.map(({ name, summary, options, defaults, size, outputs }) => ({
        name,
        summary,
        input: size,
        options: options.map(spelt),
        defaults,
        outputs,
      })),
    })
  else {
    const { bold, dim } = styleOf(process.stdout)
    const rows = families.map(({ name, summary, options, defaults, size }) => [
      name,
      size.join('x'),
      defaults.upsample ?? '',
      options.filter((option) => isOwn(option)).map((option) => shown(option, defaults)).join(', '),
      summary,
    ])
    print(
      table(
        [
          { title: 'name' },
          { title: 'input' },
          { title: 'fusion' },
          { title: 'options' },
          { title: 'network' },
        ],
        rows,
        { title: bold },
      ),
    )
    print(
      dim(
        [
          '',
          '  {C} is the width of the finest branch, from 1: hrnet-v2-w18, hrnet-v2-w48.',
          '  input is height x width; fusion is how it upsamples. Every network also takes',
          '  --upsample nearest|bilinear, --align-corners and --fuse-to-size.',
        ].join('\n'),
      ),
    )
  }
  return exitCodes.done
}

/** Not those that every family has. */
function isOwn(option: keyof ZooOptions): boolean {
  return option === 'classes' || option === 'joints' || option === 'unit'
}

function shown(option: keyof ZooOptions, defaults: ZooOptions): string {
  return `${spelt(option)} (${String(defaults[option])})`
}
