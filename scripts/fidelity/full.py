"""The networks at their full widths and the papers' sizes. case.py says how it is called."""
import torch
import authors as A
from case import main, prepared, written
from networks import bottleneck, face

# heddle's network and options, the authors' network, [height, width]
CASES = {}


def case(name, options, net, *size, note=''):
    CASES['%s %dx%d%s' % (name, *size, note)] = (name, options, net, size)


for w in 18, 32, 48:
    case('hrnet-w%d-c' % w, {}, lambda w=w: A.cls('w%d' % w), 224, 224)
    case('hrnet-w%d-c' % w, {}, lambda w=w: A.timm_('hrnet_w%d' % w), 224, 224, note=' timm')
    case('hrnet-w%d-features' % w, {}, lambda w=w: A.timm_('hrnet_w%d' % w, features_only=True), 224, 224, note=' timm')
    case('hrnet-v1-w%d' % w, {}, lambda w=w: A.pose(w), 256, 192)
    case('hrnet-v1-w%d' % w, {}, lambda w=w: A.pose(w), 384, 288)
    case('hrnet-v2-landmarks-w%d' % w, dict(joints=98), lambda w=w: face(w, 98), 256, 256)
case('hrnet-w44-c', dict(unit='bottleneck'), lambda: bottleneck(44), 224, 224)
for v in 'v1', 'v2':
    case('hrnet-small-%s-c' % v, {}, lambda v=v: A.cls('w18_small_' + v), 224, 224)
    case('hrnet-v2-small-' + v, {}, lambda v=v: A.seg11('w18_small_' + v), 512, 1024)
case('hrnet-v2-w48', dict(classes=59, alignCorners=True), lambda: A.seg(48, True, classes=59), 480, 480, note=' aligned')
case('hrnet-v2-w48', dict(classes=20), lambda: A.seg(48, classes=20), 473, 473)
for w in 18, 32, 48: case('hrnet-v2p-w%d' % w, {}, lambda w=w: A.det(w), 800, 1216)
for w in 18, 32, 48: case('hrnet-v2-w%d' % w, {}, lambda w=w: A.seg(w), 1024, 2048)


def write(folder, network, options, make, size):
    net = prepared(make(), size)
    torch.save(net.state_dict(), folder + '/net.pth')
    written(folder, net, size, file='net.pth', network=network, options=options)


if __name__ == '__main__': main(CASES, write)
