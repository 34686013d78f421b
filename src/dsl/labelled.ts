import { InputError } from '../errors.js'
import type { Model } from './model.js'

/**
 * The same network, whose answer's channels have names.
 * @throws {InputError} where it says of no output what it tells, or there is not one label for each channel of it.
 */
export function labelled(model: Model, labels: readonly string[]): Model {
  const { name, answer, outputs } = model
  if (!answer)
    throw new InputError({
      problem: `${name} does not say which of its outputs the labels are of`,
      remedy: `Say it in the network: model(…, { answer: { kind: 'segmentation', output: '${Object.keys(outputs)[0]}' } }).`,
    })
  const empty = labels.findIndex((label) => label.trim() === '')
  if (empty !== -1)
    throw new InputError({ problem: `label ${empty + 1} is empty`, remedy: 'Give it a name.' })
  const x = outputs[answer.output]
  if (x && 'channels' in x && x.channels !== labels.length)
    throw new InputError({
      problem: `${labels.length} labels for ${answer.output} of ${name}, which has ${x.channels} channels`,
      remedy: 'Give one label for each channel.',
    })
  return { ...model, answer: { ...answer, labels } }
}
