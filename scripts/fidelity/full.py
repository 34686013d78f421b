"""The networks at their full widths and the papers' sizes. case.py says how it is called."""
import torch
import authors as A
from case import main, prepared, written
from comparators import DeepLabV3Plus, deeplab_v3, hourglass, resnet, resnet_fpn
from hrformer import hrformer, hrformer_pose
from lite import lite
from networks import bottleneck, ddrnet, face, higher, pose_resnet

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

for d in 50, 101, 152:
    case('resnet-%d' % d, dict(stem='7x7'), lambda d=d: resnet(d), 224, 224, note=' torchvision')
    case('resnet-%d-fpn' % d, {}, lambda d=d: resnet_fpn(d), 256, 384)
case('resnet-50-fpn', dict(strideFirst=False), lambda: resnet_fpn(50, 'pytorch'), 256, 384, note=' pytorch')
case('resnext-101-64x4d-fpn', {}, lambda: resnet_fpn(101, 'pytorch', groups=64, base_width=4), 256, 384)
case('deeplabv3-resnet-101', dict(headConv=True), deeplab_v3, 256, 384, note=' torchvision')
case('deeplabv3plus-xception-71', {}, DeepLabV3Plus, 256, 384, note=' timm')
case('hourglass-8', {}, lambda: hourglass(8), 256, 256)

for w in 18, 48: case('hrnet-ocr-w%d' % w, {}, lambda w=w: A.seg_ocr(w), 512, 1024)
for w in 32, 48: case('higher-hrnet-w%d' % w, {}, lambda w=w: higher(w), 512, 512)
for d in 18, 30:
    case('lite-hrnet-%d' % d, {}, lambda d=d: lite('lite_hrnet/coco/litehrnet_%d_coco_256x192' % d), 256, 192)
for v in '23_slim', '23', '39': case('ddrnet-' + v.replace('_', '-'), {}, lambda v=v: ddrnet(v), 512, 1024)
for v in 'tiny', 'small', 'base': case('hrformer-' + v[0], {}, lambda v=v: hrformer(v), 224, 224)
for v in 'small', 'base':
    case('hrformer-%s-pose' % v[0], dict(positionBias=False), lambda v=v: hrformer_pose(v, 17), 256, 192)
for d in 50, 101, 152: case('pose-resnet-%d' % d, {}, lambda d=d: pose_resnet(d), 256, 192)


def write(folder, network, options, make, size):
    net = prepared(make(), size)
    torch.save(net.state_dict(), folder + '/net.pth')
    written(folder, net, size, file='net.pth', network=network, options=options)


if __name__ == '__main__': main(CASES, write)
