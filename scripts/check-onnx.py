"""Holds what heddle writes to ONNX's own checker: full checking and strict shape inference, with the
inferred shapes compared to those that the file states. Needs Python with `onnx` (1.17 or newer), and a build.

    npm run build && python3 scripts/check-onnx.py
"""

import json
import subprocess
import sys
import tempfile
from math import ceil, floor
from pathlib import Path

import onnx
from onnx import shape_inference

ROOT = Path(__file__).resolve().parent.parent
CLI = ROOT / "dist" / "src" / "cli" / "main.js"
WIDTH = {"hrnet-w{C}-cii": 4}
ANY = ["--batch", "dynamic", "--input", "dynamic"]
BY_32 = ["--batch", "dynamic", "--input", "dynamic/32"]
# The sizes at which shapes are inferred, where the input is free.
ODD = {"batch": 2, "height": 67, "width": 133}
EVEN = {"batch": 2, "height": 128, "width": 256}


def heddle(*words):
    done = subprocess.run(["node", CLI, *words], capture_output=True, text=True, cwd=ROOT)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())
    return done.stdout


def cases():
    """Every family as it comes, at multiples of 32 and as written; one family in every other way."""
    for name in families():
        yield name, []
        yield name, ["--no-passes"]
        if not name.startswith("hrnet-v2p"):
            yield name, BY_32
    yield "hrnet-v2p-w1", [*BY_32[:2], "--input", "dynamic/128"]
    for opset in range(13, 22):
        yield "hrnet-v2-w1", ["--opset", str(opset), "--input", "64x128"]
    for opset in (13, 17, 21):
        yield "hrnet-v2-w1", ["--opset", str(opset), *ANY]
    yield "hrnet-v2-w1", ["--align-corners", *ANY]
    yield "hrnet-v1-w7", ["--fuse-to-size", *ANY]
    yield "hrnet-v2-w7", ["--external-data"]
    yield "hrnet-w1-trunk", ["--external-data", *BY_32]
    for file in sorted((ROOT / "examples").glob("*.ts")):
        # What writes files is a program, and exports no network.
        if "'heddle/node'" not in file.read_text():
            yield f"./examples/{file.name}", []


def families():
    names = [family["name"] for family in json.loads(heddle("models", "--json"))["families"]]
    return [name.replace("{C}", str(WIDTH.get(name, 1))) for name in names]


def sides(value):
    return [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim]


def sized(model, of):
    """The model without any shape that heddle stated, at a given size of its input."""
    bare = onnx.ModelProto()
    bare.CopyFrom(model)
    del bare.graph.value_info[:]
    for output in bare.graph.output:
        output.type.tensor_type.ClearField("shape")
    for value in bare.graph.input:
        for side in value.type.tensor_type.shape.dim:
            if side.dim_param:
                side.dim_value = of[side.dim_param]
    return bare


def check(path, of):
    """Holds a file to the checker, and the shapes that it states (ceil(height/4)) to those inferred at a size."""
    onnx.checker.check_model(path, full_check=True)
    model = onnx.load(path, load_external_data=False)
    stated = {v.name: v for v in [*model.graph.value_info, *model.graph.output]}
    inferred = shape_inference.infer_shapes(sized(model, of), strict_mode=True, data_prop=True)
    compared = 0
    for value in [*inferred.graph.value_info, *inferred.graph.output]:
        ours, theirs = sides(stated[value.name]), sides(value)
        numbers = [eval(d, {**of, "ceil": ceil, "floor": floor}) if isinstance(d, str) else d for d in ours]
        # ONNX leaves a side open, or names it unk__1, where it cannot follow.
        known = [d if isinstance(d, int) and d > 0 else None for d in theirs]
        if len(numbers) != len(known) or any(k and k != n for n, k in zip(numbers, known)):
            raise ValueError(f"{value.name} is stated as {ours}, and inferred as {theirs}")
        compared += all(known)
    missing = {o for node in model.graph.node for o in node.output} - set(stated)
    if missing:
        raise ValueError(f"no shape is stated of {sorted(missing)[:3]}")
    return model, compared, len(stated)


def main():
    if not CLI.exists():
        sys.exit("dist/ is not there: npm run build")
    failed = 0
    print(f"onnx {onnx.__version__}")
    print(f"{'network':<28}{'options':<44}{'nodes':>6}{'opset':>6}{'shapes inferred':>18}")
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, options) in enumerate(cases()):
            path = str(Path(folder) / f"{number}.onnx")
            row = f"{name:<28}{' '.join(options):<44}"
            try:
                heddle("build", name, *options, "-o", path)
                model, compared, stated = check(path, ODD if options[-1:] == ["dynamic"] else EVEN)
                opset = model.opset_import[0].version
                print(f"{row}{len(model.graph.node):>6}{opset:>6}{f'{compared} of {stated}':>18}  ok")
            except Exception as error:
                failed += 1
                print(f"{row}  FAILED\n  {error}")
            for file in Path(folder).iterdir():
                file.unlink()
    print(f"{number + 1} files, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
