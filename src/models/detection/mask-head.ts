import type { Feature, Tensor } from '../../dsl/feature.js'
import { conv, convTranspose, ofLabels, relu, sigmoid, split } from '../../dsl/layers.js'
import { scope } from '../../dsl/scope.js'

/**
 * Of each region the mask of its class, as probabilities (Mask R-CNN, section 3, fig. 4): four 3×3 convolutions with
 * ReLUs, a transposed one to twice the size, and a 1×1 to a mask for each class and the background. Parameters:
 * `mask_head.convs.0.conv` … `3.conv`, `upsample`, `conv_logits`.
 */
export function maskHead(regions: Feature<number, 0>, classes: number, labels: Tensor): Tensor {
  return scope('mask_head', () => {
    const convolved = scope('convs', () =>
      [0, 1, 2, 3].reduce(
        (x: Feature<number, 0>, i) =>
          relu(scope(i, () => conv(x, 256, { kernel: 3, bias: true, name: 'conv' }))),
        regions,
      ),
    )
    const up = { kernel: 2, stride: 2, bias: true, name: 'upsample' } as const
    const fine = relu(convTranspose(convolved, 256, up))
    const last = { kernel: 1, bias: true, name: 'conv_logits' } as const
    const [, logits] = split(conv(fine, classes + 1, last), [1, classes])
    return sigmoid(ofLabels(logits, labels))
  })
}
