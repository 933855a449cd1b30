"""Writes small nets with the onnx package, and what onnxruntime says to inputs.

FOLDER/NAME/model.onnx, input_0.pb, output_0.pb, and weights beside the model where they lie in a file of their own.
Needs onnx and onnxruntime (scripts/writers/requirements-onnx.txt). Run: python onnx_nets.py FOLDER, and for those that only
onnxruntime runs: python onnx_nets.py testing/models/onnx-runtime scan digits
"""
import gzip
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

random = np.random.default_rng(23)


def weights(*shape):
    return (random.standard_normal(shape) / np.sqrt(max(1, np.prod(shape[1:])))).astype(np.float32)


def held(name, values):
    return numpy_helper.from_array(np.asarray(values), name)


def node(op, inputs, outputs, **attributes):
    return helper.make_node(op, inputs, outputs, name=attributes.pop("name", ""), **attributes)


def net(name, nodes, inits, inputs, outputs, opset=17, ir=8, extra_inputs=()):
    graph = helper.make_graph(nodes, name, [*inputs, *extra_inputs], outputs, inits)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], producer_name="onnx-nets")
    model.ir_version = ir
    onnx.checker.check_model(model)
    return model


def port(name, shape, kind=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, kind, shape)


def cnn():
    """Convolutions of all kinds, a normalization, paddings that are computed, a residual."""
    inits = [
        held("stem.weight", weights(8, 1, 3, 3)), held("stem.bias", weights(8)),
        held("norm.scale", 1 + 0.1 * weights(8)), held("norm.offset", weights(8)),
        held("norm.mean", 0.1 * weights(8)), held("norm.variance", np.abs(weights(8)) + 0.5),
        held("depth.weight", weights(8, 1, 3, 3)), held("point.weight", weights(8, 8, 1, 1)), held("point.bias", weights(8)),
        held("grouped.weight", weights(12, 4, 3, 3)), held("fc.weight", weights(10, 12)), held("fc.bias", weights(10)),
        held("pads", np.array([0, 0, 0, 0, 0, 0, 1, 1], np.int64)),
    ]
    nodes = [
        node("Conv", ["image", "stem.weight", "stem.bias"], ["a"], pads=[1, 1, 1, 1], kernel_shape=[3, 3]),
        node("BatchNormalization", ["a", "norm.scale", "norm.offset", "norm.mean", "norm.variance"], ["b"], epsilon=1e-3),
        node("Relu", ["b"], ["c"]),
        node("Pad", ["c", "pads"], ["d"]),
        node("Conv", ["d", "depth.weight"], ["e"], group=8, strides=[2, 2]),
        node("Clip", ["e", "", "six"], ["f"]),
        node("Conv", ["f", "point.weight", "point.bias"], ["g"], auto_pad="VALID"),
        node("MaxPool", ["c"], ["h"], kernel_shape=[2, 2], strides=[2, 2]),
        node("Add", ["g", "h"], ["i"]),
        node("Conv", ["i", "grouped.weight"], ["j"], group=2, auto_pad="SAME_UPPER", strides=[2, 2], dilations=[1, 1]),
        node("LeakyRelu", ["j"], ["k"], alpha=0.1),
        node("AveragePool", ["k"], ["l"], kernel_shape=[2, 2], pads=[1, 1, 0, 0]),
        node("GlobalAveragePool", ["l"], ["m"]),
        node("Flatten", ["m"], ["n"]),
        node("Gemm", ["n", "fc.weight", "fc.bias"], ["o"], transB=1),
        node("Softmax", ["o"], ["classes"]),
    ]
    inits.append(held("six", np.float32(6)))
    model = net("cnn", nodes, inits, [port("image", ["batch", 1, 12, 12])], [port("classes", ["batch", 10])])
    return model, {"image": random.standard_normal((5, 1, 12, 12)).astype(np.float32)}


