"""Writes small quantized nets, most of them by onnxruntime's own quantizers, and what onnxruntime says to inputs.

FOLDER/NAME/model.onnx, input_0.pb, output_0.pb. Answers are those of its operators one by one: fused, they round in other
places. Needs onnx and onnxruntime (scripts/writers/requirements-onnx.txt). Run: python onnx_quantized_nets.py FOLDER
"""
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static

random = np.random.default_rng(29)
FLOAT = TensorProto.FLOAT
MICROSOFT = helper.make_opsetid("com.microsoft", 1)


def weights(*shape):
    return (random.standard_normal(shape) / np.sqrt(max(1, np.prod(shape[1:])))).astype(np.float32)


def held(name, values):
    return numpy_helper.from_array(np.asarray(values), name)


def packed(name, values, kind):
    """Of less than a byte."""
    return helper.make_tensor(name, kind, values.shape, values.flatten().tolist())


def node(op, inputs, outputs, **attributes):
    return helper.make_node(op, inputs, outputs, **attributes)


def port(name, shape, kind=FLOAT):
    return helper.make_tensor_value_info(name, kind, shape)


def net(name, nodes, inits, inputs, outputs, opset=21, sparse=()):
    graph = helper.make_graph(nodes, name, inputs, outputs, inits)
    graph.sparse_initializer.extend(sparse)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset), MICROSOFT], producer_name="onnx-nets")
    model.ir_version = 10
    return model


def pictures():
    """Convolutions with and without a bias, one of them depthwise, a residual, pools and a product."""
    inits = [
        held("stem.weight", weights(8, 1, 3, 3)), held("stem.bias", weights(8)),
        held("depth.weight", weights(8, 1, 3, 3)), held("depth.bias", weights(8)),
        held("point.weight", weights(8, 8, 1, 1)), held("point.bias", weights(8)),
        held("fc.weight", weights(8, 10)), held("fc.bias", weights(10)),
    ]
    nodes = [
        node("Conv", ["image", "stem.weight", "stem.bias"], ["a"], pads=[1, 1, 1, 1]),
        node("Relu", ["a"], ["b"]),
        node("MaxPool", ["b"], ["c"], kernel_shape=[2, 2], strides=[2, 2]),
        node("Conv", ["c", "depth.weight", "depth.bias"], ["d"], group=8, pads=[1, 1, 1, 1]),
        node("Relu", ["d"], ["e"]),
        node("Conv", ["e", "point.weight", "point.bias"], ["f"]),
        node("Add", ["f", "c"], ["g"]),
        node("GlobalAveragePool", ["g"], ["h"]),
        node("Flatten", ["h"], ["i"]),
        node("Gemm", ["i", "fc.weight", "fc.bias"], ["j"]),
        node("Softmax", ["j"], ["classes"], axis=1),
    ]
    model = net("pictures", nodes, inits, [port("image", ["batch", 1, 10, 10])], [port("classes", ["batch", 10])], opset=17)
    model.ir_version = 8
    return model


class Pictures(CalibrationDataReader):
    def __init__(self):
        self.left = iter([{"image": random.standard_normal((4, 1, 10, 10)).astype(np.float32)} for _ in range(4)])

    def get_next(self):
        return next(self.left, None)


def by_onnxruntime(quantize):
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder) / "before.onnx", Path(folder) / "after.onnx"
        onnx.save_model(pictures(), before)
        quantize(before, after)
        model = onnx.load(after)
    return model, {"image": random.standard_normal((5, 1, 10, 10)).astype(np.float32)}


def qdq_channels():
    """A scale for each filter."""
    return by_onnxruntime(lambda a, b: quantize_static(a, b, Pictures(), quant_format=QuantFormat.QDQ, per_channel=True, weight_type=QuantType.QInt8, activation_type=QuantType.QUInt8))


def qdq_tensors():
    """One scale for each weight, activations with a sign."""
    return by_onnxruntime(lambda a, b: quantize_static(a, b, Pictures(), quant_format=QuantFormat.QDQ, weight_type=QuantType.QInt8, activation_type=QuantType.QInt8))


def qoperator():
    """Operators on codes: QLinearConv, QLinearAdd, QLinearGlobalAveragePool, QGemm, QLinearSoftmax."""
    return by_onnxruntime(lambda a, b: quantize_static(a, b, Pictures(), quant_format=QuantFormat.QOperator, weight_type=QuantType.QUInt8, activation_type=QuantType.QUInt8))


def dynamic():
    """DynamicQuantizeLinear, ConvInteger, MatMulInteger."""
    return by_onnxruntime(lambda a, b: quantize_dynamic(a, b, weight_type=QuantType.QInt8))


