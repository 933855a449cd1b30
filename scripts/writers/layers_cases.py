"""Layers models, by every way the stock converter has to write one."""

import json
import os

from case_writer import convert, fill, inputs_for, outputs_of, plain, rounded_outputs
from stock_converter import keras, tf_keras, tfjs


def mlp(kit, name="mlp"):
    layers = kit.layers
    return kit.Sequential(
        [layers.InputLayer((6,)) if kit is keras else layers.InputLayer(input_shape=(6,))]
        + [
            layers.Dense(24, activation="relu", name="hidden"),
            layers.Dropout(0.5),
            layers.Dense(5, activation="softmax", name="answer"),
        ],
        name=name,
    )


def convnet(kit):
    layers = kit.layers
    image = layers.Input((8, 8, 3), name="image")
    x = layers.Conv2D(8, 3, padding="same", use_bias=False)(image)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    y = layers.Conv2D(8, 3, padding="same")(x)
    x = layers.Add()([x, y])
    x = layers.BatchNormalization(scale=False)(x)
    x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(12, 3, strides=2, padding="same", activation="elu")(x)
    x = layers.GlobalAveragePooling2D()(x)
    return kit.Model(image, layers.Dense(4, name="logits")(x), name="convnet")


def mobile(kit):
    layers = kit.layers
    image = layers.Input((9, 9, 3))
    x = layers.ZeroPadding2D(((0, 1), (0, 1)))(image)
    x = layers.DepthwiseConv2D(3, strides=2, depth_multiplier=2)(x)
    x = layers.ReLU(6.0)(x)
    x = layers.SeparableConv2D(8, 3, padding="same")(x)
    x = layers.LeakyReLU()(x)
    x = layers.Conv2DTranspose(6, 2, strides=2)(x)
    x = layers.PReLU(shared_axes=[1, 2])(x)
    x = layers.Flatten()(x)
    return kit.Model(image, layers.Dense(3, activation="sigmoid")(x), name="mobile")


def nested(kit):
    layers = kit.layers
    inner_input = layers.Input((6,))
    inner = kit.Model(inner_input, layers.Dense(7, activation="tanh")(inner_input), name="inner")
    head = kit.Sequential(
        [
            layers.Dense(5, activation="relu", name="head_hidden"),
            layers.Dense(3, name="head_answer"),
        ],
        name="head",
    )
    x = layers.Input((6,))
    return kit.Model(x, head(layers.Concatenate()([inner(x), layers.Dense(4)(x)])), name="outer")


def words(kit, recurrent):
    layers = kit.layers
    text = layers.Input((7,), dtype="int32", name="words")
    x = layers.Embedding(20, 6)(text)
    return kit.Model(text, layers.Dense(3)(recurrent(layers)(x)), name="words")


def two_ends(kit):
    layers = kit.layers
    left, right = layers.Input((4,), name="left"), layers.Input((5,), name="right")
    x = layers.Concatenate()([layers.Dense(6)(left), layers.Dense(6)(right)])
    return kit.Model(
        [left, right],
        [layers.Dense(2, name="first")(x), layers.Dense(3, activation="softmax", name="second")(x)],
    )


def slashes(kit):
    layers = kit.layers
    return kit.Sequential(
        [
            layers.Conv1D(5, 3, input_shape=(10, 4), name="block/one/conv"),
            layers.BatchNormalization(name="block/one/norm"),
            layers.GlobalMaxPooling1D(name="block/pool"),
            layers.Dense(3, name="head/answer"),
        ],
        name="with/slashes",
    )


def wrapped(kit):
    layers = kit.layers
    return kit.Sequential(
        [
            layers.InputLayer(input_shape=(5, 6, 6, 2)),
            layers.TimeDistributed(layers.Conv2D(4, 3, activation="relu")),
            layers.TimeDistributed(layers.Flatten()),
            layers.LayerNormalization(),
            layers.SimpleRNN(5, return_sequences=True),
            layers.Conv1D(3, 2, padding="same"),
        ]
    )


def causal(kit):
    layers = kit.layers
    return kit.Sequential([layers.Conv1D(3, 2, padding="causal", input_shape=(6, 4)), layers.Flatten()])


def attention(kit):
    layers = kit.layers
    x = layers.Input((4, 8))
    return kit.Model(x, layers.Dense(2)(layers.MultiHeadAttention(2, 4)(x, x)))