def old():
    """Opset 7, IR 3: initializers are inputs too, axes and bounds are attributes; the shape is computed."""
    inits = [held("w", weights(4, 1, 3, 3)), held("v", weights(64, 6)), held("u", weights(6)), held("zero", np.array(0, np.int64)), held("rest", np.array([-1], np.int64))]
    nodes = [
        node("Conv", ["x", "w"], ["a"], pads=[1, 1, 1, 1]),
        node("Clip", ["a"], ["b"], min=0.0, max=4.0),
        node("Upsample", ["b"], ["c"], scales=[1.0, 1.0, 2.0, 2.0], mode="nearest"),
        node("MaxPool", ["c"], ["d"], kernel_shape=[2, 2], strides=[2, 2]),
        node("Shape", ["d"], ["e"]),
        node("Gather", ["e", "zero"], ["f"], axis=0),
        node("Unsqueeze", ["f"], ["g"], axes=[0]),
        node("Concat", ["g", "rest"], ["h"], axis=0),
        node("Reshape", ["d", "h"], ["i"]),
        node("MatMul", ["i", "v"], ["j"]),
        node("Add", ["j", "u"], ["k"]),
        node("Softmax", ["k"], ["y"], axis=1),
    ]
    extra = [helper.make_tensor_value_info(one.name, one.data_type, list(one.dims)) for one in inits]
    model = net("old", nodes, inits, [port("x", ["n", 1, 4, 4])], [port("y", ["n", 6])], opset=7, ir=3, extra_inputs=extra)
    return model, {"x": random.standard_normal((3, 1, 4, 4)).astype(np.float32)}


