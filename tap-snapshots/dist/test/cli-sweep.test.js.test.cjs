/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`dist/test/cli-sweep.test.js > TAP > a family is a table, with what no other beats > with options of their own, and what is no network 1`] = `
4 networks

     network      options                        input    parameters     MACs  activations  weights   fvcore
  *  hrnet-w1-c   --classes 5                    64x64     9,828,462  163.8 M      764.5 k  39.4 MB  165.3 M
     hrnet-w2-c   --classes 5                    64x64     9,934,745  166.4 M      797.8 k  39.8 MB  168.0 M
     hrnet-w3-c   --classes 5                    64x64    10,097,094  170.0 M      831.1 k  40.5 MB  171.7 M
  *  hrnet-w4-ci  --classes 5 --unit bottleneck  224x224     434,113  1.080 G      7.902 M  1.77 MB  1.097 G

  *: no other network is better: less MACs, less parameters and less activations (2 of 4)
  MACs: multiply-accumulates of convolutions and linear layers; padding counted, biases not.
  M = 10^6, G = 10^9. What the paper calls GFLOPs is MACs / 2^30.
  2 points are not counted:
    hrnet-w5-ci has a width of 5; bottleneck units take a multiple of 4
    hrnet-w6-ci has a width of 6; bottleneck units take a multiple of 4

`

exports[`dist/test/cli-sweep.test.js > TAP > a family is a table, with what no other beats > with what was measured 1`] = `
6 networks

     network     input  parameters     MACs  activations  weights  miou
  *  hrnet-w1-c  32x32  11,867,217  42.99 M      192.1 k  47.6 MB   0.5
     hrnet-w1-c  64x64  11,867,217  165.8 M      765.5 k  47.6 MB   0.5
     hrnet-w2-c  32x32  11,973,500  43.64 M      200.4 k    48 MB   0.4
     hrnet-w2-c  64x64  11,973,500  168.4 M      798.8 k    48 MB   0.4
     hrnet-w3-c  32x32  12,135,849  44.55 M      208.8 k  48.6 MB     –
     hrnet-w3-c  64x64  12,135,849  172.1 M      832.1 k  48.6 MB     –

  *: no other network is better: less MACs and more miou (1 of 6)
  2 networks have no miou, and no part in the front.
  MACs: multiply-accumulates of convolutions and linear layers; padding counted, biases not.
  M = 10^6, G = 10^9. What the paper calls GFLOPs is MACs / 2^30.

`
