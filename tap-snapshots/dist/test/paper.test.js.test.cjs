/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`dist/test/paper.test.js > TAP > all are computed, and all but these are exact to the printed digit > must match snapshot 1`] = `
UNet++ / ResNet-101 | #params (M) | 59.5 | 54.7
UNet++ / ResNet-101 | GFLOPs | 748.5 | 735.9
DeepLabv3+ / Dilated-Xception-71 | GFLOPs | 1444.6 | 1373.5
PSPNet / Dilated-ResNet-101 | #params (M) | 65.9 | 65.7
PSPNet / Dilated-ResNet-101 | GFLOPs | 2017.6 | 1949.7
HRNetV2-W40 | #params (M) | 45.2 | 45.9
HRNetV2-W40 | GFLOPs | 493.2 | 498.7
HRNetV2-W48 | GFLOPs | 747.3 | 696.2
HRNetV2-W18 | #params (M) | 9.3 | 9.6
ResNet-50 | #params (M) | 25.0 | 25.6
ResNet-50 | GFLOPs | 3.8 | 5.0
Hourglass (8-stack) | #params (M) | 25.1 | 25.6
Hourglass (8-stack) | GFLOPs | 19.1 | 26.2
ResNet-50 | GFLOPs | 3.82 | 3.83
ResNet-101 | GFLOPs | 7.30 | 7.28
`
