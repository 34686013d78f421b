import type { Layout } from './layout.js'

/** OpenMMLab's code: trunks as the authors name them, heads and necks of its own modules. */
export const openmmlab: readonly Layout[] = [
  // decode_heads/fcn_head.py; under `decode_head.0` and `.1` the heads of OCR.
  {
    name: 'mmseg',
    has: [/^decode_head\./],
    renames: [
      [/^decode_head\.convs\.0\.conv\./, 'last_layer.0.'],
      [/^decode_head\.convs\.0\.bn\./, 'last_layer.1.'],
      [/^decode_head\.conv_seg\./, 'last_layer.3.'],
      [/^decode_head\./, 'last_layer.'],
    ],
    fuses: 'bilinear twice',
  },
  // HRNetV2 for faces and hands: topdown_heatmap_simple_head.py (0.x), heatmap_head.py (1.x) with a hidden layer.
  {
    name: 'mmpose',
    has: [/^(?:keypoint_head\.final_layer\.0|head\.conv_layers\.0)\.weight$/],
    renames: [
      [/^keypoint_head\.final_layer\./, 'head.'],
      [/^head\.conv_layers\./, 'head.'],
      [/^head\.final_layer\./, 'head.3.'],
      [/^keypoint_head\./, 'head.'],
    ],
    fuses: 'bilinear',
  },
  // HRNetV1 for bodies: the same heads without it.
  {
    name: 'mmpose',
    has: [/^(?:keypoint_head\.|head\.final_layer\.)/],
    renames: [
      [/^(?:keypoint_)?head\.final_layer\./, 'final_layer.'],
      [/^(?:keypoint_)?head\./, 'final_layer.'],
    ],
    fuses: 'nearest',
  },
  // necks/hr_fuse.py, heads/linear_head.py; mmcls before.
  {
    name: 'mmpretrain',
    has: [/^neck\.0\.increase_layers\./],
    renames: [
      [/^neck\.0\.increase_layers\./, 'incre_modules.'],
      [/^neck\.0\.downsample_layers\.(\d+)\.conv\./, 'downsamp_modules.$1.0.'],
      [/^neck\.0\.downsample_layers\.(\d+)\.bn\./, 'downsamp_modules.$1.1.'],
      [/^neck\.0\.final_layer\.conv\./, 'final_layer.0.'],
      [/^neck\.0\.final_layer\.bn\./, 'final_layer.1.'],
      [/^head\.fc\./, 'classifier.'],
    ],
    fuses: 'nearest',
  },
  // necks/hrfpn.py; 1.0's candidates had `fpn_conv.{i}` without `conv`, as the authors.
  {
    name: 'mmdet',
    has: [/^neck\.reduction_conv\.conv\.weight$/],
    renames: [
      [/^neck\.reduction_conv\.conv\./, 'neck.reduction_conv.0.'],
      [/^neck\.fpn_convs\.(\d+)\.conv\./, 'neck.fpn_conv.$1.'],
      [/^neck\.fpn_convs\./, 'neck.fpn_conv.'],
    ],
    fuses: 'nearest',
  },
]
