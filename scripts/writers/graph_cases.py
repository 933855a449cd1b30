"""Graph models, by every way the stock converter has to write one."""

import json
import os

from case_writer import convert, fill, inputs_for, run_graph
from layers_cases import FLAT, IMAGE, LSTM, TEXT, convnet, mlp, mobile, two_ends, words
from stock_converter import graph_conversion, keras, np, tf, tf_keras, tfjs

TWO = {"left": ((4,), "float32"), "right": ((5,), "float32")}
SAVED = "--input_format=tf_saved_model"


def node_names(folder, side):
    with open(os.path.join(folder, "model.json"), encoding="utf-8") as file:
        signature = json.load(file)["signature"]
    return {key: item["name"].split(":")[0] for key, item in signature.get(side, {}).items()}


class GraphCases:
    def __init__(self, cases):
        self.cases = cases
        self.seed = 100

    def add(self, name, how, specs, write, truth=None, count=3, weights_only=False):
        """
        @param specs shape and dtype for each key of the signature's inputs, in their order
        @param write given the folder, calls the stock converter
        @param truth given inputs in the order of specs, gives outputs by key of the signature; where there is
          none, the file's own graph runs in TensorFlow, with the weights that the stock reader reads
        """
        self.seed += 1
        inputs = inputs_for(list(specs.values()), self.seed, count)

        def run(folder):
            # Asked first: some ways of the converter leave the models of a process unusable.
            wanted = None if truth is None else {key: np.asarray(item) for key, item in truth(*inputs).items()}
            write(folder)
            nodes = node_names(folder, "inputs")
            # A model in memory gets a signature of its own, a frozen graph one without inputs.
            alone = len(nodes) == 1 and len(inputs) == 1
            named = (
                list(zip(nodes.values(), inputs))
                if alone
                else [(nodes.get(key, key), value) for key, value in zip(specs, inputs)]
            )
            if wanted is None:
                return named, list(run_graph(folder, dict(named)).items())
            keys = node_names(folder, "outputs")
            if len(wanted) == 1 and len(keys) == 1:
                return named, list(zip(keys.values(), wanted.values()))
            # Outputs that look alike lose their keys; they come in the order of these.
            order = dict(zip(sorted(wanted), sorted(keys.values())))
            return named, [(keys.get(key, order[key]), value) for key, value in wanted.items()]

        self.cases.case(name, how, run, weights_only=weights_only)

    def saved(self, name, model, specs, *flags, rounded=False, weights_only=False):
        """
        A SavedModel of Keras, converted as the command line does.
        @param specs of inputs, by their keys where there are several
        """
        fill(model, self.seed + 1)
        path = os.path.join(self.cases.scratch, f"graph{self.seed}")
        if isinstance(model, keras.Model):
            model.export(path, verbose=False)
        else:
            model.save(path, save_format="tf")
        signature = tf.saved_model.load(path).signatures["serving_default"]
        known = signature.structured_input_signature[1]
        keys = list(specs) if isinstance(specs, dict) else list(known)
        specs = list(specs.values()) if isinstance(specs, dict) else specs
        truth = lambda *inputs: signature(**dict(zip(keys, map(tf.constant, inputs))))  # noqa: E731
        self.add(
            name,
            f"tensorflowjs_converter {' '.join([SAVED, *flags])}",
            dict(zip(keys, specs)),
            lambda folder: convert(path, folder, SAVED, *flags),
            None if rounded else truth,
            weights_only=weights_only,
        )

    def all(self):
        self.keras()
        self.modules()
        self.other_inputs()

    def keras(self):
        kit = tf_keras
        self.saved("dense", mlp(kit), FLAT)
        self.saved("convolutions, batch normalization folded", convnet(kit), IMAGE)
        self.saved("depthwise, PReLU, transposed", mobile(kit), [((9, 9, 3), "float32")])
        for dtype in ("uint8", "uint16", "float16"):
            self.saved(f"graph, {dtype}", convnet(kit), IMAGE, f"--quantize_{dtype}", rounded=True)
        self.saved("graph, uint8 for some", convnet(kit), IMAGE, "--quantize_uint8=*onv*", rounded=True)
        self.saved("graph, several shards", mlp(kit), FLAT, "--weight_shard_size_bytes=200")
        notes = os.path.join(self.cases.scratch, "notes.json")
        with open(notes, "w", encoding="utf-8") as file:
            json.dump({"labels": list("abcde")}, file)
        self.saved("graph with --metadata", mlp(kit), FLAT, f"--metadata=notes:{notes}")
        self.saved("graph, two inputs, two outputs", two_ends(kit), TWO)
        self.saved("graph, LSTM", words(kit, LSTM), TEXT, weights_only=True)
        embedding = kit.Sequential(
            [
                kit.layers.InputLayer(input_shape=(7,), dtype="int32"),
                kit.layers.Embedding(20, 6),
                kit.layers.GlobalAveragePooling1D(),
                kit.layers.Dense(3),
            ]
        )
        self.saved("graph, int32 input", embedding, TEXT)
        net = kit.applications.MobileNetV2((32, 32, 3), alpha=0.35, weights=None, classes=10)
        self.saved("graph, MobileNetV2", net, [((32, 32, 3), "float32")])
        net = kit.applications.MobileNetV3Small((32, 32, 3), weights=None, classes=10)
        # TensorFlow fuses convolutions with hard-swish, which no backend of TensorFlow.js computes.
        self.saved("graph, MobileNetV3", net, [((32, 32, 3), "float32")], weights_only=True)
        self.saved("graph of Keras 3, dense", mlp(keras), FLAT)
        self.saved("graph of Keras 3, convolutions", convnet(keras), IMAGE)
        self.saved("graph of Keras 3, two inputs", two_ends(keras), TWO)

    def modules(self):
        """SavedModels without Keras."""
        random = np.random.default_rng(7)
        module = tf.Module()
        module.kernel = tf.Variable(random.normal(0, 0.4, (6, 4)).astype(np.float32))
        module.filters = tf.Variable(random.normal(0, 0.3, (3, 3, 3, 5)).astype(np.float32))
        module.bias = tf.Variable(random.normal(0, 0.2, 5).astype(np.float32))

        @tf.function(input_signature=[tf.TensorSpec((None, 6), tf.float32, name="x")])
        def two(x):
            y = tf.matmul(x, module.kernel)
            return {"scores": y, "chances": tf.nn.softmax(y)[:, :3]}

        @tf.function(input_signature=[tf.TensorSpec((None, 6), tf.float32, name="x")])
        def alike(x):
            y = tf.matmul(x, module.kernel)
            return {"scores": y, "chances": tf.nn.softmax(y)}

        @tf.function(input_signature=[tf.TensorSpec((4, 8, 8, 3), tf.float32, name="image")])
        def batch(image):
            y = tf.nn.conv2d(image, module.filters, 2, "SAME")
            return {"pooled": tf.reduce_mean(tf.nn.relu(y + module.bias), [1, 2])}

        @tf.function(input_signature=[tf.TensorSpec((None, 8, 8, 3), tf.float32, name="image")])
        def scalar(image):
            y = tf.nn.conv2d(image, module.filters, 2, "SAME")
            return {"pooled": tf.reduce_mean(tf.nn.relu(y + 0.1), [1, 2])}

        path = os.path.join(self.cases.scratch, "module")
        signatures = {"serving_default": two, "alike": alike, "batch": batch, "scalar": scalar}
        tf.saved_model.save(module, path, signatures=signatures)
        flat = {"x": ((6,), "float32")}
        image = {"image": IMAGE[0]}
        structured = "--use_structured_outputs_names=True"
        for name, specs, truth, flags, more in (
            ("module, two outputs", flat, two, [], {}),
            ("module, outputs by structure", flat, two, [structured], {}),
            ("module, outputs that look alike", flat, alike, ["--signature_name=alike"], {}),
            ("module, frozen to a batch of 4", image, batch, ["--signature_name=batch"], {"count": 4}),
            (
                # The converter makes a bias of rank 0 of it, which no backend of TensorFlow.js takes.
                "module, a number added to a convolution",
                image,
                scalar,
                ["--signature_name=scalar"],
                {"weights_only": True},
            ),
        ):
            self.add(
                name,
                f"tensorflowjs_converter {' '.join([SAVED, *flags])}",
                specs,
                lambda folder, flags=flags: convert(path, folder, SAVED, *flags),
                truth,
                **more,
            )

    def other_inputs(self):
        kit = tf_keras
        model = mlp(kit)
        fill(model, 50)
        truth = lambda x: {"answer": model(x)}  # noqa: E731
        flat = {"x": FLAT[0]}
        h5 = os.path.join(self.cases.scratch, "graph.h5")
        model.save(h5)
        graph = "--output_format=tfjs_graph_model"
        self.add(
            "graph of an h5 file",
            f"tensorflowjs_converter --input_format=keras {graph}",
            flat,
            lambda folder: convert(h5, folder, "--input_format=keras", graph),
            truth,
        )
        self.add(
            "graph of a model in memory",
            "convert_keras_model_to_graph_model(tf_keras model)",
            flat,
            lambda folder: graph_conversion.convert_keras_model_to_graph_model(model, folder),
            truth,
        )
        layers = os.path.join(self.cases.scratch, "layers")
        tfjs.converters.save_keras_model(model, layers)
        self.add(
            "graph of a layers model",
            f"tensorflowjs_converter --input_format=tfjs_layers_model {graph}",
            flat,
            lambda folder: convert(
                os.path.join(layers, "model.json"), folder, "--input_format=tfjs_layers_model", graph
            ),
            truth,
        )
        frozen = os.path.join(self.cases.scratch, "frozen.pb")
        kernel = np.random.default_rng(8).normal(0, 0.5, (6, 3)).astype(np.float32)
        with tf.Graph().as_default() as graph_of_old:
            x = tf.compat.v1.placeholder(tf.float32, (None, 6), name="x")
            tf.nn.tanh(tf.matmul(x, tf.constant(kernel)), name="y")
            with open(frozen, "wb") as file:
                file.write(graph_of_old.as_graph_def().SerializeToString())
        self.add(
            "frozen graph",
            "tensorflowjs_converter --input_format=tf_frozen_model --output_node_names=y",
            flat,
            lambda folder: convert(
                frozen, folder, "--input_format=tf_frozen_model", "--output_node_names=y"
            ),
            lambda x: {"y": np.tanh(x @ kernel)},
        )
