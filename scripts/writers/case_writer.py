"""A case: the files that the stock converter wrote, inputs, and what TensorFlow says to them."""

import json
import os
import shutil
import traceback

from stock_converter import converter, np, quantization, tf

DTYPES = {"uint8": np.uint8, "uint16": np.uint16, "float16": np.float16}


def fill(model, seed):
    """Weights that make every part of a model count; normalization that is not the identity."""
    random = np.random.default_rng(seed)
    values = []
    for weight in model.weights:
        name = getattr(weight, "path", weight.name)
        shape = tuple(weight.shape)
        if "variance" in name or "gamma" in name:
            value = random.uniform(0.5, 1.5, shape)
        elif "seed" in name:
            value = np.array(weight)
        elif len(shape) < 2:
            value = random.normal(0, 0.2, shape)
        else:
            fan = max(1, int(np.prod(shape[:-1])))
            value = random.normal(0, min(1.0, 1.5 / np.sqrt(fan)), shape)
        values.append(value.astype(weight.dtype if isinstance(weight.dtype, str) else weight.dtype.name))
    model.set_weights(values)


def rounded_outputs(model, inputs, dtype, part=""):
    """
    What a model says with the weights that a quantized file holds, by the converter's own arithmetic; it keeps
    the weights that it has.
    @param part of the names of the weights that are quantized
    """
    own = model.get_weights()
    rounded = []
    for weight, value in zip(model.weights, own):
        if part in weight.name:
            codes, facts = quantization.quantize_weights(value, DTYPES[dtype])
            value = quantization.dequantize_weights(codes, facts, value.dtype).astype(np.float32)
        rounded.append(value)
    model.set_weights(rounded)
    outputs = outputs_of(model, inputs)
    model.set_weights(own)
    return outputs


def inputs_for(specs, seed, count=3):
    """Random samples, by shapes without the batch; int32 inputs are words of a vocabulary of 20."""
    random = np.random.default_rng(seed + 1000)
    return [
        random.integers(0, 20, (count, *shape)).astype(np.int32)
        if dtype == "int32"
        else random.normal(0, 1, (count, *shape)).astype(np.float32)
        for shape, dtype in specs
    ]


def run_graph(folder, inputs):
    """
    TensorFlow itself on the graph that the file holds, with the values that the converter's own reader reads.
    @param inputs by node name; @returns outputs by node name
    """
    from google.protobuf import json_format
    from stock_converter import read_weights

    with open(os.path.join(folder, "model.json"), encoding="utf-8") as file:
        model = json.load(file)
    values = {}
    for group in read_weights.read_weights(model["weightsManifest"], folder):
        for entry in [group] if isinstance(group, dict) else group:
            values[entry["name"]] = entry["data"]
    graph_def = json_format.ParseDict(model["modelTopology"], tf.compat.v1.GraphDef())
    for node in graph_def.node:
        if node.op == "Const":
            dtype = tf.dtypes.as_dtype(node.attr["dtype"].type).as_numpy_dtype
            value = np.asarray(values[node.name]).astype(dtype)
            node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(value))
    fetches = {item["name"].split(":")[0]: item["name"] for item in model["signature"]["outputs"].values()}
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(graph_def, name="")
        with tf.compat.v1.Session(graph=graph) as session:
            feed = {f"{name}:0": value for name, value in inputs.items()}
            return session.run(fetches, feed)


def tensor_json(value, name=None):
    value = np.asarray(value)
    return {
        "name": name,
        "shape": list(value.shape),
        "dtype": "int32" if value.dtype.kind in "iu" else "float32",
        "values": [float(item) for item in value.ravel()],
    }


def labels_in(folder):
    """Names of outputs in the metadata that the converter was given, however deep; None where there are none."""
    with open(os.path.join(folder, "model.json"), encoding="utf-8") as file:
        metadata = json.load(file).get("userDefinedMetadata") or {}
    parts = [metadata, *(item for item in metadata.values() if isinstance(item, dict))]
    return next((part["labels"] for part in parts if "labels" in part), None)


class CaseWriter:
    """Writes cases below a folder, and what they are to cases.json."""

    def __init__(self, root):
        self.root = root
        self.cases = []
        self.scratch = os.path.join(root, "scratch")
        os.makedirs(self.scratch, exist_ok=True)

    def case(self, name, how, write, inputs=None, outputs=None, weights_only=False):
        """
        @param write given the folder to write files into; returns (inputs, outputs) where only the files say
          them, as lists of (name or None, array)
        @param weights_only TensorFlow.js cannot run it: it has to open for its weights, saying why
        """
        folder = os.path.join(self.root, f"{len(self.cases):02d}")
        failure = None
        try:
            found = write(folder)
            if found is not None:
                inputs, outputs = found
        except Exception as error:  # What the stock converter refuses is on record, too.
            failure = "".join(traceback.format_exception_only(error)).strip()[:600]
            traceback.print_exc()
        self.cases.append(
            {
                "name": name,
                "how": how.replace(f"{self.scratch}/", ""),
                "folder": folder,
                "failure": failure,
                "weightsOnly": weights_only,
                "labels": labels_in(folder) if failure is None else None,
                "inputs": [tensor_json(value, key) for key, value in inputs or []],
                "outputs": [tensor_json(value, key) for key, value in outputs or []],
            }
        )
        print(f"{name}: {failure or 'written'}", flush=True)

    def finish(self, versions):
        shutil.rmtree(self.scratch)
        with open(os.path.join(self.root, "cases.json"), "w", encoding="utf-8") as file:
            json.dump({"versions": versions, "cases": self.cases}, file)


def convert(*arguments):
    """The command line of tensorflowjs_converter, without a shell in between."""
    converter.convert(list(arguments))


def plain(arrays):
    return [(None, np.asarray(item)) for item in arrays]


def outputs_of(model, inputs):
    result = model.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0)
    return result if isinstance(result, list) else [result]
