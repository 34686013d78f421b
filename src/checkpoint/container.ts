import { InputError } from '../errors.js'
import { listed } from '../spelling.js'
import { shownName } from '../weights/formats/place.js'
import type { Container, TensorFile } from '../weights/formats/tensor-file.js'

export interface ContainerOptions {
  /** Whether the weights averaged over training (EMA) are meant. */
  readonly ema?: boolean | undefined
  /** The container that is meant, by its name in the file. */
  readonly container?: string | undefined
}

/** Where weights are, the likeliest first; the file itself is ``. */
const usual = ['state_dict', 'model', 'best_state_dict', '']
/** How many containers are told of by name. */
const most = 8
/** Where weights averaged over training are: timm's, its older scripts' and others', mmengine's. */
const averaged = ['state_dict_ema', 'model_ema', 'ema_state_dict']

/**
 * The container that is meant.
 * @throws {InputError} where there is none, or several that may be, with what there is; where it has tensors that
 * heddle does not read.
 */
export function chooseContainer(
  path: string,
  file: TensorFile,
  options: ContainerOptions,
): Container {
  const chosen = meant(path, file, options)
  if (chosen.refused) throw chosen.refused
  return chosen
}

function meant(
  path: string,
  { containers }: TensorFile,
  { ema, container }: ContainerOptions,
): Container {
  const named = (names: readonly string[]): Container | undefined =>
    names.map((name) => containers.find((one) => one.name === name)).find((one) => one)
  const refused = (problem: string, remedy: string): InputError =>
    new InputError({ problem: `${path} ${problem}`, remedy })
  const all = listed(containers.map(shown), most)
  if (containers.length === 0)
    throw refused('holds no tensors', 'Give a file of weights, as torch.save or safetensors write.')
  if (ema && container !== undefined)
    throw refused(
      `is asked for its container ${container} and for averaged weights (EMA)`,
      'Ask for one of them: a container says it all.',
    )
  if (container !== undefined) {
    const found = named([container])
    if (found) return found
    throw refused(`has no container ${container}`, `It has ${all}.`)
  }
  if (ema) {
    const found = named(averaged)
    if (found) return found
    throw refused('has no averaged weights (EMA)', `It has ${all}: leave --ema out.`)
  }
  const others = containers.filter(({ name }) => !averaged.includes(name))
  const found = named(usual) ?? (others.length === 1 ? others[0] : undefined)
  if (found) return found
  if (others.length === 0)
    throw refused(`has averaged weights (EMA) alone: ${all}`, 'Take them by --ema.')
  throw refused(`has several containers: ${all}`, 'Say which one by --container.')
}

/** What was not taken, so that nobody misses it. */
export function notTaken({ containers }: TensorFile, taken: Container): readonly string[] {
  const others = containers.filter((one) => one !== taken)
  const rest = others.length - most
  return [
    ...others.slice(0, most).map((one) => {
      if (one.refused) return `the file also holds ${shown(one)}`
      const option = averaged.includes(one.name) ? '--ema' : `--container ${shownName(one.name)}`
      return `the file also holds ${shown(one)}, which was not taken: ${option} takes it`
    }),
    ...(rest > 0 ? [`the file also holds ${rest} more containers, which were not taken`] : []),
  ]
}

function shown({ name, tensors, refused }: Container): string {
  const { length } = tensors
  const count = `${length} ${length === 1 ? 'tensor' : 'tensors'}`
  const what = refused ? 'with tensors that heddle does not read' : count
  return `${name === '' ? 'tensors of its own' : shownName(name)} (${what})`
}
