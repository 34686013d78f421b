"""Checkpoints in each form and layout, as training scripts leave them. case.py says how it is called.

The networks are narrow: what is looked at here is how they are stored. OpenMMLab's code is not run: its files are the
authors' network under the names that reference/checkpoints.md tells, with what else such files hold.
"""
import argparse, json, re, sys, types
from collections import OrderedDict
import numpy as np
import safetensors.torch
import torch
import authors as A
from case import main, prepared, written
from networks import face

# heddle's network and options, the authors' network, [height, width], how it is saved; how it is opened and bound
CASES = {}


def case(name, network, options, net, size, save, opened={}, bound={}):
    CASES[name] = (network, options, net, size, save, opened, bound)


def prefixed(prefix, tensors):
    return OrderedDict((prefix + key, value) for key, value in tensors.items())


def renamed(tensors, prefix, *names):
    """Other keys for the same tensors; what no pattern takes gets the prefix."""
    def of(key):
        for pattern, to in names:
            if re.match(pattern, key): return re.sub('^' + pattern, to, key)
        return prefix + key
    return OrderedDict((of(key), value) for key, value in tensors.items())


def other(tensors):
    """Values that give another answer."""
    return OrderedDict((k, v * 1.25 if v.is_floating_point() else v) for k, v in tensors.items())


def optimizer(net):
    """After one step that moves nothing."""
    made = torch.optim.Adam(net.parameters(), lr=1e-3)
    for p in net.parameters(): p.grad = torch.zeros_like(p)
    made.step()
    return made.state_dict()


@torch.no_grad()
def without_bias(net, *layers):
    for layer in layers: layer.bias.zero_()
    return {k: v for k, v in net.state_dict().items() if not any(v is l.bias or v.data_ptr() == l.bias.data_ptr() for l in layers)}


def zipped(value): return lambda folder, net: torch.save(value(net), folder + '/net.pth') or 'net.pth'


def legacy(value):
    return lambda folder, net: torch.save(value(net), folder + '/net.pth', _use_new_zipfile_serialization=False) or 'net.pth'


def safe(value):
    return lambda folder, net: safetensors.torch.save_file(value(net), folder + '/net.safetensors') or 'net.safetensors'


