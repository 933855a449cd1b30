"""Writes small nets by stock exporters of ONNX, and what onnxruntime says to inputs: onnx_zoo.py torch|sklearn|keras|hand FOLDER.

FOLDER/NAME/model.onnx, weights beside it where the exporter puts them there, input_N.pb, output_N.pb. `torch` needs
scripts/writers/requirements-torch.txt, `sklearn` skl2onnx 1.20.0, `keras` tf_keras and tf2onnx 1.17.0, `hand` onnx alone.
"""
import sys
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

warnings.filterwarnings("ignore")
random = np.random.default_rng(31)
root = Path(sys.argv[2])


def real(*shape):
    return random.standard_normal(shape).astype(np.float32)


def record(folder, inputs):
    """What onnxruntime says, beside the model."""
    session = onnxruntime.InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])
    names = [one.name for one in session.get_inputs()]
    outputs = session.run(None, dict(zip(names, inputs, strict=True)))
    for side, values in (("input", inputs), ("output", outputs)):
        for place, value in enumerate(values):
            if isinstance(value, np.ndarray) and value.dtype.kind in "fiub":
                (folder / f"{side}_{place}.pb").write_bytes(numpy_helper.from_array(value).SerializeToString())
    print(folder.name, (folder / "model.onnx").stat().st_size)


