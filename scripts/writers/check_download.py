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

with zipfile.ZipFile(path) as archive:
    names = archive.namelist()
    folder = next(name for name in names if name.endswith("model.json"))[: -len("model.json")]
    manifest = json.loads(archive.read(folder + "model.json"))["weightsManifest"]
    report = next((json.loads(archive.read(name)) for name in names if name.endswith("report.json")), None)
    found, zeros, weights = {}, 0, 0
    for group in manifest:
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
            if entry["name"].startswith("constants/"):
                continue
            found[entry["name"]] = hashlib.sha256(np.ascontiguousarray(values).data).hexdigest()
            if len(entry["shape"]) > 1:
                zeros += int(np.count_nonzero(values == 0))
                weights += count
        if at != len(data):
            sys.exit(f"{len(data) - at} bytes belong to no weight")

if set(found) != set(written):
    sys.exit(f"other weights: {sorted(set(found) ^ set(written))[:5]}")
told = {}
if kind == "compressed":
    columns = report["tensors"]["columns"]
    name, sha = columns.index("name"), columns.index("decodedSha256")
    told = {row[name]: row[sha] for row in report["tensors"]["rows"]}
    if zeros < 0.5 * weights:
        sys.exit(f"{zeros} of {weights} weights of kernels are zero")
else:
    told = {name: facts["sha256"] for name, facts in written.items()}
other = [name for name, value in found.items() if told.get(name) != value]
if other:
    sys.exit(f"other numbers: {other[:5]}")
share = f", {100 * zeros / weights:.1f} % of kernels zero" if kind == "compressed" else ""
print(f"Python decodes all {len(found)} weights of the download to {'those of the report' if share else 'those that were written'}{share}")
