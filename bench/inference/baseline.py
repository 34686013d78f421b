"""baseline.py FOLDER [NETWORK…]: what `bench:inference` is measured against: the authors' networks in PyTorch, with
weights that are drawn and calibrated, as torch.onnx.export makes a file of them. For each network, in FOLDER:

  NAME.onnx, NAME.onnx.data   the exporter's file: its defaults, static sizes
  NAME.pth                    the same weights, for `heddle build --weights`
  NAME.image                  the image that is run: float32, [1, 3, height, width]
  NAME.noise                  by how much of its root mean square the output moves where 2 % of noise is added to the image

  HRNET_SRC=<checkouts> PYTHONPATH=<folder of authors.py>   (as test/fixtures/fidelity/make.py has them)

What a random network computes means little unless its norms know the statistics of what they are given: an image goes
through the network once, and each norm takes the mean and variance of it for its own. The last norm of each residual
unit scales by a quarter of what others do, as training makes it: else the output is chaos, which 2 % of noise upsets.
"""
import os, sys
import torch, torch.nn as nn, torch.nn.functional as F
import authors as A

NETWORKS = {
    'hrnet-v2-w18': (lambda: A.seg(18), 512, 1024),
    'hrnet-v2-w48': (lambda: A.seg(48), 512, 1024),
    'hrnet-v1-w32': (lambda: A.pose(32), 256, 192),
    'hrnet-w18-c': (lambda: A.cls('w18'), 224, 224),
}


def image(height, width):
    """Noise of every scale, of mean 0 and variance 1: neighbours are alike, as in a photograph."""
    x = sum(F.interpolate(torch.randn(1, 3, -(-height // s), -(-width // s)), (height, width), mode='bilinear')
            for s in (1, 4, 16, 64))
    return (x - x.mean()) / x.std()


@torch.no_grad()
def calibrate(net, x):
    for layer in net.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(layer.weight, nonlinearity='relu')
            if layer.bias is not None: nn.init.normal_(layer.bias, std=0.1)
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.uniform_(layer.weight, 0.5, 1.5)
            nn.init.normal_(layer.bias, std=0.2)
            layer.momentum = 1.0
    for layer in net.modules():
        last = {'BasicBlock': 'bn2', 'Bottleneck': 'bn3'}.get(type(layer).__name__)
        if last: getattr(layer, last).weight.mul_(0.25)
    net.train()(x)
    net.eval()


@torch.no_grad()
def moved(net, x):
    before, after = net(x), net(x + 0.02 * torch.randn_like(x))
    return float((after - before).square().mean().sqrt() / before.square().mean().sqrt())


folder, names = sys.argv[1], sys.argv[2:] or list(NETWORKS)
os.makedirs(folder, exist_ok=True)
for name in names:
    path = os.path.join(folder, name)
    if os.path.exists(path + '.onnx'): continue
    make, height, width = NETWORKS[name]
    torch.manual_seed(0)
    net, x = make(), image(height, width)
    calibrate(net, x)
    torch.save(net.state_dict(), path + '.pth')
    x.numpy().tofile(path + '.image')
    with open(path + '.noise', 'w') as f: f.write('%.3f' % moved(net, x))
    # A network whose .onnx is there is whole: it comes last.
    part = os.path.join(folder, 'part')
    os.makedirs(part, exist_ok=True)
    torch.onnx.export(net, (x,), os.path.join(part, name + '.onnx'), input_names=['image'])
    for ending in ('.onnx.data', '.onnx'): os.rename(os.path.join(part, name + ending), path + ending)
    os.rmdir(part)
    print(name, flush=True)