def made(name):
    folder = root / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def torch_nets():
    import torch
    from torch import nn
    from torch.nn import functional as F

    torch.manual_seed(31)

    class Residual(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem, self.norm = nn.Conv2d(3, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8)
            self.a, self.b, self.down = nn.Conv2d(8, 16, 3, 2, 1), nn.Conv2d(16, 16, 3, 1, 1), nn.Conv2d(8, 16, 1, 2)
            self.head = nn.Linear(16, 5)

        def forward(self, x):
            x = F.relu(self.norm(self.stem(x)))
            x = F.relu(self.b(F.relu(self.a(x))) + self.down(x))
            return F.softmax(self.head(F.adaptive_avg_pool2d(x, 1).flatten(1)), -1)

    class Mobile(nn.Module):
        def __init__(self):
            super().__init__()
            self.wide, self.deep = nn.Conv2d(4, 16, 1), nn.Conv2d(16, 16, 5, padding=2, groups=16)
            self.squeeze, self.excite, self.narrow = nn.Conv2d(16, 4, 1), nn.Conv2d(4, 16, 1), nn.Conv2d(16, 4, 1)

        def forward(self, x):
            y = F.hardswish(self.deep(F.relu6(self.wide(x))))
            scale = F.hardsigmoid(self.excite(F.silu(self.squeeze(y.mean((2, 3), keepdim=True)))))
            return x + self.narrow(y * scale)

    class Auto(nn.Module):
        def __init__(self):
            super().__init__()
            self.down, self.up = nn.Conv2d(2, 6, 3, 2, 1), nn.ConvTranspose2d(6, 2, 4, 2, 1)
            self.grouped = nn.ConvTranspose2d(6, 6, 3, 1, 1, groups=3)

        def forward(self, x):
            return torch.sigmoid(self.up(F.leaky_relu(self.grouped(F.elu(self.down(x))), 0.2)))

    class Sequence(nn.Module):
        def __init__(self, kind):
            super().__init__()
            self.cells = (nn.LSTM if kind == "lstm" else nn.GRU)(5, 7, batch_first=True, bidirectional=kind == "gru")
            self.head = nn.Linear(14 if kind == "gru" else 7, 3)

        def forward(self, x):
            return self.head(self.cells(x)[0][:, -1])

    class Tokens(nn.Module):
        def __init__(self):
            super().__init__()
            self.table = nn.Embedding(30, 16)
            self.block = nn.TransformerEncoderLayer(16, 2, 24, 0.0, "gelu", batch_first=True, norm_first=True)
            self.head = nn.Linear(16, 4)

        def forward(self, tokens):
            return self.head(self.block(self.table(tokens)).mean(1))

    class Picture(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.norm, self.b = nn.Conv2d(3, 8, 3), nn.GroupNorm(4, 8), nn.Conv2d(8, 12, 3, dilation=2)
            self.slope, self.instance = nn.PReLU(12), nn.InstanceNorm2d(12, affine=True)

        def forward(self, x):
            x = F.silu(self.norm(self.a(F.pad(x, (1, 2, 1, 2), mode="reflect"))))
            x = self.instance(self.slope(self.b(F.interpolate(x, scale_factor=2, mode="nearest"))))
            x = F.interpolate(x, size=(10, 10), mode="bilinear", align_corners=False)
            return F.avg_pool2d(F.pixel_shuffle(x, 2), 3, 2, 1)

    class Pair(nn.Module):
        def __init__(self):
            super().__init__()
            self.left, self.right, self.one, self.two = nn.Linear(4, 6), nn.Conv1d(2, 6, 3), nn.Linear(12, 3), nn.Linear(12, 1)

        def forward(self, row, signal):
            both = torch.cat([torch.tanh(self.left(row)), F.gelu(self.right(signal)).amax(-1)], 1)
            return torch.log_softmax(self.one(both), -1), torch.exp(self.two(both))

    class Space(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.head = nn.Conv3d(1, 4, 3, padding=1), nn.Linear(32, 2)

        def forward(self, x):
            return self.head(F.max_pool3d(F.softplus(self.a(x)), 3).flatten(1))

    class Rows(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm, self.a, self.b = nn.LayerNorm(10), nn.Linear(10, 20), nn.Linear(20, 10)

        def forward(self, x):
            y = self.b(F.gelu(self.a(self.norm(x)), approximate="tanh"))
            top, place = torch.topk(x + y, 3)
            return top, torch.where(x > 0, x, y).cumsum(1), torch.einsum("bi,bj->bij", top, top)

    nets = {
        "residual": (Residual(), [real(2, 3, 16, 16)]), "mobile": (Mobile(), [real(2, 4, 9, 9)]),
        "auto": (Auto(), [real(2, 2, 8, 8)]), "lstm": (Sequence("lstm"), [real(2, 6, 5)]),
        "gru": (Sequence("gru"), [real(2, 6, 5)]), "tokens": (Tokens(), [random.integers(0, 30, (2, 6))]),
        "picture": (Picture(), [real(2, 3, 8, 8)]), "pair": (Pair(), [real(2, 4), real(2, 2, 9)]),
        "space": (Space(), [real(2, 1, 6, 6, 6)]), "rows": (Rows(), [real(2, 10)]),
    }

    def export(name, net, inputs, train=False, **options):
        folder = made(name)
        try:
            net.train() if train else net.eval()
            torch.onnx.export(net, tuple(torch.from_numpy(one) for one in inputs), folder / "model.onnx", **options)
            record(folder, inputs)
        except Exception as error:  # what an exporter cannot write is no file of the wild
            print(name, "is not written:", str(error).splitlines()[0][:120])
            (folder / "model.onnx").unlink(missing_ok=True)

    for name, (net, inputs) in nets.items():
        axes = {f"x{at}": {0: "batch"} for at in range(len(inputs))}
        export(f"{name}.torchscript", net, inputs, dynamo=False, input_names=list(axes), dynamic_axes=axes, opset_version=17)
        batch = torch.export.Dim("batch")
        export(f"{name}.dynamo", net, inputs, dynamo=True, external_data=False, dynamic_shapes=tuple({0: batch} for _ in inputs), opset_version=20, verbose=False)
    net, inputs = nets["residual"]
    export("residual.opset9", net, inputs, dynamo=False, opset_version=9)
    export("residual.training", net, inputs, train=True, dynamo=False, training=torch.onnx.TrainingMode.TRAINING, do_constant_folding=False)
    net.eval()
    export("residual.unnamed", net, inputs, dynamo=False, keep_initializers_as_inputs=True)
    export("residual.outside", net, inputs, dynamo=True, external_data=True, verbose=False)
    export("residual.half", net.half(), [inputs[0].astype(np.float16)], dynamo=True, external_data=False, verbose=False)
    net, inputs = nets["pair"]
    export("pair.fixed", net, inputs, dynamo=True, external_data=False, optimize=False, verbose=False)


def sklearn_nets():
    from skl2onnx import to_onnx
    from sklearn.cluster import KMeans
    from sklearn.decomposition import PCA
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LinearRegression, LogisticRegression
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    x, labels = real(60, 6), random.integers(0, 3, 60)
    nets = {
        "mlp-classifier": (MLPClassifier(hidden_layer_sizes=(8,), max_iter=30).fit(x, labels), {"zipmap": False}),
        "mlp-regressor": (MLPRegressor(hidden_layer_sizes=(8, 4), activation="tanh", max_iter=30).fit(x, x[:, 0]), None),
        "scaled-mlp": (make_pipeline(StandardScaler(), MLPClassifier(hidden_layer_sizes=(5,), max_iter=30)).fit(x, labels), {"zipmap": False}),
        "pca": (PCA(3).fit(x), None), "linear": (LinearRegression().fit(x, x[:, :2]), None),
        "logistic": (LogisticRegression().fit(x, labels), {"zipmap": False}), "clusters": (KMeans(3, n_init=1).fit(x), None),
        "forest": (RandomForestClassifier(3, max_depth=3).fit(x, labels), {"zipmap": False}),
    }
    for name, (net, options) in nets.items():
        folder = made(f"{name}.sklearn")
        written = to_onnx(net, x[:1], options=None if options is None else {id(net): options}, target_opset=18)
        (folder / "model.onnx").write_bytes(written.SerializeToString())
        record(folder, [x[:4]])


def keras_nets():
    import tensorflow as tf
    import tf2onnx
    import tf_keras as keras

    layers = keras.layers
    picture = layers.Input((8, 8, 3), name="picture")
    y = layers.BatchNormalization()(layers.Conv2D(6, 3, padding="same", use_bias=False)(picture))
    y = layers.Add()([layers.ReLU(6.0)(y), layers.SeparableConv2D(6, 3, padding="same", activation="swish")(y)])
    y = layers.Dense(4, activation="softmax")(layers.GlobalAveragePooling2D()(layers.Conv2D(8, 3, strides=2, padding="same")(y)))
    nets = {
        "pictures": (keras.Model(picture, y), real(3, 8, 8, 3)),
        "lstm": (keras.Sequential([layers.Input((5, 4)), layers.LSTM(6, return_sequences=True), layers.GRU(4), layers.Dense(2)]), real(3, 5, 4)),
        "words": (keras.Sequential([layers.Input((6,), dtype="int32"), layers.Embedding(20, 8), layers.Conv1D(5, 3, activation="relu"), layers.GlobalMaxPooling1D(), layers.Dense(1, activation="sigmoid")]), random.integers(0, 20, (3, 6)).astype(np.int32)),
        "upwards": (keras.Sequential([layers.Input((4, 4, 2)), layers.Conv2DTranspose(3, 3, strides=2, padding="same"), layers.UpSampling2D(2), layers.Conv2D(1, 5, padding="same", activation="tanh")]), real(3, 4, 4, 2)),
    }
    for name, (net, x) in nets.items():
        folder = made(f"{name}.tf2onnx")
        spec = [tf.TensorSpec((None, *x.shape[1:]), tf.as_dtype(x.dtype), name="x")]
        tf2onnx.convert.from_function(tf.function(net, input_signature=spec), spec, opset=17, output_path=str(folder / "model.onnx"))
        record(folder, [x])


def by_hand():
    """Forms that files of the wild have and the exporters above do not write here."""

    def net(name, nodes, inits, inputs, output, x, **how):
        folder = made(f"{name}.hand")
        port = helper.make_tensor_value_info
        graph = helper.make_graph(nodes, name, [port("x", TensorProto.FLOAT, inputs)], [port("y", TensorProto.FLOAT, output)], inits)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20), helper.make_opsetid("example", 1)])
        model.ir_version = 9
        onnx.save_model(model, folder / "model.onnx", **how)
        if x is not None:
            record(folder, [x])
        return folder

    held = numpy_helper.from_array
    node = helper.make_node
    shared = real(4, 4, 3, 3) / 6
    constant = node("Constant", [], ["k"], value=held(shared))
    bias = helper.make_tensor("b", TensorProto.FLOAT, [4], real(4).tolist())
    net("shared", [constant, node("Conv", ["x", "k", "b"], ["a"], pads=[1, 1, 1, 1]), node("Relu", ["a"], ["r"]), node("Conv", ["r", "k"], ["y"])], [bias], ["n", 4, 6, 6], ["n", 4, 4, 4], real(2, 4, 6, 6))
    inits = [held(real(4, 2, 3, 3), "g"), held(real(10, 64), "w"), held(real(10), "c"), held(real(10, 3), "v"), held(real(3), "d")]
    nodes = [node("Conv", ["x", "g"], ["a"], group=2), node("Flatten", ["a"], ["f"]), node("Gemm", ["f", "w", "c"], ["h"], transB=1, alpha=0.5), node("MatMul", ["h", "v"], ["m"]), node("Add", ["m", "d"], ["y"])]
    net("products", nodes, inits, ["n", 4, 6, 6], ["n", 3], real(2, 4, 6, 6))
    net("custom", [*nodes[:-1], node("Twist", ["m", "d"], ["y"], domain="example")], inits, ["n", 4, 6, 6], ["n", 3], None)
    outlier = real(8, 3, 3, 3)
    outlier[5] *= 400
    net("outlier", [node("Conv", ["x", "k"], ["y"])], [held(outlier, "k")], ["n", 3, 6, 6], ["n", 8, 4, 4], real(2, 3, 6, 6))
    sparse = np.where(random.random((32, 40)) < 0.9, 0, real(32, 40)).astype(np.float32)
    net("sparse", [node("MatMul", ["x", "w"], ["y"])], [held(sparse, "w")], ["n", 32], ["n", 40], real(3, 32))
    net("half", [node("Cast", ["w"], ["f"], to=TensorProto.FLOAT), node("MatMul", ["x", "f"], ["y"])], [held(real(32, 40).astype(np.float16), "w")], ["n", 32], ["n", 40], real(3, 32))
    far = made("upwards.hand")
    folder = net("upwards", [node("MatMul", ["x", "w"], ["a"]), node("Add", ["a", "b"], ["y"])], [held(real(32, 40), "w"), held(real(40), "b")], ["n", 32], ["n", 40], real(3, 32), save_as_external_data=True, size_threshold=0, location="weights.data")
    model = onnx.load(folder / "model.onnx", load_external_data=False)
    for one in model.graph.initializer:
        for entry in one.external_data:
            if entry.key == "location":
                entry.value = "../elsewhere/weights.data"
    (far / "model.onnx").write_bytes(model.SerializeToString())


{"torch": torch_nets, "sklearn": sklearn_nets, "keras": keras_nets, "hand": by_hand}[sys.argv[1]]()
