/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`dist/test/cli-text.test.js > TAP > build: what each pass did, and what it declined > must match snapshot 1`] = `
net.onnx
  small, input [1, 3, 32, 48], weights of seed 0
  3.01 kB (3,010 bytes), 264 parameters, 8 nodes

  pass               nodes before  after  fired  time
  remove-identities             8      8      0  N ms
  fold-constants                8      8      0  N ms
  share-common                  8      8      0  N ms
  hoist-channelwise             8      8      0  N ms
  fold-batch-norm               8      8      0  N ms
  fold-channelwise              8      8      0  N ms
  hoist-pointwise               8      8      0  N ms
  split-head                    8      8      0  N ms
  join-head                     8      8      0  N ms
  merge-resizes                 8      8      0  N ms
  fold-batch-norm declined at stem.1 and 1 other: stem.0 before it is read 3 times: folded, it would be computed twice
  fold-batch-norm declined at stem.5: it follows an activation, which has no weights

  output  shape            error  as written   limit
  y       [1, 8, 32, 48]  N.Ne-N      N.Ne-N  N.Ne-N  ok

  equal within the limits (error: max |Δ| / max |reference|)
  run at [1, 3, 32, 48]
  onnxruntime-node X on cpu

`

exports[`dist/test/cli-text.test.js > TAP > count: every figure has its unit and convention > by branch 1`] = `
hrnet-v2-w48
  input        1 x 3 x 1024 x 2048 (batch x channels x height x width)
  choices      --classes 19, --upsample bilinear, no --align-corners
  parameters   65,859,379 = 65.86 M parameters (10^6)
  buffers      85,536 running means and variances, not trained
  MACs         747,513,053,184 = 747.51 GMAC (10^9 multiply-accumulates) = 696.18 × 2^30
  activations  1,192,853,504 out of convolutions and linear layers
  weights      263.78 MB (10^6 bytes) = 251.56 × 2^20 bytes
  layers       307 convolutions, 306 batch norms, 0 linear layers

  branch                  parameters    share     MACs    share  activations
  stem                        38,848    0.1 %  5.738 G    0.8 %      41.94 M
  layer1                     286,208    0.4 %  37.04 G    5.0 %      234.9 M
  transition1.0              110,688    0.2 %  14.50 G    1.9 %      6.291 M
  transition1.1              221,376    0.3 %  7.248 G    1.0 %      3.146 M
  stage2.*.branches.0        166,656    0.3 %  21.74 G    2.9 %      50.33 M
  stage2.*.branches.1        665,088    1.0 %  21.74 G    2.9 %      25.17 M
  stage2.*.fuse_layers.0       4,704    0.0 %  151.0 M    0.0 %      1.573 M
  stage2.*.fuse_layers.1      41,664    0.1 %  1.359 G    0.2 %      3.146 M
  transition2.2              166,272    0.3 %  1.359 G    0.2 %      1.573 M
  stage3.*.branches.0        666,624    1.0 %  86.97 G   11.6 %      201.3 M
  stage3.*.branches.1      2,660,352    4.0 %  86.97 G   11.6 %      100.7 M
  stage3.*.branches.2     10,629,120   16.1 %  86.97 G   11.6 %      50.33 M
  stage3.*.fuse_layers.0      56,064    0.1 %  906.0 M    0.1 %      7.864 M
  stage3.*.fuse_layers.1     241,152    0.4 %  6.040 G    0.8 %      15.73 M
  stage3.*.fuse_layers.2   1,081,728    1.6 %  10.87 G    1.5 %      18.87 M
  transition3.3              664,320    1.0 %  1.359 G    0.2 %      786.4 k
  stage4.*.branches.0        499,968    0.8 %  65.23 G    8.7 %      151.0 M
  stage4.*.branches.1      1,995,264    3.0 %  65.23 G    8.7 %      75.50 M
  stage4.*.branches.2      7,971,840   12.1 %  65.23 G    8.7 %      37.75 M
  stage4.*.branches.3     31,868,928   48.4 %  65.23 G    8.7 %      18.87 M
  stage4.*.fuse_layers.0      97,632    0.1 %  792.7 M    0.1 %      6.193 M
  stage4.*.fuse_layers.1     292,032    0.4 %  4.756 G    0.6 %      12.39 M
  stage4.*.fuse_layers.2   1,033,632    1.6 %  8.607 G    1.2 %      15.34 M
  stage4.*.fuse_layers.3   3,864,960    5.9 %  11.72 G    1.6 %      15.34 M
  last_layer                 534,259    0.8 %  69.74 G    9.3 %      96.86 M
  all                     65,859,379  100.0 %  747.5 G  100.0 %      1.193 G

  MACs: multiply-accumulates of convolutions and linear layers; padding counted, biases not.
  M = 10^6, G = 10^9. What the paper calls GFLOPs is MACs / 2^30.

`

