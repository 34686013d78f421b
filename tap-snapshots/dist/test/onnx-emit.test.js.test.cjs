/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`dist/test/onnx-emit.test.js > TAP > a file says what it is, down to the shape of every value > must match snapshot 1`] = `
IR 8, heddle {version}
opsets: ai.onnx 17
metadata: model = tiny
graph tiny
input x: 1 [batch, 3, height, 12] “the input, [batch, 3, height, 12]”
output first: 1 [batch, 1, ceil(height/2), 6] “first, [batch, 1, ceil(height/2), 6], from split”
output both: 1 [batch, 6, height, 12] “both, [batch, 6, height, 12], from concat”
output again: 1 [batch, 1, ceil(height/2), 6] “again, [batch, 1, ceil(height/2), 6], from split”
output scale: 1 [4] “scale, [4], from scale”
tensor /constants/0: 7 [2], 16 bytes
tensor /constants/1: 7 [1], 8 bytes
tensor /constants/2: 7 [1], 8 bytes
tensor /constants/3: 7 [1], 8 bytes
tensor stage3.2.branches.1.0.conv1.weight: 1 [4, 3, 3, 3], 432 bytes
tensor stage3.2.branches.1.0.conv1.bias: 1 [4], 16 bytes
tensor scale_1: 1 [4], 16 bytes
node /stage3/2/branches/1/0/conv1: /stage3/2/branches/1/0/conv1 = Conv(x, stage3.2.branches.1.0.conv1.weight, stage3.2.branches.1.0.conv1.bias) kernel_shape 3 3, strides 2 2, pads 1 1 1 1, dilations 1 1, group 1
node /stage3/2/branches/1/0/gate: /stage3/2/branches/1/0/gate = Sigmoid(/stage3/2/branches/1/0/conv1)
node /stage3/2/branches/1/0: /stage3/2/branches/1/0 = Mul(/stage3/2/branches/1/0/conv1, /stage3/2/branches/1/0/gate)
node /split: first, /split_1 = Split(/stage3/2/branches/1/0, /constants/0) axis 1
node /resize/outer_shape: /resize/outer_shape = Shape(/split_1)
node /resize/outer: /resize/outer = Slice(/resize/outer_shape, /constants/1, /constants/2)
node /resize/inner_shape: /resize/inner_shape = Shape(x)
node /resize/inner: /resize/inner = Slice(/resize/inner_shape, /constants/2, /constants/3)
node /resize/sizes: /resize/sizes = Concat(/resize/outer, /resize/inner) axis 0
node /resize: /resize = Resize(/split_1, –, –, /resize/sizes) mode linear, coordinate_transformation_mode half_pixel
node /0: /0 = Relu(x)
node /concat: both = Concat(/resize, /0) axis 1
node /outputs/again: again = Identity(first)
node /outputs/scale: scale = Identity(scale_1)
value /stage3/2/branches/1/0/conv1: 1 [batch, 4, ceil(height/2), 6]
value /stage3/2/branches/1/0: 1 [batch, 4, ceil(height/2), 6]
value /split_1: 1 [batch, 3, ceil(height/2), 6]
value /resize: 1 [batch, 3, height, 12]
value /0: 1 [batch, 3, height, 12]
value /stage3/2/branches/1/0/gate: 1 [batch, 4, ceil(height/2), 6]
value /resize/outer_shape: 7 [4]
value /resize/outer: 7 [2]
value /resize/inner_shape: 7 [4]
value /resize/inner: 7 [2]
value /resize/sizes: 7 [4]
`
