"""Compares a download with what big_keras.py or big_onnx.py has written: check_download.py ZIP NAME.json same|compressed.

`same`: every weight is, bit for bit, the one in that file. `compressed`: every weight decodes to the
numbers whose SHA-256 the report in the download states, and half of all kernels is zero. Decodes as stock TensorFlow.js does.
"""

import hashlib
import json
import sys
import zipfile

import numpy as np

path, facts, kind = sys.argv[1:]
with open(facts) as opened:
    written = json.load(opened)["weights"]

def manifest_weights(archive, model):
    """Weights of a TensorFlow.js download, as stock TensorFlow.js decodes them."""
    folder = model[: -len("model.json")]
    for group in json.loads(archive.read(model))["weightsManifest"]:
        data = b"".join(archive.read(folder + shard) for shard in group["paths"])
        at = 0
        for entry in group["weights"]:
            told = entry.get("quantization")
            count = int(np.prod(entry["shape"]))
            kind_of = np.dtype(told["dtype"] if told else entry["dtype"]).newbyteorder("<")
            codes = np.frombuffer(data, kind_of, count, at)
            at += count * kind_of.itemsize
            values = codes
            if told and told["dtype"] == "float16":
                values = codes.astype("<f4")
            elif told:
                values = (codes.astype(np.float64) * told["scale"] + told["min"]).astype("<f4")
            # Axes and sides that a graph needs beside its weights.
            if not entry["name"].startswith("constants/"):
                yield entry["name"], entry["shape"], values
        if at != len(data):
            sys.exit(f"{len(data) - at} bytes belong to no weight")


def onnx_weights(archive, model):
    """Weights of an ONNX download: initializers, and what DequantizeLinear makes of codes with one scale."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load_model_from_string(archive.read(model)).graph
    held = {one.name: one for one in graph.initializer}
    for name in set(written) & set(held):
        yield name, held[name].dims, numpy_helper.to_array(held[name])
    for node in graph.node:
        if node.op_type != "DequantizeLinear" or node.output[0] not in written:
            continue
        codes, scale, *zero = [numpy_helper.to_array(held[name]) for name in node.input if name]
        if scale.size != 1:
            sys.exit(f"{node.output[0]} has {scale.size} scales")
        values = codes.astype("<f4")
        values -= np.float32(zero[0].reshape(()) if zero else 0)
        values *= scale.reshape(())
        yield node.output[0], codes.shape, values


def keras_weights(archive, model):
    """Weights of a Keras download, as Keras itself reads them."""
    import os
    import tempfile

    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras

    with tempfile.TemporaryDirectory() as folder:
        opened = keras.saving.load_model(archive.extract(model, folder), compile=False)
    for one in opened.weights:
        yield one.path, one.shape, np.asarray(one)


with zipfile.ZipFile(path) as archive:
    names = archive.namelist()
    report = next((json.loads(archive.read(name)) for name in names if name.endswith("report.json")), None)
    found, zeros, weights = {}, 0, 0
    model = next(name for name in names if name.endswith(("model.json", ".onnx", ".keras", ".h5")))
    readers = {"onnx": onnx_weights, "keras": keras_weights, "h5": keras_weights}
    read = readers.get(model.rsplit(".", 1)[-1], manifest_weights)
    for name, shape, values in read(archive, model):
        found[name] = hashlib.sha256(np.ascontiguousarray(values).data).hexdigest()
        if len(shape) > 1:
            zeros += int(np.count_nonzero(values == 0))
            weights += values.size

if set(found) != set(written):
    sys.exit(f"other weights: {sorted(set(found) ^ set(written))[:5]}")
told = {}
if kind == "compressed":
    columns = report["tensors"]["columns"]
    name, start = columns.index("name"), columns.index("decoded")
    rows = report["tensors"]["rows"]
    told = {row[name]: found[row[name]] for row in rows if found[row[name]].startswith(row[start])}
    whole = hashlib.sha256(b"".join(bytes.fromhex(found[row[name]]) for row in rows)).hexdigest()
    if whole != report["decodedSha256"]:
        told = {}
    if zeros < 0.5 * weights:
        sys.exit(f"{zeros} of {weights} weights of kernels are zero")
else:
    told = {name: facts["sha256"] for name, facts in written.items()}
other = [name for name, value in found.items() if told.get(name) != value]
if other:
    sys.exit(f"other numbers: {other[:5]}")
share = f", {100 * zeros / weights:.1f} % of kernels zero" if kind == "compressed" else ""
print(f"Python decodes all {len(found)} weights of the download to {'those of the report' if share else 'those that were written'}{share}")
