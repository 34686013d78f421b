"""What full.py and saved.py share: a network in a file of PyTorch's, and what the authors' code computes with it.

  python full.py --list            the names of the cases, and with what they are made, as JSON
  python full.py NAME FOLDER       writes the case's checkpoint, `outputs` (float64) and `case.json` into a folder

Names of outputs' fields, the samples and the errors are those of test/fixtures/fidelity/make.py.
"""
import json, os, sys
import numpy as np
import torch

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(ROOT, 'test', 'fixtures'), os.path.join(ROOT, 'test', 'fixtures', 'fidelity')]
from make import float32_errors, made, rounded, sampled
from rule import calibrate, fill, image

# Of large outputs more than a fixture would hold.
MOST = 2 ** 18


def prepared(net, size):
    """Gives a network the values of the rule; sizes are measured on an input of at most 256 a side."""
    exponents = calibrate(net, image(*(min(side, 256) for side in size)))
    fill(net.float(), exponents)
    return net


@torch.no_grad()
def written(folder, net, size, **about):
    """The outputs of a network, whose values are float32, and what is to be known of them."""
    x = image(*size)
    outputs = list(sampled(net.double()(x.double()), MOST))
    references = [values for _, values in outputs]
    errors = float32_errors(net.float(), x, references, MOST)
    with open(folder + '/outputs', 'wb') as f: f.write(np.concatenate(references).astype('<f8').tobytes())
    case = dict(about, size=size, outputs=[dict(o, error=rounded(e)) for (o, _), e in zip(outputs, errors)])
    with open(folder + '/case.json', 'w') as f: json.dump(case, f)


def main(cases, write):
    if sys.argv[1:] == ['--list']: print(json.dumps(dict(made=made(), cases=list(cases))))
    else:
        name, folder = sys.argv[1:]
        write(folder, *cases[name])
