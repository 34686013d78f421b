"""A process that is measured, or that measures the device: lines of JSON in, lines of JSON out, these on descriptor 3."""

import gc
import json
import os
import struct
import sys
import time

OUT = os.fdopen(3, 'w')

import torch

import networks

DEVICE = sys.argv[1]
CUDA = DEVICE == 'cuda'
TYPES = {'F32': torch.float32}


def sync():
    if CUDA:
        torch.cuda.synchronize()


def now():
    return time.perf_counter() * 1000


def weights(path):
    """The tensors of a safetensors file of float32."""
    with open(path, 'rb') as file:
        header = json.loads(file.read(struct.unpack('<Q', file.read(8))[0]))
        start = file.tell()
        found = {}
        for name, entry in header.items():
            if name == '__metadata__':
                continue
            a, b = entry['data_offsets']
            file.seek(start + a)
            data = bytearray(file.read(b - a))
            found[name] = torch.frombuffer(data, dtype=TYPES[entry['dtype']]).reshape(entry['shape'])
        return found


class Subject:
    """A network whose input and output are float32 on the host, as those of heddle's files are."""

    def __init__(self, network, weights_path, image, shape, precision, mode):
        torch.backends.cuda.matmul.allow_tf32 = precision == 'tf32'
        torch.backends.cudnn.allow_tf32 = precision == 'tf32'
        # As who measures it would: cuDNN tries its algorithms in the first run.
        torch.backends.cudnn.benchmark = True
        net = networks.make(network)
        missing, unexpected = net.load_state_dict(weights(weights_path), strict=False)
        amiss = unexpected + [name for name in missing if not name.endswith('num_batches_tracked')]
        if amiss:
            raise ValueError(f'weights do not fit {network}: {amiss[:5]}')
        self.half = precision == 'float16'
        self.net = (net.half() if self.half else net).to(DEVICE)
        self.last = mode == 'channels-last'
        if self.last:
            self.net = self.net.to(memory_format=torch.channels_last)
        if mode == 'compile':
            self.net = torch.compile(self.net)
        if mode == 'max-autotune':
            self.net = torch.compile(self.net, mode='max-autotune')
        if mode == 'tensorrt':
            import torch_tensorrt

            kind = torch.float16 if self.half else torch.float32
            options = {'enabled_precisions': {kind}, 'disable_tf32': precision == 'float32'}
            self.net = torch.compile(self.net, backend='torch_tensorrt', options=options)
        batch = shape[0]
        with open(image, 'rb') as file:
            one = torch.frombuffer(bytearray(file.read()), dtype=torch.float32).reshape(1, *shape[1:])
        self.host = one.expand(batch, *shape[1:]).contiguous()
        if CUDA:
            self.host = self.host.pin_memory()
        self.there = self.host.to(DEVICE)
        self.back = None

    def inside(self, x):
        if self.half:
            x = x.half()
        if self.last:
            x = x.to(memory_format=torch.channels_last)
        return self.net(x).float()

    def on_device(self):
        y = self.inside(self.there)
        sync()
        return y

    def from_host(self):
        """Both copies by pinned memory."""
        y = self.inside(self.host.to(DEVICE, non_blocking=True))
        if self.back is None:
            self.back = torch.empty(y.shape, pin_memory=CUDA)
        self.back.copy_(y, non_blocking=True)
        sync()
        return self.back


def open_(network, weights, image, shape, precision, mode):
    global subject
    subject = Subject(network, weights, image, shape, precision, mode)
    return {}


def warm(runs):
    """Runs it on another image: what is captured then is to answer for this one later."""
    subject.host.neg_()
    timed(subject.from_host, runs)
    subject.host.neg_()
    return {}


def answer(path):
    y = subject.from_host().contiguous()
    y.numpy().tofile(path)
    return {'dims': list(y.shape)}


def timed(run, runs):
    took = []
    for _ in range(runs):
        start = now()
        run()
        took.append(now() - start)
    return took


def time_(runs):
    told = {'ms': timed(subject.from_host, runs)}
    if CUDA:
        told['deviceMs'] = timed(subject.on_device, runs)
    return told


LAUNCHES = ('cudaLaunch', 'cuLaunch', 'cudaGraphLaunch', 'cuGraphLaunch')


