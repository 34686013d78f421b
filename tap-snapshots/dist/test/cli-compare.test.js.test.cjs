/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`dist/test/cli-compare.test.js > TAP > two networks stand side by side, with a dash for what one has not > by layer 1`] = `
                      parameters                     MACs              activations             bytes of weights
  layer            a    b  b / a        a        b  b / a        a        b  b / a          a          b  b / a
  stem.0         216  432  2.000  82.94 k  165.9 k  2.000  3.072 k  6.144 k  2.000  864 bytes    1.73 kB  2.000
  head.bridge.0    –  256      –        –  98.30 k      –        –  6.144 k      –          –    1.02 kB      –
  head.neck.0     64    –      –  24.58 k        –      –  3.072 k        –      –  256 bytes          –      –
  head.0          40   80  2.000  15.36 k  30.72 k  2.000  1.920 k  1.920 k  1.000  160 bytes  320 bytes  2.000
  all            320  768  2.400  122.9 k  294.9 k  2.400  8.064 k  14.21 k  1.762    1.28 kB    3.07 kB  2.400
`

exports[`dist/test/cli-compare.test.js > TAP > two networks stand side by side, with a dash for what one has not > by stage 1`] = `
a  slim, input 1 x 3 x 32 x 48
b  wide, input 1 x 3 x 32 x 48

  all                         a        b     b - a  b / a
  parameters                320      768      +448  2.400
  MACs                  122,880  294,912  +172,032  2.400
  activations             8,064   14,208    +6,144  1.762
  bytes of weights        1,280    3,072    +1,792  2.400
  bytes of activations   32,256   56,832   +24,576  1.762
  buffers                     0        0         0      –

              parameters                     MACs              activations           bytes of weights
  stage    a    b  b / a        a        b  b / a        a        b  b / a          a        b  b / a
  stem   216  432  2.000  82.94 k  165.9 k  2.000  3.072 k  6.144 k  2.000  864 bytes  1.73 kB  2.000
  head   104  336  3.231  39.94 k  129.0 k  3.231  4.992 k  8.064 k  1.615  416 bytes  1.34 kB  3.231
  all    320  768  2.400  122.9 k  294.9 k  2.400  8.064 k  14.21 k  1.762    1.28 kB  3.07 kB  2.400

  all: the whole of each network. –: only the other has a part of that name.
  MACs: multiply-accumulates of convolutions and linear layers; padding counted, biases not.
  M = 10^6, G = 10^9. What the paper calls GFLOPs is MACs / 2^30.

`
