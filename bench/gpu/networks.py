"""The HRNets of the paper in PyTorch, by the authors' names of parameters: V1 (pose), V2 (segmentation), C (classes).

`make('hrnet-v2-w18')` is what heddle calls so. Nothing but PyTorch is needed.
"""

import re

import torch
from torch import nn
from torch.nn.functional import interpolate

MODULES = {2: 1, 3: 4, 4: 3}
UNITS = 4


def conv_norm(a, b, kernel=3, stride=1, bias=False):
    return [nn.Conv2d(a, b, kernel, stride, kernel // 2, bias=bias), nn.BatchNorm2d(b)]


def conv_norm_relu(*arguments, **options):
    return nn.Sequential(*conv_norm(*arguments, **options), nn.ReLU(inplace=True))


class Unit(nn.Module):
    """A residual unit: convolutions of (kernel, width) each, and a shortcut."""

    def __init__(self, width, *layers):
        super().__init__()
        self.depth, last = len(layers), width
        for n, (kernel, channels) in enumerate(layers, 1):
            conv, norm = conv_norm(last, channels, kernel)
            self.add_module(f'conv{n}', conv)
            self.add_module(f'bn{n}', norm)
            last = channels
        self.relu = nn.ReLU(inplace=True)
        self.downsample = nn.Sequential(*conv_norm(width, last, 1)) if last != width else None

    def forward(self, x):
        y = x
        for n in range(1, self.depth + 1):
            y = getattr(self, f'bn{n}')(getattr(self, f'conv{n}')(y))
            if n < self.depth:
                y = self.relu(y)
        return self.relu(y + (x if self.downsample is None else self.downsample(x)))


def basic(width):
    return Unit(width, (3, width), (3, width))


def bottleneck(width, channels):
    return Unit(width, (1, channels // 4), (3, channels // 4), (1, channels))


class Module(nn.Module):
    """A multi-resolution block: units on each branch, then branches are fused into `outputs` of them."""

    def __init__(self, widths, outputs, mode):
        super().__init__()
        self.mode, n = mode, len(widths)
        self.branches = nn.ModuleList(
            nn.Sequential(*(basic(width) for _ in range(UNITS))) for width in widths
        )
        self.fuse_layers = nn.ModuleList(
            nn.ModuleList(self.path(widths, start, end) for start in range(n)) for end in range(outputs)
        )
        self.relu = nn.ReLU(inplace=True)

    @staticmethod
    def path(widths, start, end):
        """From branch `start` to `end`: nothing, down by convolutions of stride 2, or 1×1, to be upsampled."""
        a, b = widths[start], widths[end]
        if start == end:
            return nn.Identity()
        if start > end:
            return nn.Sequential(*conv_norm(a, b, 1))
        steps = [conv_norm_relu(a, a, stride=2) for _ in range(end - start - 1)]
        return nn.Sequential(*steps, nn.Sequential(*conv_norm(a, b, stride=2)))

    def forward(self, xs):
        xs = [branch(x) for branch, x in zip(self.branches, xs)]
        fused = []
        for end, paths in enumerate(self.fuse_layers):
            total = None
            for start, (path, x) in enumerate(zip(paths, xs)):
                y = path(x)
                if start > end:
                    y = resized(y, xs[end], self.mode)
                total = y if total is None else total + y
            fused.append(self.relu(total))
        return fused


def resized(x, like, mode):
    corners = {'align_corners': False} if mode == 'bilinear' else {}
    return interpolate(x, size=like.shape[2:], mode=mode, **corners)


class Trunk(nn.Module):
    """Stem and stages 1 to 4, to which networks add their heads."""

    def __init__(self, width, mode, outputs=4):
        super().__init__()
        self.conv1, self.bn1 = conv_norm(3, 64, stride=2)
        self.conv2, self.bn2 = conv_norm(64, 64, stride=2)
        self.relu = nn.ReLU(inplace=True)
        self.layer1 = nn.Sequential(bottleneck(64, 256), *(bottleneck(256, 256) for _ in range(3)))
        before = [256]
        for n in (2, 3, 4):
            widths = [width << i for i in range(n)]
            kept = [nn.Identity() if a == b else conv_norm_relu(a, b) for a, b in zip(before, widths)]
            new = nn.Sequential(conv_norm_relu(before[-1], widths[-1], stride=2))
            self.add_module(f'transition{n - 1}', nn.ModuleList([*kept, new]))
            last = [n] * (MODULES[n] - 1) + [outputs if n == 4 else n]
            self.add_module(f'stage{n}', nn.Sequential(*(Module(widths, k, mode) for k in last)))
            before = widths

    def trunk(self, x):
        x = self.relu(self.bn1(self.conv1(x)))
        x = self.relu(self.bn2(self.conv2(x)))
        xs = [self.layer1(x)]
        for n in (2, 3, 4):
            transition = getattr(self, f'transition{n - 1}')
            xs = [layer(x) for layer, x in zip(transition, [*xs, xs[-1]])]
            xs = getattr(self, f'stage{n}')(xs)
        return xs


class V1(Trunk):
    def __init__(self, width, joints=17):
        super().__init__(width, 'nearest', outputs=1)
        self.final_layer = nn.Conv2d(width, joints, 1)

    def forward(self, x):
        return self.final_layer(self.trunk(x)[0])


class V2(Trunk):
    def __init__(self, width, classes=19):
        super().__init__(width, 'bilinear')
        total = 15 * width
        head = conv_norm(total, total, 1, bias=True)
        self.last_layer = nn.Sequential(*head, nn.ReLU(inplace=True), nn.Conv2d(total, classes, 1))

    def forward(self, x):
        first, *rest = self.trunk(x)
        return self.last_layer(torch.cat([first, *(resized(y, first, 'bilinear') for y in rest)], 1))


class C(Trunk):
    def __init__(self, width, classes=1000):
        super().__init__(width, 'nearest')
        wide = (128, 256, 512, 1024)
        self.incre_modules = nn.ModuleList(
            nn.Sequential(bottleneck(width << i, channels)) for i, channels in enumerate(wide)
        )
        self.downsamp_modules = nn.ModuleList(
            conv_norm_relu(a, b, stride=2, bias=True) for a, b in zip(wide, wide[1:])
        )
        self.final_layer = conv_norm_relu(1024, 2048, 1, bias=True)
        self.classifier = nn.Linear(2048, classes)

    def forward(self, x):
        first, *rest = [module(y) for module, y in zip(self.incre_modules, self.trunk(x))]
        for down, y in zip(self.downsamp_modules, rest):
            first = y + down(first)
        return self.classifier(self.final_layer(first).mean((2, 3)))


def make(name):
    for pattern, kind in ((r'hrnet-v1-w(\d+)', V1), (r'hrnet-v2-w(\d+)', V2), (r'hrnet-w(\d+)-c', C)):
        found = re.fullmatch(pattern, name)
        if found:
            return kind(int(found[1])).eval()
    raise ValueError(f'there is no network {name} here')
