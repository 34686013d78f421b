"""The network of ../digits.ts in PyTorch, with the same names of parameters."""

import torch
from torch import nn
from torch.nn.functional import interpolate

WIDTHS = (8, 16, 32, 64)
CLASSES = 11  # background, 0 … 9


def conv_norm(a, b, kernel=3, stride=1):
    return [nn.Conv2d(a, b, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(b)]


def conv_norm_relu(a, b, kernel=3, stride=1):
    return nn.Sequential(*conv_norm(a, b, kernel, stride), nn.ReLU())


def resized(x, like):
    return interpolate(x, size=like.shape[2:], mode='bilinear', align_corners=False)


class Unit(nn.Module):
    """A residual unit: convolutions with batch norms, of (kernel, width) each, and a shortcut."""

    def __init__(self, width, *layers):
        super().__init__()
        self.depth = len(layers)
        last = width
        for n, (kernel, channels) in enumerate(layers, 1):
            conv, norm = conv_norm(last, channels, kernel)
            self.add_module(f'conv{n}', conv)
            self.add_module(f'bn{n}', norm)
            last = channels
        self.downsample = nn.Sequential(*conv_norm(width, last, 1)) if last != width else None

    def forward(self, x):
        y = x
        for n in range(1, self.depth + 1):
            y = getattr(self, f'bn{n}')(getattr(self, f'conv{n}')(y))
            if n < self.depth:
                y = y.relu()
        return (y + (self.downsample(x) if self.downsample else x)).relu()


class Module(nn.Module):
    """A multi-resolution block: a basic unit on each branch, then every branch is fused into every other."""

    def __init__(self, widths):
        super().__init__()
        self.branches = nn.ModuleList(nn.Sequential(Unit(w, (3, w), (3, w))) for w in widths)
        self.fuse_layers = nn.ModuleList(
            nn.ModuleList(self.path(widths, start, end) for start in range(len(widths)))
            for end in range(len(widths))
        )

    @staticmethod
    def path(widths, start, end):
        """From branch `start` to branch `end`: nothing, down by convolutions of stride 2, or 1×1, to be upsampled."""
        a, b = widths[start], widths[end]
        if start == end:
            return nn.Identity()
        if start > end:
            return nn.Sequential(*conv_norm(a, b, 1))
        steps = [conv_norm_relu(a, a, 3, 2) for _ in range(end - start - 1)]
        return nn.Sequential(*steps, nn.Sequential(*conv_norm(a, b, 3, 2)))

    def forward(self, xs):
        xs = [branch(x) for branch, x in zip(self.branches, xs)]
        return [
            sum(resized(path(x), like) for path, x in zip(paths, xs)).relu()
            for paths, like in zip(self.fuse_layers, xs)
        ]


class Digits(nn.Module):
    """[batch, 3, height, width], normalised, to logits [batch, 11, height / 4, width / 4]."""

    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = conv_norm(3, 16, 3, 2)
        self.conv2, self.bn2 = conv_norm(16, 16, 3, 2)
        self.layer1 = nn.Sequential(Unit(16, (1, 16), (3, 16), (1, 64)))
        before = (64,)
        for n in (2, 3, 4):
            widths = WIDTHS[:n]
            new = nn.Sequential(conv_norm_relu(before[-1], widths[-1], 3, 2))
            kept = [
                nn.Identity() if a == b else conv_norm_relu(a, b) for a, b in zip(before, widths)
            ]
            self.add_module(f'transition{n - 1}', nn.ModuleList([*kept, new]))
            self.add_module(f'stage{n}', nn.Sequential(Module(widths)))
            before = widths
        total = sum(WIDTHS)
        head = nn.Conv2d(total, total, 1), nn.BatchNorm2d(total), nn.ReLU()
        self.last_layer = nn.Sequential(*head, nn.Conv2d(total, CLASSES, 1))

    def forward(self, x):
        x = self.bn1(self.conv1(x)).relu()
        x = self.bn2(self.conv2(x)).relu()
        xs = [self.layer1(x)]
        for n in (2, 3, 4):
            transition = getattr(self, f'transition{n - 1}')
            xs = [layer(x) for layer, x in zip(transition, [*xs, xs[-1]])]
            xs = getattr(self, f'stage{n}')(xs)
        return self.last_layer(torch.cat([resized(x, xs[0]) for x in xs], 1))