def bits(rows, length, width, block, zeros):
    """Codes, scales and zero points as MatMulNBits has them."""
    count = -(-length // block)
    codes = random.integers(0, 2**width, (rows, count, block))
    per_byte = 8 // width
    shifts = width * np.arange(per_byte)
    joined = (codes.reshape(rows, count, -1, per_byte) << shifts).sum(-1).astype(np.uint8)
    scales = ((np.abs(random.standard_normal((rows, count))) + 0.5) / (2**width * np.sqrt(length))).astype(np.float32)
    if not zeros:
        return joined, scales.flatten(), None
    points = random.integers(0, 2**width, (rows, -(-count // per_byte) * per_byte))
    points[:, count:] = 0
    packed_points = (points.reshape(rows, -1, per_byte) << shifts).sum(-1).astype(np.uint8)
    return joined, scales.flatten(), packed_points


def words():
    """Tables and matrices of 2, 4 and 8 bits in blocks, weights that are rounded as they run, zeros that are not stored."""
    nodes, inits = [], []
    inits += [
        held("table.codes", random.integers(0, 256, (12, 20)).astype(np.uint8)), held("table.scale", (np.abs(weights(12, 3)) + 0.02)),
        held("table.zero", random.integers(0, 256, (12, 2)).astype(np.uint8)),
    ]
    nodes.append(node("GatherBlockQuantized", ["table.codes", "tokens", "table.scale", "table.zero"], ["x0"], domain="com.microsoft", gather_axis=0, quantize_axis=1, block_size=16, bits=4))
    before, length = "x0", 40
    for at, (width, block, zeros, rows) in enumerate([(4, 16, True, 24), (8, 16, False, 24), (2, 32, True, 24), (4, 32, False, 16)]):
        codes, scales, points = bits(rows, length, width, block, zeros)
        name = f"matrix{at}"
        inits += [held(name, codes), held(name + ".scale", scales)]
        inputs = [before, name, name + ".scale"]
        if zeros:
            inits.append(held(name + ".zero", points))
            inputs.append(name + ".zero")
        nodes.append(node("MatMulNBits", inputs, [f"y{at}"], domain="com.microsoft", K=length, N=rows, bits=width, block_size=block))
        nodes.append(node("Tanh", [f"y{at}"], [f"x{at + 1}"]))
        before, length = f"x{at + 1}", rows
    inits += [
        packed("blocked.codes", random.integers(-8, 8, (16, 12)), TensorProto.INT4), held("blocked.scale", np.abs(weights(4, 12)) + 0.02),
        packed("columns.codes", random.integers(0, 16, (12, 10)), TensorProto.UINT4), held("columns.scale", np.abs(weights(10)) + 0.02),
        packed("columns.zero", random.integers(0, 16, (10,)), TensorProto.UINT4),
        held("rounded", weights(10, 8)), held("rounded.scale", np.float32(0.01)), held("rounded.zero", np.int8(0)),
        held("whole.codes", random.integers(0, 256, (8, 20)).astype(np.uint8)), held("whole.scale", np.float32(0.004)), held("whole.zero", np.uint8(128)),
        held("bias.codes", random.integers(-500, 500, (20,)).astype(np.int32)), held("bias.scale", np.float32(0.001)),
    ]
    places = np.sort(random.choice(100, 30, replace=False))
    sparse = [
        helper.make_sparse_tensor(held("flat", weights(30)), held("flat.places", places.astype(np.int64)), [20, 5]),
        helper.make_sparse_tensor(held("paired", weights(4)), held("paired.places", np.array([[0, 1], [2, 0], [2, 3], [4, 2]], np.int64)), [5, 4]),
    ]
    nodes += [
        node("DequantizeLinear", ["blocked.codes", "blocked.scale"], ["blocked"], axis=0, block_size=4),
        node("MatMul", [before, "blocked"], ["z0"]),
        node("DequantizeLinear", ["columns.codes", "columns.scale", "columns.zero"], ["columns"], axis=1),
        node("MatMul", ["z0", "columns"], ["z1"]),
        node("QuantizeLinear", ["rounded", "rounded.scale", "rounded.zero"], ["rounded.q"]),
        node("DequantizeLinear", ["rounded.q", "rounded.scale", "rounded.zero"], ["rounded.dq"]),
        node("MatMul", ["z1", "rounded.dq"], ["z2"]),
        node("DequantizeLinear", ["whole.codes", "whole.scale", "whole.zero"], ["whole"]),
        node("MatMul", ["z2", "whole"], ["z3"]),
        node("DequantizeLinear", ["bias.codes", "bias.scale"], ["bias"]),
        node("Add", ["z3", "bias"], ["z4"]),
        node("MatMul", ["z4", "flat"], ["z5"]),
        node("MatMul", ["z5", "paired"], ["y"]),
    ]
    model = net("words", nodes, inits, [port("tokens", ["batch", 6], TensorProto.INT64)], [port("y", ["batch", 6, 4])], sparse=sparse)
    return model, {"tokens": random.integers(0, 12, (4, 6))}


def main(folder):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    for make in (qdq_channels, qdq_tensors, qoperator, dynamic, words):
        model, inputs = make()
        own = Path(folder) / make.__name__.replace("_", "-")
        own.mkdir(parents=True, exist_ok=True)
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        outputs = session.run(None, inputs)
        fused = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"]).run(None, inputs)
        for place, value in enumerate(inputs.values()):
            (own / f"input_{place}.pb").write_bytes(numpy_helper.from_array(value).SerializeToString())
        for place, value in enumerate(outputs):
            (own / f"output_{place}.pb").write_bytes(numpy_helper.from_array(value).SerializeToString())
        (own / "model.onnx").write_bytes(model.SerializeToString())
        print(own.name, (own / "model.onnx").stat().st_size, sorted({one.op_type for one in model.graph.node}), np.abs(outputs[0] - fused[0]).max())


main(sys.argv[1])