def sharded(value):
    def save(folder, net):
        tensors = list(value(net).items())
        parts = [dict(tensors[i * len(tensors) // 3:(i + 1) * len(tensors) // 3]) for i in range(3)]
        files = ['model-%05d-of-00003.safetensors' % (i + 1) for i in range(3)]
        for file, part in zip(files, parts): safetensors.torch.save_file(part, folder + '/' + file)
        weight_map = {key: file for file, part in zip(files, parts) for key in part}
        with open(folder + '/model.safetensors.index.json', 'w') as f:
            json.dump(dict(metadata=dict(total_size=sum(t.nbytes for _, t in tensors)), weight_map=weight_map), f)
        return 'model.safetensors.index.json'
    return save


def typed(dtype):
    """The network keeps what the type can hold, so that both sides compute with the same numbers."""
    def value(net):
        tensors = {k: v.to(dtype) if v.is_floating_point() else v for k, v in net.state_dict().items()}
        net.load_state_dict(tensors)
        return tensors
    return value


def strided(net):
    """Weights in channels last, all of them views into one storage."""
    tensors = net.to(memory_format=torch.channels_last).state_dict()
    one = torch.cat([v.permute(0, 2, 3, 1).flatten() if v.dim() == 4 else v.flatten()
                     for v in tensors.values() if v.is_floating_point()])
    at, views = 0, OrderedDict()
    for key, v in tensors.items():
        if not v.is_floating_point(): continue
        views[key] = one[at:at + v.numel()].as_strided(v.shape, v.stride(), at)
        at += v.numel()
    return views


bare = lambda net: net.state_dict()
seg = ('hrnet-v2-w7', {}, lambda: A.seg(7), (65, 97))
for form, save in dict(zip=zipped(bare), legacy=legacy(bare), safetensors=safe(bare), sharded=sharded(bare)).items():
    case('form ' + form, *seg, save)
for name in 'float16', 'bfloat16', 'float64':
    case('form zip, ' + name, *seg, zipped(typed(getattr(torch, name))))
    case('form safetensors, ' + name, *seg, safe(typed(getattr(torch, name))))
case('form zip, one storage in channels last', *seg, zipped(strided))
case('form legacy, one storage in channels last', *seg, legacy(strided))


def seg_model(net):
    return OrderedDict(prefixed('model.', net.state_dict()), **{'loss.criterion.weight': torch.ones(19)})


case('segmentation best.pth', *seg, zipped(seg_model))
case('segmentation checkpoint.pth.tar', *seg, zipped(lambda net: {
    'epoch': 484, 'best_mIoU': np.float64(0.75), 'state_dict': seg_model(net), 'optimizer': optimizer(net)}))
case('segmentation of 2019, InPlaceABN', 'hrnet-v2-small-v2', {}, lambda: A.seg_master('w18_small_v2'), (97, 65),
     legacy(seg_model), bound=dict(inplaceAbn=True))
case('segmentation under torch.compile', *seg, zipped(lambda net: prefixed('module._orig_mod.', net.state_dict())))

pose = ('hrnet-v1-w7', {}, lambda: A.pose(7), (128, 96))


def pose_checkpoint(net):
    wrapped = torch.nn.DataParallel(net)
    return {'epoch': 210, 'model': 'pose_hrnet', 'state_dict': wrapped.state_dict(),
            'best_state_dict': wrapped.module.state_dict(), 'perf': np.float64(0.75), 'optimizer': optimizer(net)}


case('pose checkpoint.pth', *pose, zipped(pose_checkpoint))
case('pose checkpoint.pth, best_state_dict', *pose, legacy(pose_checkpoint), opened=dict(container='best_state_dict'))
case('pose final_state.pth', *pose, zipped(bare))
landmarks = ('hrnet-v2-landmarks-w7', dict(joints=98), lambda: face(7, 98), (96, 128))
case('landmarks final_state.pth', *landmarks, zipped(bare))
case('classification checkpoint.pth.tar', 'hrnet-w8-c', {}, lambda: A.cls('w18', 8), (64, 96), zipped(lambda net: {
    'epoch': 100, 'model': 'cls_hrnet', 'state_dict': prefixed('module.', net.state_dict()), 'perf': 0.75,
    'optimizer': optimizer(net)}))
detection = ('hrnet-v2p-w7', {}, lambda: A.det(7), (128, 128))
heads = {'bbox_head.fc_cls.weight': torch.ones(81, 64), 'rpn_head.rpn_conv.weight': torch.ones(8, 8, 3, 3)}
case('detection epoch_12.pth', *detection, zipped(lambda net: {
    'meta': dict(epoch=12, iter=87960, CLASSES=('person', 'bicycle')), 'state_dict': OrderedDict(net.state_dict(), **heads),
    'optimizer': optimizer(net)}))


def timm_checkpoint(net, first, ema):
    return {'epoch': 3, 'arch': 'hrnet_w18_small', 'state_dict': first, 'optimizer': optimizer(net), 'version': 2,
            'args': argparse.Namespace(model='hrnet_w18_small', lr=0.1, mean=None), 'state_dict_ema': ema, 'metric': 75.0}


small = ('hrnet-small-v1-c', {}, lambda: A.timm_('hrnet_w18_small'), (64, 96))
case('timm checkpoint', *small, zipped(lambda net: timm_checkpoint(net, net.state_dict(), other(net.state_dict()))))
case('timm checkpoint, EMA', *small, zipped(lambda net: timm_checkpoint(net, other(net.state_dict()), net.state_dict())),
     opened=dict(ema=True))
case('timm features, safetensors', 'hrnet-w18-features', {}, lambda: A.timm_('hrnet_w18', features_only=True), (64, 96), safe(bare))


def mmengine(tensors, net):
    """What mmengine's training files hold beside the weights."""
    for name in 'mmengine', 'mmengine.logging', 'mmengine.logging.history_buffer':
        sys.modules[name] = types.ModuleType(name)
    HistoryBuffer = type('HistoryBuffer', (), {'__module__': 'mmengine.logging.history_buffer'})
    sys.modules['mmengine.logging.history_buffer'].HistoryBuffer = HistoryBuffer
    history = HistoryBuffer()
    history._log_history, history._set_default = np.arange(4.0), np.int64(3)
    return {'meta': dict(epoch=20, cfg='model = dict()'), 'state_dict': tensors,
            'message_hub': dict(log_scalars={'train/loss': history}, runtime_info=dict(iter=4), resumed_keys={}),
            'optimizer': optimizer(net)}


def mmseg(net):
    tensors = renamed(without_bias(net, net.last_layer[0]), 'backbone.', (r'last_layer\.0\.', 'decode_head.convs.0.conv.'),
                      (r'last_layer\.1\.', 'decode_head.convs.0.bn.'), (r'last_layer\.3\.', 'decode_head.conv_seg.'))
    first = [key for key in tensors if 'conv_seg' in key]
    for key in reversed(first): tensors.move_to_end(key, last=False)
    return {'meta': dict(CLASSES=('road',), PALETTE=[[128, 64, 128]]), 'state_dict': tensors, 'optimizer': optimizer(net)}


def mmpretrain(net):
    tensors = without_bias(net, *[step[0] for step in net.downsamp_modules], net.final_layer[0])
    return renamed(tensors, 'backbone.', (r'incre_modules\.', 'neck.0.increase_layers.'),
                   (r'downsamp_modules\.(\d)\.0\.', r'neck.0.downsample_layers.\1.conv.'),
                   (r'downsamp_modules\.(\d)\.1\.', r'neck.0.downsample_layers.\1.bn.'),
                   (r'final_layer\.0\.', 'neck.0.final_layer.conv.'), (r'final_layer\.1\.', 'neck.0.final_layer.bn.'),
                   (r'classifier\.', 'head.fc.'))


def mmdet(net):
    return dict(renamed(net.state_dict(), '', (r'neck\.reduction_conv\.0\.', 'neck.reduction_conv.conv.'),
                        (r'neck\.fpn_conv\.(\d)\.', r'neck.fpn_convs.\1.conv.')), **heads)


# Of a size that 32 divides mmseg's two resizes are the authors' one.
case('mmseg', 'hrnet-v2-w7', dict(headBias=False, fuseTwice=True), lambda: A.seg(7), (64, 96), zipped(mmseg))
case('mmpose 0.x', *pose, zipped(lambda net: dict(meta=dict(epoch=210), optimizer=optimizer(net), state_dict=renamed(
    net.state_dict(), 'backbone.', (r'final_layer\.', 'keypoint_head.final_layer.')))))
case('mmpose 1.x', *pose, zipped(lambda net: mmengine(dict(renamed(
    net.state_dict(), 'backbone.', (r'final_layer\.', 'head.final_layer.')), **{'data_preprocessor.mean': torch.ones(3, 1, 1)}), net)))
case('mmpose 0.x, landmarks', *landmarks, zipped(lambda net: dict(meta={}, state_dict=renamed(
    net.state_dict(), 'backbone.', (r'head\.', 'keypoint_head.final_layer.')))))
case('mmdet', *detection, zipped(lambda net: mmengine(mmdet(net), net)))
case('mmpretrain', 'hrnet-w8-c', dict(headBias=False), lambda: A.cls('w18', 8), (64, 96),
     zipped(lambda net: mmengine(mmpretrain(net), net)))


def write(folder, network, options, make, size, save, opened, bound):
    net = prepared(make(), size)
    file = save(folder, net)
    written(folder, net, size, file=file, network=network, options=options, opened=opened, bound=bound)


if __name__ == '__main__': main(CASES, write)