def bidirectional(layers):
    return layers.Bidirectional(layers.LSTM(4))


LSTM = lambda layers: layers.LSTM(5)  # noqa: E731
GRU_BEFORE = lambda layers: layers.GRU(5, reset_after=False)  # noqa: E731
GRU = lambda layers: layers.GRU(5)  # noqa: E731

IMAGE = [((8, 8, 3), "float32")]
FLAT = [((6,), "float32")]
TEXT = [((7,), "int32")]


class LayersCases:
    def __init__(self, cases):
        self.cases = cases
        self.seed = 0

    def add(self, name, how, model, specs, write, rounded=None, weights_only=False):
        """@param write given model and folder, calls the stock converter"""
        self.seed += 1
        seed = self.seed
        fill(model, seed)
        inputs = inputs_for(specs, seed)

        # Asked before anything is written: some ways of the converter leave the models of a process unusable.
        outputs = rounded_outputs(model, inputs, *rounded) if rounded else outputs_of(model, inputs)
        self.cases.case(
            name, how, lambda folder: write(model, folder), plain(inputs), plain(outputs), weights_only
        )

    def saved(self, name, model, specs, weights_only=False, rounded=None, **more):
        extra = "".join(f", {key}={value}" for key, value in more.items())
        how = f"save_keras_model(tf_keras model{extra})"
        write = lambda made, folder: tfjs.converters.save_keras_model(made, folder, **more)  # noqa: E731
        self.add(name, how, model, specs, write, rounded, weights_only)

    def command(self, name, model, specs, suffix, *flags, save=None, rounded=None, weights_only=False):
        """Saves a file with Keras, and converts it as the command line does."""

        def write(made, folder):
            path = os.path.join(self.cases.scratch, f"m{self.seed}{suffix}")
            if suffix == ".keras":
                # The converter unpacks it into the folder that it lies in.
                os.makedirs(path[: -len(suffix)])
                path = os.path.join(path[: -len(suffix)], f"model{suffix}")
            (save or (lambda item, to: item.save(to)))(made, path)
            convert(path, folder, *flags)

        self.add(name, f"tensorflowjs_converter {' '.join(flags)}", model, specs, write, rounded, weights_only)

    def all(self):
        self.keras2()
        self.commands()
        self.keras3()

    def keras2(self):
        kit = tf_keras
        self.saved("sequential", mlp(kit), FLAT)
        for dtype in ("uint8", "uint16", "float16"):
            self.saved(dtype, convnet(kit), IMAGE, rounded=(dtype,), quantization_dtype_map={dtype: True})
        self.saved(
            "uint8 for kernels alone",
            mlp(kit),
            FLAT,
            rounded=("uint8", "kernel"),
            quantization_dtype_map={"uint8": "*/kernel"},
        )
        self.saved("several shards", mlp(kit), FLAT, weight_shard_size_bytes=100)
        self.saved("with metadata", mlp(kit), FLAT, metadata={"labels": list("abcde")})
        self.saved("convolutions and batch normalization", convnet(kit), IMAGE)
        self.saved("depthwise, separable, transposed", mobile(kit), [((9, 9, 3), "float32")])
        self.saved("nested models", nested(kit), FLAT)
        self.saved("LSTM", words(kit, LSTM), TEXT)
        self.saved("GRU, reset before", words(kit, GRU_BEFORE), TEXT)
        self.saved("GRU as Keras makes it", words(kit, GRU), TEXT, weights_only=True)
        self.saved("bidirectional LSTM", words(kit, bidirectional), TEXT)
        self.saved("time distributed, layer normalization", wrapped(kit), [((5, 6, 6, 2), "float32")])
        self.saved("causal convolution", causal(kit), [((6, 4), "float32")], weights_only=True)
        self.saved("names with slashes", slashes(kit), [((10, 4), "float32")])
        self.saved("two inputs, two outputs", two_ends(kit), [((4,), "float32"), ((5,), "float32")])
        self.saved("attention", attention(kit), [((4, 8), "float32")], weights_only=True)
        net = kit.applications.MobileNetV2((32, 32, 3), alpha=0.35, weights=None, classes=10)
        self.saved("MobileNetV2", net, [((32, 32, 3), "float32")])

    def commands(self):
        kit = tf_keras
        h5 = "--input_format=keras"
        layers = "--output_format=tfjs_layers_model"
        trained = mlp(kit)
        trained.compile("adam", "categorical_crossentropy")
        trained.fit(*inputs_for([((6,), "float32"), ((5,), "float32")], 1), verbose=0)
        self.command("h5 with an optimizer", trained, FLAT, ".h5", h5)
        self.command("h5, a group for each layer", convnet(kit), IMAGE, ".h5", h5, "--split_weights_by_layer")
        self.command("h5, uint8", mlp(kit), FLAT, ".h5", h5, "--quantize_uint8", rounded=("uint8",))
        self.command(
            "h5 of weights alone",
            mlp(kit),
            FLAT,
            ".h5",
            h5,
            save=lambda model, to: model.save_weights(to),
            weights_only=True,
        )
        self.command(
            "SavedModel of Keras",
            convnet(kit),
            IMAGE,
            "-saved",
            "--input_format=keras_saved_model",
            layers,
            save=lambda model, to: model.save(to, save_format="tf"),
        )
        keras_file = "--input_format=keras_keras"
        for name, model, specs in (
            (".keras of tf_keras, sequential", mlp(kit), FLAT),
            (".keras of tf_keras, convolutions", convnet(kit), IMAGE),
            (".keras of tf_keras, nested", nested(kit), FLAT),
            (".keras of tf_keras, LSTM", words(kit, LSTM), TEXT),
        ):
            self.command(name, model, specs, ".keras", keras_file, layers)

        def again(model, to):
            tfjs.converters.save_keras_model(model, os.path.dirname(to))

        self.command(
            "layers model converted again, uint16",
            mlp(kit),
            FLAT,
            "-layers/model.json",
            "--input_format=tfjs_layers_model",
            layers,
            "--quantize_uint16",
            save=again,
            rounded=("uint16",),
        )
        self.command(
            "h5 with --metadata",
            mlp(kit),
            FLAT,
            ".h5",
            h5,
            f"--metadata=notes:{self.metadata()}",
        )

    def metadata(self):
        path = os.path.join(self.cases.scratch, "notes.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"labels": list("abcde")}, file)
        return path

    def keras3(self):
        kit = keras
        keras_file, layers = "--input_format=keras_keras", "--output_format=tfjs_layers_model"
        models = (
            ("sequential", mlp(kit), FLAT),
            ("convolutions", convnet(kit), IMAGE),
            ("depthwise, separable, transposed", mobile(kit), [((9, 9, 3), "float32")]),
            ("nested", nested(kit), FLAT),
            ("LSTM", words(kit, LSTM), TEXT),
            ("bidirectional LSTM", words(kit, bidirectional), TEXT),
            ("two inputs, two outputs", two_ends(kit), [((4,), "float32"), ((5,), "float32")]),
        )
        for name, model, specs in models:
            self.command(f".keras of Keras 3, {name}", model, specs, ".keras", keras_file, layers)
        for name, model, specs in (
            ("GRU as Keras makes it", words(kit, GRU), TEXT),
            ("attention", attention(kit), [((4, 8), "float32")]),
        ):
            self.command(
                f".keras of Keras 3, {name}", model, specs, ".keras", keras_file, layers, weights_only=True
            )
        self.command(
            ".keras of Keras 3, uint8", convnet(kit), IMAGE, ".keras", keras_file, layers,
            "--quantize_uint8", rounded=("uint8",),
        )  # fmt: skip
        self.command(
            ".keras of Keras 3, a group for each layer", convnet(kit), IMAGE, ".keras", keras_file, layers,
            "--split_weights_by_layer",
        )  # fmt: skip
        trained = mlp(kit)
        trained.compile("adam", "categorical_crossentropy")
        trained.fit(*inputs_for([((6,), "float32"), ((5,), "float32")], 1), verbose=0)
        self.command(".keras of Keras 3, trained", trained, FLAT, ".keras", keras_file, layers)
        self.command("h5 of Keras 3", convnet(kit), IMAGE, ".h5", "--input_format=keras")
        self.command("h5 of Keras 3, nested", nested(kit), FLAT, ".h5", "--input_format=keras")
        write = lambda made, folder: tfjs.converters.save_keras_model(made, folder)  # noqa: E731
        self.add("Keras 3 model", "save_keras_model(Keras 3 model)", mlp(kit), FLAT, write)

