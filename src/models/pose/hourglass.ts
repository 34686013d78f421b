import { convBnRelu, type Unit, unit } from '../../dsl/blocks.js'
import { expectOptions, expectWhole } from '../../dsl/expect.js'
import type { Feature } from '../../dsl/feature.js'
import { add, batchNorm, conv, maxPool, relu, resize } from '../../dsl/layers.js'
import type { Model } from '../../dsl/model.js'
import { scope } from '../../dsl/scope.js'
import { type JointOptions, jointOptions, mpii } from '../defaults.js'
import { ofPhotograph } from '../photograph.js'

/**
 * Stacked hourglasses (Newell et al. 2016): heatmaps of human joints at 1/4, those of the last of `stacks`. Each
 * hourglass but the last adds its features and its own heatmaps to what the next one reads. Parameters are called as in
 * pytorch-pose. Section 4.3 counts eight stacks.
 */
export function hourglass(
  stacks: number,
  options: JointOptions = {},
): Model<{ heatmaps: Feature<number, 4> }> {
  expectOptions(options, jointOptions, 'hourglass')
  expectWhole('repeat', stacks, 'the number of hourglasses', 'Stack one or more.')
  const { joints = mpii.joints } = options
  const biased = { kernel: 1, bias: true } as const
  return ofPhotograph(`hourglass-${stacks}`, mpii, (image) => {
    let x = start(image)
    for (let i = 0; ; i++) {
      const seen = scope(`hg.${i}.hg`, () => through(x, 4))
      const refined = scope(`res.${i}.0`, () => residual(256)(seen))
      const features = scope(`fc.${i}`, () => convBnRelu(refined, 256, biased))
      const heatmaps = conv(features, joints, { ...biased, name: `score.${i}` })
      if (i === stacks - 1) return { heatmaps }
      const again = conv(features, 256, { ...biased, name: `fc_.${i}` })
      x = add(x, again, conv(heatmaps, 256, { ...biased, name: `score_.${i}` }))
    }
  })
}

function start(image: Feature<number, 1>): Feature<256, 4> {
  const first = conv(image, 64, { kernel: 7, stride: 2, bias: true, name: 'conv1' })
  const half = relu(batchNorm(first, { name: 'bn1' }), { name: 'relu' })
  const wider = scope('layer1.0', () => residual(128)(half))
  const quarter = maxPool(wider, { kernel: 2, stride: 2, name: 'maxpool' })
  const deeper = scope('layer2.0', () => residual(256)(quarter))
  return scope('layer3.0', () => residual(256)(deeper))
}

/** Down `depth` levels and back up, with what is kept of each level added on the way (fig. 3 there). */
function through<S extends Feature['stride']>(x: Feature<256, S>, depth: number): Feature<256, S> {
  const at = (place: number, y: Feature): Feature<256> =>
    scope(`${depth - 1}.${place}.0`, () => residual(256)(y))
  const kept = at(0, x)
  const low = at(1, maxPool(x as Feature<256, 4>, { kernel: 2, stride: 2, name: `pool${depth}` }))
  const deep = depth > 1 ? through(low, depth - 1) : at(3, low)
  return add(kept, resize(at(2, deep), kept, { mode: 'nearest' })) as Feature<256, S>
}

/** A bottleneck unit whose norms and ReLUs come before its convolutions (He et al. 2016 b), to half the width. */
function residual<D extends number>(channels: D): Unit<D> {
  return unit<number>(channels, (x) => {
    const middle = channels / 2
    const before = (number: number, y: Feature): Feature =>
      relu(batchNorm(y, { name: `bn${number}` }), { name: `relu${number}` })
    const convolved = (number: number, y: Feature, width: number, kernel: 1 | 3): Feature =>
      conv(before(number, y), width, { kernel, bias: true, name: `conv${number}` })
    const inner = convolved(2, convolved(1, x, middle, 1), middle, 3)
    const shortcut =
      (x.channels as number) === channels
        ? x
        : scope('downsample', () => conv(x, channels as number, { kernel: 1, bias: true }))
    return add(convolved(3, inner, channels, 1), shortcut)
  }) as Unit<D>
}
