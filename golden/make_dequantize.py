"""Writes dequantize.json: what ONNX Runtime restores from codes, scales and zero points.

Codes and parameters follow from the generator below, which the test repeats, so the file holds hashes of
the restored float32 bytes instead of the values. Nothing here calls or copies the code under test.

    python3 -m pip install numpy onnx onnxruntime && python3 golden/make_dequantize.py
"""

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

HERE = Path(__file__).parent
ROWS, CHANNELS = 1024, 128
# Shape, the axis that blocks of 16 run along: HWIO, OIHW, depthwise, dense, HWOI, all with 20 inputs.
BLOCK = 16
BLOCKED = [([3, 3, 20, 8], 2), ([8, 20, 3, 3], 1), ([3, 3, 20, 2], 2), ([20, 10], 0), ([3, 3, 8, 20], 3)]


class Generator:
    """x <- 1664525 x + 1013904223 modulo 2^32; the upper bits are handed out."""

    def __init__(self, seed):
        self.state = seed

    def below(self, limit, count):
        out = np.empty(count, dtype=np.int64)
        for i in range(count):
            self.state = (1664525 * self.state + 1013904223) % 2**32
            out[i] = (self.state >> 8) * limit >> 24
        return out


def parameters(generator, bits, count):
    """Scales with a full mantissa between 2^-10 and 2^-3, and every kind of whole zero point."""
    mantissa = generator.below(2**23, count)
    exponent = 117 + generator.below(7, count)
    scale = ((exponent << 23) | mantissa).astype("<u4").view("<f4")
    return scale, generator.below(2**bits, count)


def dequantize(codes, scale, zero_point, kind, **attributes):
    types = {"uint8": TensorProto.UINT8, "uint16": TensorProto.UINT16}
    node = helper.make_node("DequantizeLinear", ["x", "s", "z"], ["y"], **attributes)
    graph = helper.make_graph(
        [node], "g",
        [helper.make_tensor_value_info("x", types[kind], codes.shape),
         helper.make_tensor_value_info("s", TensorProto.FLOAT, scale.shape),
         helper.make_tensor_value_info("z", types[kind], zero_point.shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, codes.shape)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    session = onnxruntime.InferenceSession(model.SerializeToString(),
                                           providers=["CPUExecutionProvider"])
    (restored,) = session.run(None, {"x": codes.astype(kind), "s": scale,
                                     "z": np.asarray(zero_point, kind)})
    return restored


def digest(array):
    # -0 and 0 are the same weight.
    return hashlib.sha256((array + np.float32(0)).astype("<f4").tobytes()).hexdigest()


def make():
    cases = []
    for bits in range(2, 17):
        for granularity, count in (("perTensor", 1), ("perChannel", CHANNELS)):
            seed = 1000 * bits + count
            generator = Generator(seed)
            scale, zero_point = parameters(generator, bits, count)
            codes = generator.below(2**bits, ROWS * CHANNELS).reshape(ROWS, CHANNELS)
            kind = "uint8" if bits <= 8 else "uint16"
            if count == 1:
                restored = dequantize(codes, scale.reshape(()), zero_point.reshape(()), kind)
            else:
                restored = dequantize(codes, scale, zero_point, kind, axis=1)
            cases.append({"bits": bits, "granularity": granularity, "seed": seed,
                          "restored": digest(restored)})
    blocked = []
    for index, (shape, axis) in enumerate(BLOCKED):
        for bits in (3, 8, 12):
            seed = 7 + 100 * index + bits
            generator = Generator(seed)
            scales = [*shape[:axis], -(-shape[axis] // BLOCK), *shape[axis + 1:]]
            count = int(np.prod(scales))
            scale, zero_point = parameters(generator, bits, count)
            codes = generator.below(2**bits, int(np.prod(shape))).reshape(shape)
            restored = dequantize(codes, scale.reshape(scales), zero_point.reshape(scales),
                                  "uint8" if bits <= 8 else "uint16", axis=axis, block_size=BLOCK)
            blocked.append({"bits": bits, "shape": shape, "axis": axis, "block": BLOCK, "seed": seed,
                            "groups": count, "restored": digest(restored)})
    head = {"onnxruntime": onnxruntime.__version__, "onnx": onnx.__version__,
            "numpy": np.__version__, "rows": ROWS, "channels": CHANNELS}
    text = json.dumps({**head, "cases": cases, "blocked": blocked}, separators=(",", ":")).replace("},{", "},\n{")
    (HERE / "dequantize.json").write_text(text + "\n")


make()