def look():
    """What one run launches and copies, by PyTorch's profiler."""
    if not CUDA:
        return {}
    from torch.autograd import DeviceType
    from torch.profiler import ProfilerActivity, profile

    subject.from_host()
    with profile(activities=[ProfilerActivity.CPU, ProfilerActivity.CUDA]) as seen:
        subject.from_host()
    calls, kernels, kernel_us, copy_us = 0, 0, 0.0, 0.0
    for event in seen.events():
        if getattr(event, 'is_user_annotation', False):
            continue
        if event.device_type == DeviceType.CUDA:
            if event.name.startswith('Memcpy'):
                # Those between host and device; others are the network's own.
                copy_us += event.time_range.elapsed_us() if 'DtoD' not in event.name else 0
            elif not event.name.startswith('Memset'):
                kernels += 1
                kernel_us += event.time_range.elapsed_us()
        elif event.name.startswith(LAUNCHES):
            calls += 1
    return {
        'launches': calls,
        'kernels': kernels,
        'kernelMs': kernel_us / 1000,
        'copyMs': copy_us / 1000,
        'allocatedBytes': torch.cuda.max_memory_allocated(),
    }


def device():
    try:
        import torch_tensorrt

        tensorrt = 'torch_tensorrt ' + torch_tensorrt.__version__
    except Exception as error:
        tensorrt = f'could not be had: {error}'
    told = {'torch': torch.__version__, 'tensorrt': tensorrt}
    if not CUDA:
        return {'name': 'cpu', **told}
    properties = torch.cuda.get_device_properties(0)
    return {
        'name': properties.name,
        'memory': properties.total_memory,
        'multiprocessors': properties.multi_processor_count,
        'cuda': torch.version.cuda,
        'cudnn': torch.backends.cudnn.version(),
        'driver': driver(),
        **told,
    }


def driver():
    import subprocess

    words = ['nvidia-smi', '--query-gpu=driver_version', '--format=csv,noheader']
    try:
        return subprocess.run(words, capture_output=True, text=True).stdout.strip() or 'unknown'
    except OSError:
        return 'unknown'


def best(run, times):
    run(), sync()
    took = []
    for _ in range(times):
        start = now()
        run(), sync()
        took.append(now() - start)
    return min(took) / 1000


def peaks(side, copied):
    """A product of square matrices at each precision, and a copy from the device to itself, on the spot."""
    operations = {}
    for precision in ('float32', 'tf32', 'float16'):
        torch.backends.cuda.matmul.allow_tf32 = precision == 'tf32'
        kind = torch.float16 if precision == 'float16' else torch.float32
        a, b = (torch.randn(side, side, device=DEVICE).to(kind) for _ in range(2))
        operations[precision] = 2 * side**3 / best(lambda: a @ b, 5)
        del a, b
    x = torch.empty(copied, dtype=torch.uint8, device=DEVICE)
    y = torch.empty_like(x)
    told = {'operations': operations, 'bytes': 2 * copied / best(lambda: y.copy_(x), 10)}
    del x, y
    free()
    return told


def copies(there, back):
    """Milliseconds of so many bytes from ordinary memory of the host, and back, as ONNX Runtime's binding copies."""
    if not CUDA:
        return {}
    x, y = (torch.zeros(n, dtype=torch.uint8) for n in (there, back))
    a, b = x.to(DEVICE), y.to(DEVICE)
    took = best(lambda: (a.copy_(x), y.copy_(b)), 5)
    del a, b
    free()
    return {'ms': took * 1000}


def free():
    gc.collect()
    if CUDA:
        torch.cuda.empty_cache()


def used():
    """Bytes of the whole device, of all processes."""
    if not CUDA:
        return {}
    left, all_ = torch.cuda.mem_get_info()
    return {'bytes': all_ - left, 'of': all_}


ANSWERS = {
    'open': open_, 'warm': warm, 'answer': answer, 'time': time_, 'look': look,
    'device': device, 'peaks': peaks, 'copies': copies, 'used': used,
}  # fmt: skip

with torch.inference_mode():
    for line in sys.stdin:
        question = json.loads(line)
        try:
            told = ANSWERS[question.pop('ask')](**question)
        except Exception as error:
            told = {'error': f'{type(error).__name__}: {error}'[-1500:]}
        print(json.dumps(told), file=OUT, flush=True)
