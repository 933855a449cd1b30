"""Holds files with codes of activations against those of onnxruntime's quantizer: check_onnx_integers.py NAME DATASET IMAGES FOLDER.

Prints for each file its bytes, right answers of all test images with onnxruntime's fusions, CPU seconds of one thread, and which
operators are left. Ends with 1 where a file is refused, has fewer right answers than 30 of 10,000 below those of the quantizer with
the same kind of range and type, or is longer than its file.
"""

import collections
import contextlib
import gzip
import io
import pathlib
import sys
import time

import numpy as np
import onnx
import onnxruntime
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType
from onnxruntime.quantization import quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

name, dataset, images, told = sys.argv[1:]
folder = pathlib.Path(told)


def read(split):
    parts = [
        np.frombuffer(gzip.decompress(pathlib.Path(f"public/datasets/{dataset}/{split}-{part}.bin").read_bytes()), np.uint8)
        for part in ("images", "labels")
    ]
    return parts[0].reshape(-1, 784).astype(np.float32) / np.float32(255), parts[1]


pixels, labels = read("test")
shown = read("calibration")[0][: int(images)]


def measured(path):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    options.optimized_model_filepath = str(folder / "fused.onnx")
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    session = onnxruntime.InferenceSession(str(path), options)
    port = session.get_inputs()[0]
    right, began = 0, time.process_time()
    for start in range(0, len(pixels), 500):
        given = pixels[start : start + 500].reshape(-1, *port.shape[1:])
        right += int((session.run(None, {port.name: given})[0].argmax(1) == labels[start : start + 500]).sum())
    seconds = time.process_time() - began
    left = collections.Counter(node.op_type for node in onnx.load(folder / "fused.onnx").graph.node)
    return right, seconds, left


class Shown(CalibrationDataReader):
    def __init__(self, port):
        sides = [side.dim_value for side in port.type.tensor_type.shape.dim][1:]
        self.batches = iter({port.name: shown[at : at + 16].reshape(-1, *sides)} for at in range(0, len(shown), 16))

    def get_next(self):
        return next(self.batches, None)


def tell(kind, path):
    onnx.checker.check_model(str(path), full_check=True)
    right, seconds, left = measured(path)
    size = path.stat().st_size
    most = ", ".join(f"{count} {op}" for op, count in sorted(left.items()))
    print(f"{name} | {kind} | {size} | {right} | {seconds:.2f} | {most}", flush=True)
    return size, right


original = folder / f"{name}.onnx"
tell("float32", original)
prepared = folder / f"{name}.prepared.onnx"
quant_pre_process(str(original), str(prepared), skip_symbolic_shape=True)
failed = False
methods = {"minMax": CalibrationMethod.MinMax, "percentile": CalibrationMethod.Percentile, "entropy": CalibrationMethod.Entropy}
for kind in ("minMax", "percentile", "error", "entropy"):
    for code, type_of in (("uint8", QuantType.QUInt8), ("int8", QuantType.QInt8)):
        size, right = tell(f"studio {kind} {code}", folder / f"{name}.ours-{kind}-{code}.onnx")
        if kind not in methods:
            continue
        theirs = folder / f"{name}.theirs.onnx"
        with contextlib.redirect_stdout(io.StringIO()):
            quantize_static(
                str(prepared),
                str(theirs),
                Shown(onnx.load(prepared).graph.input[0]),
                quant_format=QuantFormat.QDQ,
                per_channel=True,
                activation_type=type_of,
                weight_type=QuantType.QInt8,
                calibrate_method=methods[kind],
            )
        their_size, their_right = tell(f"quantize_static {kind} {code}", theirs)
        failed = failed or size > their_size or right < their_right - 30
sys.exit(1 if failed else 0)