exports[`dist/test/cli-text.test.js > TAP > count: every figure has its unit and convention > by layer 1`] = `
small
  input        1 x 3 x 32 x 48 (batch x channels x height x width)
  parameters   216
  buffers      0 running means and variances, not trained
  MACs         331,776 = 331.78 kMAC (10^3 multiply-accumulates) = 0.00030899 × 2^30
  activations  12,288 out of convolutions and linear layers
  weights      864 bytes
  layers       1 convolution, 0 batch norms, 0 linear layers

  layer   parameters    share     MACs    share  activations
  stem.0         216  100.0 %  331.8 k  100.0 %      12.29 k
  all            216  100.0 %  331.8 k  100.0 %      12.29 k

  MACs: multiply-accumulates of convolutions and linear layers; padding counted, biases not.
  M = 10^6, G = 10^9. What the paper calls GFLOPs is MACs / 2^30.

`

exports[`dist/test/cli-text.test.js > TAP > count: every figure has its unit and convention > by stage 1`] = `
hrnet-w4-c
  input        1 x 3 x 224 x 224 (batch x channels x height x width)
  choices      --classes 1000, --unit basic, --upsample nearest
  parameters   12,354,264 = 12.35 M parameters (10^6)
  buffers      27,808 running means and variances, not trained
  MACs         2,142,289,600 = 2.14 GMAC (10^9 multiply-accumulates) = 1.9952 × 2^30
  activations  10,590,684 out of convolutions and linear layers
  weights      49.53 MB (10^6 bytes) = 47.234 × 2^20 bytes
  layers       325 convolutions, 325 batch norms, 1 linear layer

  stage             parameters    share     MACs    share  activations
  stem                  38,848    0.3 %  137.3 M    6.4 %      1.004 M
  layer1               286,208    2.3 %  886.3 M   41.4 %      5.620 M
  transition1           27,672    0.2 %  43.35 M    2.0 %      18.82 k
  stage2                 6,296    0.1 %  7.476 M    0.3 %      159.9 k
  transition2            1,184    0.0 %  225.8 k    0.0 %      3.136 k
  stage3               108,576    0.9 %  46.31 M    2.2 %      787.1 k
  transition3            4,672    0.0 %  225.8 k    0.0 %      1.568 k
  stage4               334,464    2.7 %  47.65 M    2.2 %      662.7 k
  incre_modules      1,195,520    9.7 %  175.0 M    8.2 %      1.882 M
  downsamp_modules   6,198,528   50.2 %  693.6 M   32.4 %      351.2 k
  final_layer        2,103,296   17.0 %  102.8 M    4.8 %      100.4 k
  classifier         2,049,000   16.6 %  2.048 M    0.1 %      1.000 k
  all               12,354,264  100.0 %  2.142 G  100.0 %      10.59 M

  MACs: multiply-accumulates of convolutions and linear layers; padding counted, biases not.
  M = 10^6, G = 10^9. What the paper calls GFLOPs is MACs / 2^30.

`

