"""export.py CHECKPOINT OUTPUT HEIGHT WIDTH: what people do today: the authors' HRNetV2-W48 in PyTorch, its checkpoint
loaded, torch.onnx.export. Prints, in seconds, how long loading and exporting took, and how long with the start of Python.

  HRNET_SRC=<checkouts> PYTHONPATH=<folder of authors.py>   (as test/fixtures/fidelity/make.py has them)
"""
import sys, time
start = time.perf_counter()
import torch
import authors
checkpoint, output, height, width = sys.argv[1:]
began = time.perf_counter()
net = authors.seg(48).eval()
net.load_state_dict(torch.load(checkpoint, weights_only=True))
image = torch.zeros(1, 3, int(height), int(width))
torch.onnx.export(net, (image,), output, opset_version=17, dynamo=False, input_names=['image'], output_names=['logits'])
end = time.perf_counter()
print('%.3f %.3f' % (end - began, end - start))
