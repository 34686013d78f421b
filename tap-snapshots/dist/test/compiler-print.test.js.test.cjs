/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`dist/test/compiler-print.test.js > TAP > a graph prints as one line for each operation > must match snapshot 1`] = `
everything
  x                                                     [1, 4, 32, 48]
  %1 = conv(x, .weight, 3x3, stride 2, padding 1)       [1, 8, 16, 24]  stem.conv
  %2 = batchNorm(%1, .*)                                [1, 8, 16, 24]  stem.bn
  %3 = batchNorm(%2, .*, epsilon 0.001)                 [1, 8, 16, 24]  stem.precise
  %4 = relu(%3)                                         [1, 8, 16, 24]  stem.relu
  %5 = split(%4, 2 + 6)                                 [1, 2, 16, 24] [1, 6, 16, 24]  split
  %6 = concat(%5.1, %5.0)                               [1, 8, 16, 24]  concat
  %7 = conv(%6, .weight, 3x5, padding 1x2, groups 2)    [1, 8, 16, 24]  twice.conv
  %8 = conv(%7, .weight, .bias, 3x3, padding 2, dilation 2)  [1, 4, 16, 24]  wide
  %9 = leakyRelu(%8, slope 0.01)                        [1, 4, 16, 24]  0
  %10 = convTranspose(%9, .weight, 3x3, stride 2, padding 1, output padding 1)  [1, 4, 32, 48]  up
  %11 = maxPool(%10, 3x3, stride 2, padding 1)          [1, 4, 16, 24]  1
  %12 = averagePool(%11, 3x3, stride 2, padding 1, padding counted)  [1, 4, 8, 12]   2
  %13 = resize(%12, x2, nearest)                        [1, 4, 16, 24]  resize
  %14 = resize(%13, like %10, bilinear, align corners)  [1, 4, 32, 48]  resize
  %15 = sigmoid(gain)                                   [4, 1, 1]       3
  %16 = multiply(%14, %15)                              [1, 4, 32, 48]  multiply
  %17 = add(%16, %14)                                   [1, 4, 32, 48]  head.add
  %18 = globalPool(%17, max)                            [1, 4, 1, 1]    head.globalPool
  %19 = reshape(%18, [same, 4])                         [1, 4]          head.globalPool
  %20 = linear(%19, .weight, .bias)                     [1, 3]          head.fc
  %21 = TopK(%14, axis 1)                               [1, 2, 32, 48] int64[1, 2, 32, 48]  TopK
  %22 = globalPool(%14, average)                        [1, 4, 1, 1]    globalPool
  %23 = reshape(%22, [same, 4])                         [1, 4]          globalPool
  %24 = reshape(%23, [same, 4, 1, 1])                   [1, 4, 1, 1]    multiply
  %25 = multiply(%14, %24)                              [1, 4, 32, 48]  multiply
  scores = %20
  values = %21.0
  indices = %21.1
  last = %25
`

exports[`dist/test/compiler-print.test.js > TAP > what passes derive prints below, and sides that are open by their name > must match snapshot 1`] = `
open
  x                                               [batch, 3, height, width]
  %1 = conv(x, $2, $3, 3x3, stride 2, padding 1)  [batch, 4, height/2, width/2]  conv
  %2 = relu(%1)                                   [batch, 4, height/2, width/2]  1
  %3 = maxPool(%2, 3x3, stride 2, padding 1)      [batch, 4, height/4, width/4]  2
  %4 = conv(%3, $5, $7, 1x1)                      [batch, 2, height/4, width/4]  4
  y = %4
  $1 = normFactor(.weight, .running_var)              [4]           0.factor
  $2 = scaleChannels(.weight, $1)                     [4, 3, 3, 3]  conv.weight
  $3 = normOffset(0.bias, 0.running_mean, $1, .bias)  [4]           conv.bias
  $4 = normFactor(.weight, .running_var)              [4]           3.factor
  $5 = scaleChannels(.weight, $4, axis 1)             [2, 4, 1, 1]  4.weight
  $6 = normOffset(.bias, .running_mean, $4)           [4]           3.offset
  $7 = throughWeight(.weight, $6)                     [2]           4.bias
`
