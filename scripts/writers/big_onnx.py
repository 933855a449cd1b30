"""Writes VGG16 at its own size with random weights as ONNX: big_onnx.py FOLDER.

FOLDER/vgg16.onnx in one file and FOLDER/vgg16-outside.onnx with its weights in FOLDER/vgg16-outside.onnx.data, as torch names and
orders them; beside each an .onnx.json: the SHA-256 of each weight's numbers (little-endian float32) by its name. Nothing is fetched.
Needs scripts/writers/requirements-onnx.txt.
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

blocks = [[64, 64], [128, 128], [256, 256, 256], [512, 512, 512], [512, 512, 512]]
random = np.random.default_rng(16)
inits, nodes = [], []


def weight(name, *shape):
    """Kernels by He, so that nothing explodes."""
    if len(shape) > 1:
        values = random.standard_normal(shape, dtype=np.float32) * np.float32(np.sqrt(2 / np.prod(shape[1:])))
    else:
        values = random.normal(0, 0.05, shape).astype(np.float32)
    inits.append(numpy_helper.from_array(values, name))
    return name


def node(op, inputs, output, **attributes):
    nodes.append(helper.make_node(op, inputs, [output], name=output, **attributes))
    return output


value, channels, at = "image", 3, 0
for block, widths in enumerate(blocks):
    for width in widths:
        kernel = [weight(f"features.{at}.weight", width, channels, 3, 3), weight(f"features.{at}.bias", width)]
        value = node("Conv", [value, *kernel], f"conv_{at}", kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[1, 1])
        value = node("Relu", [value], f"relu_{at}")
        channels, at = width, at + 2
    value = node("MaxPool", [value], f"pool_{block}", kernel_shape=[2, 2], strides=[2, 2])
    at += 1
value = node("Flatten", [value], "flat", axis=1)
for place, (width, given) in enumerate(((4096, 25088), (4096, 4096), (1000, 4096))):
    dense = [weight(f"classifier.{3 * place}.weight", width, given), weight(f"classifier.{3 * place}.bias", width)]
    value = node("Gemm", [value, *dense], f"dense_{place}", transB=1)
    value = node("Relu" if place < 2 else "Softmax", [value], "classes" if place == 2 else f"dense_relu_{place}")

inputs = [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 3, 224, 224])]
outputs = [helper.make_tensor_value_info("classes", TensorProto.FLOAT, ["batch", 1000])]
graph = helper.make_graph(nodes, "vgg16", inputs, outputs, inits)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], producer_name="big-onnx")
model.ir_version = 9

root = Path(sys.argv[1])
root.mkdir(parents=True, exist_ok=True)
told = {
    one.name: {"shape": list(one.dims), "sha256": hashlib.sha256(one.raw_data).hexdigest()} for one in inits
}
facts = {"onnx": onnx.__version__, "parameters": sum(int(np.prod(one["shape"])) for one in told.values()), "weights": told}
for name in ("vgg16", "vgg16-outside"):
    (root / f"{name}.onnx.json").write_text(json.dumps(facts, indent=1))
onnx.save_model(model, root / "vgg16.onnx")
outside = root / "vgg16-outside.onnx"
(root / f"{outside.name}.data").unlink(missing_ok=True)
onnx.save_model(model, outside, save_as_external_data=True, location=f"{outside.name}.data")
