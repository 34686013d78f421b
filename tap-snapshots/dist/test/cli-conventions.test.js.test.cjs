/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`dist/test/cli-conventions.test.js > TAP > conventions stand side by side with what each counts and what was assumed > all, of a network of the user’s 1`] = `
small
  input        1 x 3 x 32 x 48 (batch x channels x height x width)
  parameters   216
  buffers      0 running means and variances, not trained
  MACs         331,776 = 331.78 kMAC (10^3 multiply-accumulates) = 0.00030899 × 2^30
  activations  12,288 out of convolutions and linear layers
  weights      864 bytes
  layers       1 convolution, 0 batch norms, 0 linear layers

  convention     counts             prints
  authors       331,776  MACs       0.000308990478515625 GFLOPs
  detection     331,776  MACs       0.0 GFLOPs
  fvcore        348,672  flop       0.349M
  mmengine      348,672  flops      0.349M
  timm          348,672  MACs       0.00 GMACs
  thop          331,776  MACs       331.776K
  ptflops       353,280  MACs       353.28 KMac
  ptflops-aten  331,776  MACs       331.78 KMac
  torchinfo     331,776  mult-adds  Total mult-adds (Units.MEGABYTES): 0.33
  torch         663,552  FLOPs      663.552K
  calflops      681,600  FLOPs      681.6 KFLOPS
  deepspeed     685,056  FLOPs      685.06 K
  onnx-tool     348,704  MACs       348,704

  authors       get_model_summary, in the authors' code: multiply-accumulates of convolutions and linear layers, of one image; printed / 2^30 as GFLOPs.
  detection     the authors' figures for detection, Table 5: the same, but of a RoI head its shared linear layers alone.
  fvcore        fvcore 0.1.5: multiply-accumulates as one, batch norms 2 each, nearest resizes 1, bilinear 4, adaptive average pooling.
  mmengine      mmengine 0.10.7: as fvcore, whose code it has.
  timm          timm 1.0.31's benchmark, by fvcore: as fvcore, of timm's own code, whose global average pools are adaptive.
  thop          thop 0.1.1: modules alone: multiply-accumulates, batch norms 4 each, nearest resizes that are modules.
  ptflops       ptflops 0.7.5, backend pytorch: multiply-accumulates, biases, batch norms 2 each, ReLUs and nearest modules twice, by a fault, other resizes and pooling; of one image.
  ptflops-aten  ptflops 0.7.5, backend aten: multiply-accumulates and biases of convolutions and linear layers, of one image.
  torchinfo     torchinfo 1.8.0: multiply-accumulates and biases of convolutions and linear layers, and the parameters of batch norms, each once.
  torch         PyTorch 2.15's FlopCounterMode: two for each multiply-accumulate of convolutions and linear layers.
  calflops      calflops 0.3.2: two for each multiply-accumulate, biases of convolutions, batch norms 2 each, ReLUs, pooling, resizes by what goes in or by height × width, by faults.
  deepspeed     deepspeed 0.19.8: as calflops, but resizes by a factor by what comes out.
  onnx-tool     onnx-tool 1.0.1, of PyTorch's export with batch norms folded: instructions of arithmetic: multiply-accumulates, a bias for each convolution, ReLUs, sums, products, bilinear resizes 4, pooling.

  Counted before any pass, as PyTorch code would call it: layers and activations as modules, pools and resizes as functions, sums and products as operators.

  MACs: multiply-accumulates of convolutions and linear layers; padding counted, biases not.
  M = 10^6, G = 10^9. What the paper calls GFLOPs is MACs / 2^30.

`

exports[`dist/test/cli-conventions.test.js > TAP > conventions stand side by side with what each counts and what was assumed > two, of the zoo 1`] = `
hrnet-v2p-w1
  input        1 x 3 x 64 x 64 (batch x channels x height x width)
  choices      --upsample nearest, no --align-corners
  parameters   3,316,169 = 3.32 M parameters (10^6)
  buffers      5,512 running means and variances, not trained
  MACs         287,076,016 = 287.08 MMAC (10^6 multiply-accumulates) = 0.26736 × 2^30
  activations  726,836 out of convolutions and linear layers
  weights      13.29 MB (10^6 bytes) = 12.671 × 2^20 bytes
  layers       311 convolutions, 305 batch norms, 0 linear layers

  convention       counts        prints
  fvcore      288,244,440  flop  0.288G
  timm        288,244,440  MACs  0.29 GMACs

  fvcore  fvcore 0.1.5: multiply-accumulates as one, batch norms 2 each, nearest resizes 1, bilinear 4, adaptive average pooling.
  timm    timm 1.0.31's benchmark, by fvcore: as fvcore, of timm's own code, whose global average pools are adaptive.

  Counted before any pass, as the authors' PyTorch code calls it: layers and activations as modules, pools and resizes as functions, sums and products as operators; nearest resizes as nn.Upsample; bilinear resizes by their factor; pools where no tool sees them.

  stage                 parameters    share     MACs    share  activations
  backbone.stem             38,848    1.2 %  11.21 M    3.9 %      81.92 k
  backbone.layer1          286,208    8.6 %  72.35 M   25.2 %      458.8 k
  backbone.transition1       6,918    0.2 %  884.7 k    0.3 %          384
  backbone.stage2              434    0.0 %  38.14 k    0.0 %      3.264 k
  backbone.transition2          80    0.0 %  1.152 k    0.0 %           64
  backbone.stage3            7,212    0.2 %  236.3 k    0.1 %      16.06 k
  backbone.transition3         304    0.0 %  1.152 k    0.0 %           32
  backbone.stage4           21,669    0.7 %  243.1 k    0.1 %      13.52 k
  neck                   2,954,496   89.1 %  202.1 M   70.4 %      152.8 k
  all                    3,316,169  100.0 %  287.1 M  100.0 %      726.8 k

  MACs: multiply-accumulates of convolutions and linear layers; padding counted, biases not.
  M = 10^6, G = 10^9. What the paper calls GFLOPs is MACs / 2^30.

`

exports[`dist/test/cli-conventions.test.js > TAP > conventions stand side by side with what each counts and what was assumed > what a figure may be of 1`] = `
hrnet-w18-c
  input        1 x 3 x 224 x 224 (batch x channels x height x width)
  choices      --classes 1000, --unit basic, --upsample nearest
  parameters   21,299,004 = 21.30 M parameters (10^6)
  buffers      51,216 running means and variances, not trained
  MACs         4,283,537,072 = 4.28 GMAC (10^9 multiply-accumulates) = 3.9894 × 2^30
  activations  16,307,122 out of convolutions and linear layers
  weights      85.40 MB (10^6 bytes) = 81.445 × 2^20 bytes
  layers       325 convolutions, 325 batch norms, 1 linear layer

  3.99 may be   by               of  reads      off
  torchinfo     2^30  4,284,040,872   3.99    exact
  ptflops-aten  2^30  4,283,989,656   3.99    exact
  authors       2^30  4,283,537,072   3.99    exact
  detection     2^30  4,283,537,072   3.99    exact
  fvcore        2^30  4,317,489,956   4.02  +0.78 %
  mmengine      2^30  4,317,489,956   4.02  +0.78 %
  timm          2^30  4,317,590,308   4.02  +0.78 %
  onnx-tool     2^30  4,324,132,122   4.03  +0.93 %

  MACs: multiply-accumulates of convolutions and linear layers; padding counted, biases not.
  M = 10^6, G = 10^9. What the paper calls GFLOPs is MACs / 2^30.

`