def attention():
    """One block of a transformer as exporters write it, weights in Constant nodes and as halves."""
    d, h, n = 16, 2, 6
    nodes, inits = [], []

    def constant(name, values):
        nodes.append(helper.make_node("Constant", [], [name], value=held("", values)))
        return name

    table = constant("table", weights(20, d))
    positions = held("positions", weights(1, n, d).astype(np.float16))
    inits += [positions, held("heads", np.array([0, -1, h, d // h], np.int64)), held("whole", np.array([0, 0, d], np.int64)), held("root", np.float32(np.sqrt(d / h))), held("last", np.array(-1, np.int64))]
    nodes += [node("Gather", [table, "tokens"], ["e"]), node("Cast", ["positions"], ["p"], to=TensorProto.FLOAT), node("Add", ["e", "p"], ["x"])]
    inits += [held("ln.w", 1 + 0.1 * weights(d)), held("ln.b", weights(d))]
    nodes.append(node("LayerNormalization", ["x", "ln.w", "ln.b"], ["z"], axis=-1))
    for part, perm in (("q", [0, 2, 1, 3]), ("k", [0, 2, 3, 1]), ("v", [0, 2, 1, 3])):
        inits += [held(part + ".w", weights(d, d)), held(part + ".b", weights(d))]
        nodes += [
            node("MatMul", ["z", part + ".w"], [part + "1"]), node("Add", [part + ".b", part + "1"], [part + "2"]),
            node("Reshape", [part + "2", "heads"], [part + "3"]), node("Transpose", [part + "3"], [part + "4"], perm=perm),
        ]
    inits += [held("o.w", weights(d, d)), held("f.w", weights(d, d)), held("two", np.float32(np.sqrt(2))), held("one", np.float32(1)), held("half", np.float32(0.5)), held("c.w", weights(d, 4)), held("mask", np.array([[0, 0, 0, 0, 0, -np.inf]], np.float32))]
    nodes += [
        node("MatMul", ["q4", "k4"], ["s1"]), node("Div", ["s1", "root"], ["s2"]), node("Add", ["s2", "mask"], ["s3"]), node("Softmax", ["s3"], ["s4"], axis=-1),
        node("MatMul", ["s4", "v4"], ["a1"]), node("Transpose", ["a1"], ["a2"], perm=[0, 2, 1, 3]), node("Reshape", ["a2", "whole"], ["a3"]),
        node("MatMul", ["a3", "o.w"], ["a4"]), node("Add", ["x", "a4"], ["r"]), node("MatMul", ["r", "f.w"], ["g1"]),
        node("Div", ["g1", "two"], ["g2"]), node("Erf", ["g2"], ["g3"]), node("Add", ["g3", "one"], ["g4"]), node("Mul", ["g1", "g4"], ["g5"]), node("Mul", ["g5", "half"], ["g6"]),
        node("Gather", ["g6", "last"], ["t"], axis=1), node("MatMul", ["t", "c.w"], ["y"]),
    ]
    model = net("attention", nodes, inits, [port("tokens", ["batch", n], TensorProto.INT64)], [port("y", ["batch", 4])])
    return model, {"tokens": random.integers(0, 20, (4, n))}


def outside():
    """Weights in a file beside the model, and typed fields in place of raw bytes."""
    inits = [held("w", weights(32, 24)), held("v", weights(24, 3))]
    typed = helper.make_tensor("b", TensorProto.FLOAT, [24], weights(24).tolist())
    shape = helper.make_tensor("to", TensorProto.INT64, [2], [-1, 32])
    nodes = [node("Reshape", ["x", "to"], ["r"]), node("MatMul", ["r", "w"], ["a"]), node("Add", ["a", "b"], ["c"]), node("Tanh", ["c"], ["d"]), node("MatMul", ["d", "v"], ["y"])]
    model = net("outside", nodes, [*inits, typed, shape], [port("x", ["n", 4, 8])], [port("y", ["n", 3])])
    return model, {"x": random.standard_normal((3, 4, 8)).astype(np.float32)}


def single():
    """As torch exports it from one example: every shape says one sample, a token of a class is a constant of one, and heads are
    batches of a product. Its samples are run one by one."""
    d, h, n = 8, 2, 10
    shapes = {"rows": [1, d, -1], "split": [1, n, h, d // h], "heads": [h, n, d // h], "apart": [1, h, n, d // h], "joined": [1, n, d], "flat": [1, -1]}
    inits = [held("to." + name, np.array(shape, np.int64)) for name, shape in shapes.items()]
    inits += [
        held("patch.weight", weights(d, 1, 2, 2)), held("patch.bias", weights(d)), held("class", weights(1, 1, d)), held("position", weights(1, n, d)),
        held("norm.scale", 1 + 0.1 * weights(d)), held("norm.offset", weights(d)), held("norm.mean", 0.1 * weights(d)), held("norm.variance", np.abs(weights(d)) + 0.5),
        held("first", np.array(0, np.int64)), held("axes", np.array([1], np.int64)), held("head.weight", weights(4, 2 * d)), held("head.bias", weights(4)),
    ]
    nodes = [
        node("Conv", ["image", "patch.weight", "patch.bias"], ["a"], strides=[2, 2]),
        node("BatchNormalization", ["a", "norm.scale", "norm.offset", "norm.mean", "norm.variance"], ["b"]),
        node("Reshape", ["b", "to.rows"], ["c"]), node("Transpose", ["c"], ["e"], perm=[0, 2, 1]),
        node("Concat", ["class", "e"], ["f"], axis=1), node("Add", ["f", "position"], ["x"]),
    ]
    for part in "qkv":
        inits.append(held(part + ".weight", weights(d, d)))
        nodes += [
            node("MatMul", ["x", part + ".weight"], [part + "1"]), node("Reshape", [part + "1", "to.split"], [part + "2"]),
            node("Transpose", [part + "2"], [part + "3"], perm=[0, 2, 1, 3]), node("Reshape", [part + "3", "to.heads"], [part + "4"]),
        ]
    nodes += [
        node("Transpose", ["k4"], ["k5"], perm=[0, 2, 1]), node("MatMul", ["q4", "k5"], ["s"]), node("Softmax", ["s"], ["t"], axis=-1),
        node("MatMul", ["t", "v4"], ["u"]), node("Reshape", ["u", "to.apart"], ["v"]), node("Transpose", ["v"], ["w"], perm=[0, 2, 1, 3]),
        node("Reshape", ["w", "to.joined"], ["y"]), node("Add", ["x", "y"], ["z"]),
        node("Gather", ["z", "first"], ["token"], axis=1), node("ReduceMean", ["z", "axes"], ["mean"], keepdims=1), node("Reshape", ["mean", "to.flat"], ["flat"]),
        node("Concat", ["token", "flat"], ["both"], axis=1), node("Gemm", ["both", "head.weight", "head.bias"], ["scores"], transB=1),
    ]
    model = net("single", nodes, inits, [port("image", [1, 1, 6, 6])], [port("scores", [1, 4])], opset=18)
    return model, {"image": random.standard_normal((3, 1, 6, 6)).astype(np.float32)}


def sequence():
    """An LSTM that reads both ways, then a GRU that resets after, as torch exports them with batches first."""
    h = 3
    inits = []
    for name, gates, dirs, width in (("lstm", 4, 2, 4), ("gru", 3, 1, 2 * h)):
        inits += [held(name + ".w", weights(dirs, gates * h, width)), held(name + ".r", weights(dirs, gates * h, h)), held(name + ".b", weights(dirs, 2 * gates * h))]
    inits += [held("to", np.array([0, 0, -1], np.int64)), held("zero", np.array([0], np.int64)), held("head.w", weights(2, h)), held("head.b", weights(2))]
    nodes = [
        node("Transpose", ["x"], ["a"], perm=[1, 0, 2]),
        node("LSTM", ["a", "lstm.w", "lstm.r", "lstm.b"], ["b", "bh", "bc"], direction="bidirectional", hidden_size=h),
        node("Transpose", ["b"], ["c"], perm=[0, 2, 1, 3]), node("Reshape", ["c", "to"], ["d"]),
        node("GRU", ["d", "gru.w", "gru.r", "gru.b"], ["", "e"], hidden_size=h, linear_before_reset=1),
        node("Squeeze", ["e", "zero"], ["f"]), node("Gemm", ["f", "head.w", "head.b"], ["y"], transB=1),
    ]
    model = net("sequence", nodes, inits, [port("x", ["n", 5, 4])], [port("y", ["n", 2])])
    return model, {"x": random.standard_normal((3, 5, 4)).astype(np.float32)}


def answers(make, session, inputs):
    if make is not single:
        return session.run(None, inputs)
    (name, samples), = inputs.items()
    each = [session.run(None, {name: sample[None]}) for sample in samples]
    return [np.concatenate(rows) for rows in zip(*each)]


def segments():
    """Pictures of any sides, made smaller and put back to sides that the file computes, as exporters of PyTorch write it."""
    draw = np.random.default_rng(41)
    made = lambda *shape: (draw.standard_normal(shape) / np.sqrt(np.prod(shape[1:]))).astype(np.float32)
    def sides(of, to):
        return [node("Shape", [of], [f"{to}.all"]), node("Slice", [f"{to}.all", "two", "four"], [f"{to}.sides"]),
                node("Shape", [f"{to}.of"], [f"{to}.own"]), node("Slice", [f"{to}.own", "none", "two"], [f"{to}.front"]),
                node("Concat", [f"{to}.front", f"{to}.sides"], [f"{to}.sizes"], axis=0)]
    inits = [held("stem.weight", made(6, 3, 3, 3)), held("deep.weight", made(6, 6, 3, 3)), held("head.weight", made(2, 6, 1, 1)), held("head.bias", made(2)),
             held("none", np.array([0])), held("two", np.array([2])), held("four", np.array([4]))]
    nodes = [
        node("Conv", ["image", "stem.weight"], ["a"], strides=[2, 2], pads=[1, 1, 1, 1]), node("Relu", ["a"], ["wide"]),
        node("Conv", ["wide", "deep.weight"], ["b"], strides=[2, 2], pads=[1, 1, 1, 1]), node("Relu", ["b"], ["up.of"]), *sides("wide", "up"),
        node("Resize", ["up.of", "", "", "up.sizes"], ["up"], mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor"),
        node("Add", ["up", "wide"], ["both"]), node("Conv", ["both", "head.weight", "head.bias"], ["full.of"]), *sides("image", "full"),
        node("Resize", ["full.of", "", "", "full.sizes"], ["classes"], mode="linear", coordinate_transformation_mode="pytorch_half_pixel"),
    ]
    model = net("segments", nodes, inits, [port("image", ["batch", 3, "height", "width"])], [port("classes", ["batch", 2, "height", "width"])])
    return model, {"image": draw.standard_normal((2, 3, 10, 14)).astype(np.float32)}


def places():
    """Attention of opset 23 over places that turn their numbers, and numbers that are put where the largest was."""
    draw = np.random.default_rng(43)
    made = lambda *shape: (draw.standard_normal(shape) / np.sqrt(shape[0])).astype(np.float32)
    angles = np.arange(6)[None, :, None] / np.array([[[1, 10]]])
    inits = [held(f"{name}.weight", made(8, 8)) for name in ("query", "key", "value")]
    inits += [held("cosines", np.cos(angles).astype(np.float32)), held("sines", np.sin(angles).astype(np.float32)), held("head.weight", made(8, 5)),
              held("head.bias", made(5)), held("each", np.array([6, 2])), held("first", np.array([0])), held("last", np.array([1]))]
    turned = lambda name: node("RotaryEmbedding", [name, "cosines.all", "sines.all"], [f"{name}.turned"], num_heads=2)
    nodes = [
        node("Shape", ["x"], ["sides"]), node("Slice", ["sides", "first", "last"], ["batch"]), node("Concat", ["batch", "each"], ["rows"], axis=0),
        *(node("Expand", [name, "rows"], [f"{name}.all"]) for name in ("cosines", "sines")),
        *(node("MatMul", ["x", f"{name}.weight"], [name]) for name in ("query", "key", "value")),
        turned("query"), turned("key"),
        node("Attention", ["query.turned", "key.turned", "value"], ["seen"], q_num_heads=2, kv_num_heads=2, is_causal=1),
        node("ReduceMean", ["seen", "last"], ["mean"], keepdims=0), node("Gemm", ["mean", "head.weight", "head.bias"], ["scores"]),
        node("ArgMax", ["scores"], ["best"], axis=1), node("ReduceSum", ["scores", "last"], ["sum"]),
        node("ScatterElements", ["scores", "best", "sum"], ["classes"], axis=1, reduction="add"),
    ]
    model = net("places", nodes, inits, [port("x", ["batch", 6, 8])], [port("classes", ["batch", 5])], opset=23, ir=10)
    return model, {"x": draw.standard_normal((3, 6, 8)).astype(np.float32)}


def grids():
    """A picture read at places that are learnt from it."""
    draw = np.random.default_rng(47)
    made = lambda *shape: (draw.standard_normal(shape) / np.sqrt(np.prod(shape[1:]))).astype(np.float32)
    base = np.stack(np.meshgrid(np.linspace(-0.9, 1.1, 4), np.linspace(-1.2, 0.8, 5)), -1)[None].astype(np.float32)
    inits = [held("stem.weight", made(4, 2, 3, 3)), held("move.weight", 0.2 * made(2, 4)), held("move.bias", made(2)), held("base", base),
             held("fc.weight", made(3, 80)), held("fc.bias", made(3)), held("to", np.array([-1, 1, 1, 2]))]
    nodes = [
        node("Conv", ["image", "stem.weight"], ["a"], pads=[1, 1, 1, 1]), node("Relu", ["a"], ["b"]), node("GlobalAveragePool", ["b"], ["c"]), node("Flatten", ["c"], ["d"]),
        node("Gemm", ["d", "move.weight", "move.bias"], ["e"], transB=1), node("Reshape", ["e", "to"], ["f"]), node("Add", ["base", "f"], ["grid"]),
        node("GridSample", ["b", "grid"], ["g"], mode="bilinear", padding_mode="zeros", align_corners=0), node("Flatten", ["g"], ["h"]),
        node("Gemm", ["h", "fc.weight", "fc.bias"], ["scores"], transB=1), node("Softmax", ["scores"], ["classes"], axis=-1),
    ]
    model = net("grids", nodes, inits, [port("image", ["batch", 2, 6, 7])], [port("classes", ["batch", 3])])
    return model, {"image": draw.standard_normal((3, 2, 6, 7)).astype(np.float32)}


def scan():
    """A recurrent net as a loop: weights within the loop's own graph, around it, as halves and behind a Cast; two inputs, two outputs."""
    draw = np.random.default_rng(7)
    made = lambda *shape: (draw.standard_normal(shape) / np.sqrt(shape[0])).astype(np.float32)
    body = helper.make_graph(
        [
            node("MatMul", ["step", "inner.weight"], ["a"]), node("MatMul", ["state", "outer.weight"], ["b"]),
            node("Add", ["a", "b"], ["c"]), node("Tanh", ["c"], ["next"]), node("Identity", ["next"], ["said"]),
        ],
        "body", [port("state", ["batch", 8]), port("step", ["batch", 6])], [port("next", ["batch", 8]), port("said", ["batch", 8])],
        [held("inner.weight", made(6, 8))],
    )
    inits = [held("table", made(7, 8)), held("outer.weight", made(8, 8)), held("fc.weight", made(8, 4).astype(np.float16)), held("fc.bias", made(4))]
    nodes = [
        node("Gather", ["table", "code"], ["start"]),
        node("Scan", ["start", "frames"], ["last", "all"], name="loop", body=body, num_scan_inputs=1, scan_input_axes=[1], scan_output_axes=[1]),
        node("Cast", ["fc.weight"], ["fc"], to=TensorProto.FLOAT), node("Gemm", ["last", "fc", "fc.bias"], ["scores"]),
        node("Softmax", ["scores"], ["classes"], axis=-1), node("ArgMax", ["classes"], ["best"], axis=-1, keepdims=0),
    ]
    ins = [port("frames", ["batch", 5, 6]), port("code", ["batch"], TensorProto.INT64)]
    model = net("scan", nodes, inits, ins, [port("classes", ["batch", 4]), port("best", ["batch"], TensorProto.INT64)])
    return model, {"frames": draw.standard_normal((3, 5, 6)).astype(np.float32), "code": np.array([0, 3, 6])}


def digits():
    """Digits of MNIST by the mean of each class, behind an operator of another domain that changes next to nothing."""
    folder = Path(__file__).parents[2] / "public/datasets/mnist"
    images, labels = (np.frombuffer(gzip.open(folder / f"train-{part}.bin").read(), np.uint8) for part in ("images", "labels"))
    images = images.reshape(-1, 784).astype(np.float32) / 255
    means = np.stack([images[labels == digit].mean(0) for digit in range(10)])
    inits = [held("fc.weight", means), held("fc.bias", -0.5 * (means**2).sum(1))]
    nodes = [
        node("QuickGelu", ["image"], ["a"], name="other", domain="com.microsoft", alpha=40.0), node("Flatten", ["a"], ["b"]),
        node("Gemm", ["b", "fc.weight", "fc.bias"], ["c"], transB=1), node("Softmax", ["c"], ["classes"], axis=-1),
    ]
    graph = helper.make_graph(nodes, "digits", [port("image", ["batch", 1, 28, 28])], [port("classes", ["batch", 10])], inits)
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    model = helper.make_model(graph, opset_imports=opsets, producer_name="onnx-nets")
    model.ir_version = 8
    return model, {"image": images[:4].reshape(4, 1, 28, 28)}


def halved(graph):
    """Weights half as large, in all graphs: exact in all types."""
    for weight in graph.initializer:
        weight.CopyFrom(held(weight.name, numpy_helper.to_array(weight) / 2 if weight.data_type in (TensorProto.FLOAT, TensorProto.FLOAT16) else numpy_helper.to_array(weight)))
    for inner in (attribute.g for each in graph.node for attribute in each.attribute if attribute.type == onnx.AttributeProto.GRAPH):
        halved(inner)


def main(folder, *names):
    others = [scan, digits, segments, places, grids]
    for make in [make for make in others if make.__name__ in names] or (cnn, old, attention, outside, single, sequence, segments, places, grids):
        model, inputs = make()
        own = Path(folder) / make.__name__
        own.mkdir(parents=True, exist_ok=True)
        session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        outputs = answers(make, session, inputs)
        for place, value in enumerate(inputs.values()):
            (own / f"input_{place}.pb").write_bytes(numpy_helper.from_array(value).SerializeToString())
        for place, value in enumerate(outputs):
            (own / f"output_{place}.pb").write_bytes(numpy_helper.from_array(value).SerializeToString())
        if make is scan:
            other = onnx.ModelProto()
            other.CopyFrom(model)
            halved(other.graph)
            said = onnxruntime.InferenceSession(other.SerializeToString(), providers=["CPUExecutionProvider"]).run(None, inputs)
            (own / "halved_0.pb").write_bytes(numpy_helper.from_array(said[0]).SerializeToString())
        if make is outside:
            onnx.save_model(model, own / "model.onnx", save_as_external_data=True, location="weights.data", size_threshold=0)
        else:
            (own / "model.onnx").write_bytes(model.SerializeToString())
        print(make.__name__, (own / "model.onnx").stat().st_size)


main(*sys.argv[1:])