exports[`dist/test/cli-text.test.js > TAP > models: a line each > must match snapshot 1`] = `
  name                               input      fusion    options                      network
  hrnet-v1-w{C}                      256x192    nearest   --joints 17                  HRNetV1, heatmaps of human joints
  hrnet-v1h-w{C}                     1024x2048  bilinear  --classes 19                 HRNetV1h, segmentation from the finest branch alone
  hrnet-v2-w{C}                      1024x2048  bilinear  --classes 19                 HRNetV2, segmentation
  hrnet-v2-landmarks-w{C}            256x256    bilinear  --joints 19                  HRNetV2, heatmaps of facial landmarks
  hrnet-v2p-w{C}                     800x1216   nearest                                HRNetV2p, trunk and feature pyramid for detection
  hrnet-w{C}-c                       224x224    nearest   --classes 1000 --unit basic  HRNet-C, classification, branches led into the coarsest
  hrnet-w{C}-ci                      224x224    nearest   --classes 1000 --unit basic  HRNet-Ci, classification, branches pooled and concatenated
  hrnet-w{C}-cii                     224x224    nearest   --classes 1000 --unit basic  HRNet-Cii, classification, branches led to 1/32 and concatenated
  hrnet-small-v1-c                   224x224    nearest   --classes 1000               HRNet-W18-C-Small-v1, classification
  hrnet-small-v2-c                   224x224    nearest   --classes 1000               HRNet-W18-C-Small-v2, classification
  hrnet-v2-small-v1                  1024x2048  bilinear  --classes 19                 HRNetV2-W18-Small-v1, segmentation
  hrnet-v2-small-v2                  1024x2048  bilinear  --classes 19                 HRNetV2-W18-Small-v2, segmentation
  hrnet-w{C}-trunk                   224x224    nearest                                the four branches of HRNet
  hrnet-w{C}-features                224x224    nearest                                the five feature levels of timm's HRNets
  resnet-38                          224x224              --classes 1000               ResNet-38 of Table 14, classification
  resnet-72                          224x224              --classes 1000               ResNet-72 of Table 14, classification
  resnet-106                         224x224              --classes 1000               ResNet-106 of Table 14, classification
  resnet-50                          224x224              --classes 1000               ResNet-50 of Table 14, classification
  resnet-101                         224x224              --classes 1000               ResNet-101 of Table 14, classification
  resnet-152                         224x224              --classes 1000               ResNet-152 of Table 14, classification
  resnet-50-fpn                      800x1216                                          ResNet-50, trunk and feature pyramid for detection
  resnet-101-fpn                     800x1216                                          ResNet-101, trunk and feature pyramid for detection
  resnet-152-fpn                     800x1216                                          ResNet-152, trunk and feature pyramid for detection
  resnext-101-64x4d-fpn              800x1216                                          ResNeXt-101-64×4d, trunk and feature pyramid for detection
  faster-rcnn-hrnet-v2p-w{C}         800x1216   nearest   --classes 80                 Faster R-CNN over HRNetV2p
  faster-rcnn-resnet-50-fpn          800x1216             --classes 80                 Faster R-CNN over ResNet-50-FPN
  faster-rcnn-resnet-101-fpn         800x1216             --classes 80                 Faster R-CNN over ResNet-101-FPN
  faster-rcnn-resnet-152-fpn         800x1216             --classes 80                 Faster R-CNN over ResNet-152-FPN
  faster-rcnn-resnext-101-64x4d-fpn  800x1216             --classes 80                 Faster R-CNN over ResNeXt-101-64×4d-FPN
  mask-rcnn-hrnet-v2p-w{C}           800x1216   nearest   --classes 80                 Mask R-CNN over HRNetV2p
  mask-rcnn-resnet-50-fpn            800x1216             --classes 80                 Mask R-CNN over ResNet-50-FPN
  mask-rcnn-resnet-101-fpn           800x1216             --classes 80                 Mask R-CNN over ResNet-101-FPN
  cascade-rcnn-hrnet-v2p-w{C}        800x1216   nearest   --classes 80                 Cascade R-CNN over HRNetV2p
  cascade-rcnn-resnet-101-fpn        800x1216             --classes 80                 Cascade R-CNN over ResNet-101-FPN
  unetplusplus-resnet-101            1024x2048            --classes 19                 UNet++ on ResNet-101, segmentation
  deeplabv3-resnet-101               1024x2048            --classes 19                 DeepLabv3 on dilated ResNet-101, segmentation
  deeplabv3plus-xception-71          1024x2048            --classes 19                 DeepLabv3+ on dilated Xception-71, segmentation
  pspnet-resnet-101                  1024x2048            --classes 19                 PSPNet on dilated ResNet-101, segmentation
  hourglass-8                        256x256              --joints 16                  eight stacked hourglasses, heatmaps of human joints
  pose-resnet-50                     256x192              --joints 17                  ResNet-50 and three transposed convolutions, heatmaps
  pose-resnet-101                    256x192              --joints 17                  ResNet-101 and three transposed convolutions, heatmaps
  pose-resnet-152                    256x192              --joints 17                  ResNet-152 and three transposed convolutions, heatmaps
  hrnet-ocr-w{C}                     1024x2048  bilinear  --classes 19                 HRNet-OCR, segmentation by the regions of the classes
  higher-hrnet-w{C}                  512x512    nearest   --joints 17                  HigherHRNet, joints of all people: heatmaps and tags
  lite-hrnet-18                      256x192              --joints 17                  Lite-HRNet-18, heatmaps of human joints
  lite-hrnet-30                      256x192              --joints 17                  Lite-HRNet-30, heatmaps of human joints
  ddrnet-23-slim                     1024x2048            --classes 19                 DDRNet-23-slim, segmentation, class scores at 1/8
  ddrnet-23                          1024x2048            --classes 19                 DDRNet-23, segmentation, class scores at 1/8
  ddrnet-39                          1024x2048            --classes 19                 DDRNet-39, segmentation, class scores at 1/8
  u-hrnet-w{C}                       1024x2048            --classes 19                 U-HRNet, segmentation
  u-hrnet-w{C}-small                 1024x2048            --classes 19                 U-HRNet of fewer units, segmentation
  hrformer-t                         224x224              --classes 1000               HRFormer-T, classification
  hrformer-s                         224x224              --classes 1000               HRFormer-S, classification
  hrformer-b                         224x224              --classes 1000               HRFormer-B, classification
  hrformer-s-pose                    256x192              --joints 17                  HRFormer-S, heatmaps of human joints
  hrformer-b-pose                    256x192              --joints 17                  HRFormer-B, heatmaps of human joints

  {C} is the width of the finest branch, from 1: hrnet-v2-w18, hrnet-v2-w48.
  input: height x width where none is asked for. fusion: how it upsamples.
  Those that say how take --upsample nearest|bilinear, --align-corners,
  --fuse-to-size and --fuse-twice.

`

exports[`dist/test/cli-text.test.js > TAP > print: dynamic sides by name, as written or after the passes > after the passes 1`] = `
small
  image                                               [1, 3, 32, 48]
  %1 = conv(image, $2, $3, 3x3, stride 2, padding 1)  [1, 8, 16, 24]  stem.0
  %2 = relu(%1)                                       [1, 8, 16, 24]  stem.2
  y = %2
  $1 = normFactor(.weight, .running_var)                 [8]           stem.1.factor
  $2 = scaleChannels(.weight, $1)                        [8, 3, 3, 3]  stem.0.weight
  $3 = normOffset(stem.1.bias, stem.1.running_mean, $1)  [8]           stem.0.bias

`

exports[`dist/test/cli-text.test.js > TAP > print: dynamic sides by name, as written or after the passes > as written 1`] = `
small
  image                                                [batch, 3, height, width]
  %1 = conv(image, .weight, 3x3, stride 2, padding 1)  [batch, 8, ceil(height/2), ceil(width/2)]  stem.0
  %2 = batchNorm(%1, .*)                               [batch, 8, ceil(height/2), ceil(width/2)]  stem.1
  %3 = relu(%2)                                        [batch, 8, ceil(height/2), ceil(width/2)]  stem.2
  y = %3

`
