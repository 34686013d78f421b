import { InputError } from '../errors.js'
import type { Container, TensorFile } from '../weights/formats/tensor-file.js'

export interface ContainerOptions {
  /** Whether the weights averaged over training (EMA) are meant. */
  readonly ema?: boolean | undefined
  /** The container that is meant, by its name in the file. */
  readonly container?: string | undefined
}

/** Where weights are, the likeliest first; the file itself is ``. */
const usual = ['state_dict', 'model', 'best_state_dict', '']
/** Where weights averaged over training are: timm's, its older scripts' and others', mmengine's. */
const averaged = ['state_dict_ema', 'model_ema', 'ema_state_dict']

/**
 * The container that is meant.
 * @throws {InputError} where there is none, or several that may be, with what there is.
 */
export function chooseContainer(
  path: string,
  { containers }: TensorFile,
  { ema, container }: ContainerOptions,
): Container {
  const named = (names: readonly string[]): Container | undefined =>
    names.map((name) => containers.find((one) => one.name === name)).find((one) => one)
  const refused = (problem: string, remedy: string): InputError =>
    new InputError({ problem: `${path} ${problem}`, remedy })
  const all = containers.map(shown).join(', ')
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
  return containers
    .filter((one) => one !== taken)
    .map((one) => {
      const option = averaged.includes(one.name) ? '--ema' : `--container ${one.name}`
      return `the file also holds ${shown(one)}, which was not taken: ${option} takes it`
    })
}

function shown({ name, tensors }: Container): string {
  const { length } = tensors
  return `${name || 'tensors of its own'} (${length} ${length === 1 ? 'tensor' : 'tensors'})`
}
