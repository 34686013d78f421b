import { make } from '../compiler/make.js'
import { expectFeature, expectGroups, finer } from './expect.js'
import { Feature } from './feature.js'
import { fail, functionOrigin } from './scope.js'
import { type Finer, isStride, type StepUpFrom, type Stride } from './stride.js'

/**
 * Channels in another order, so that what groups computed apart meets: channel j of group i comes to place
 * j·groups + i (ShuffleNet).
 */
export function channelShuffle<C extends number, S extends Stride>(
  x: Feature<C, S>,
  groups: number,
): Feature<C, S> {
  const trace = expectFeature(x, 'channelShuffle')
  expectGroups(groups, x.channels, x.channels, 'a channel shuffle')
  const origin = functionOrigin('channelShuffle')
  const sides = ['same', groups, x.channels / groups, 'rest'] as const
  const grouped = make('reshape', { input: x.value }, { sides }, origin)
  const input = make('transpose', { input: grouped }, { order: [0, 2, 1, 3] }, origin)
  const value = make(
    'reshape',
    { input, like: x.value },
    { sides: ['same', x.channels, 'like', 'like'] },
    origin,
  )
  return new Feature(value, x.channels, x.stride, trace)
}

/**
 * Each factor × factor channels as a square of positions (torch.nn.PixelShuffle):
 * [batch, C·factor², H, W] → [batch, C, H·factor, W·factor]. TypeScript cannot divide: `stateWidth` states C again.
 */
export function pixelShuffle<S extends Stride, const K extends StepUpFrom<S>>(
  x: Feature<number, S>,
  factor: K,
): Feature<number, Finer<S, K>> {
  const trace = expectFeature(x, 'pixelShuffle')
  const by: unknown = factor
  if (!isStride(by)) return fail('step', `a pixel shuffle by ${by}`, 'Shuffle by 1, 2, 4, …')
  const to = finer(x.stride, by, 'a pixel shuffle')
  if (x.channels % by ** 2 !== 0)
    fail(
      'shuffle-width',
      `a pixel shuffle of ${x.channels} channels by ${by}`,
      `Give it a multiple of ${by ** 2} channels.`,
    )
  const value = make(
    'depthToSpace',
    { input: x.value },
    { factor: by },
    functionOrigin('pixelShuffle'),
  )
  return new Feature(value, x.channels / by ** 2, to as Finer<S, K>, trace)
}
