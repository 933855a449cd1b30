"""Reads weight files that the studio has written, with safetensors and nothing of the studio's: read_weights.py FOLDER.

A line of JSON for each folder in FOLDER has SHA-256 of every weight by name, as float32 or as it lies there. Codes are decoded by
what the metadata says, in NumPy, and, where there is PyTorch, by the code that the page shows (usage.py) as well, which has to give the same bits.
"""

import hashlib
import json
import os
import sys
from pathlib import Path

import numpy as np
import safetensors
from safetensors import safe_open

try:
    import torch
except ImportError:
    torch = None

types = {"F64": np.float64, "F32": np.float32, "F16": np.float16, "U8": np.uint8, "U16": np.uint16}


def raw(path):
    """Every tensor as bytes, type and shape, by the layout that safetensors documents."""
    data = path.read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    metadata = header.pop("__metadata__")
    found = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        found[name] = (entry["dtype"], entry["shape"], data[8 + length + begin : 8 + length + end])
    return metadata, found


def numbers(tensor):
    dtype, shape, data = tensor
    if dtype == "BF16":
        upper = np.frombuffer(data, np.uint16).astype(np.uint32) << 16
        return upper.view(np.float32).reshape(shape)
    return np.frombuffer(data, types[dtype]).reshape(shape)


def decoded(tensors, how):
    codes = numbers(tensors[how["codes"]]).astype(np.int64)
    i = np.arange(codes.size)
    row = i // (how["count"] * how["inner"])
    blocks = -(-how["axis"] // how["block"])
    group = row // how["axis"] * blocks + row % how["axis"] // how["block"]
    group = group * how["count"] + i // how["inner"] % how["count"]
    flat = codes.ravel()
    if "levels" in how:
        return numbers(tensors[how["levels"]])[group * 2 ** how["bits"] + flat]
    scale = numbers(tensors[how["scale"]]).astype(np.float64)[group]
    zero_point = numbers(tensors[how["zero_point"]]).astype(np.float64)[group]
    values = (flat * scale - scale * zero_point).astype(np.float32)
    values[flat == how.get("zero", -1)] = 0
    return values


def digest(array):
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


class Model:
    """Takes what the code of the page loads, and holds it against what the metadata says."""

    def __init__(self, hashes):
        self.hashes = hashes

    def load_state_dict(self, weights):
        for name, tensor in weights.items():
            if tensor.is_floating_point():
                assert digest(tensor.float().numpy()) == self.hashes[name], name
        assert sorted(weights) == sorted(self.hashes)


def read(folder):
    hashes = {}
    for path in sorted(folder.glob("*.safetensors")):
        metadata, tensors = raw(path)
        with safe_open(path, "np") as file:
            assert sorted(file.keys()) == sorted(tensors), path
        for name, how in json.loads(metadata["compression_studio"])["weights"]:
            if how is not None:
                hashes[name] = digest(decoded(tensors, how))
            elif tensors[name][0] in ("F64", "F32", "F16", "BF16"):
                hashes[name] = digest(numbers(tensors[name]).astype(np.float32))
            else:
                hashes[name] = hashlib.sha256(tensors[name][2]).hexdigest()
    if torch is not None:
        os.chdir(folder)
        exec((folder / "usage.py").read_text(), {"model": Model(hashes)})
    return hashes


runtime = f"safetensors {safetensors.__version__}"
if torch is not None:
    runtime += f", PyTorch {torch.__version__}"
for folder in sorted(Path(sys.argv[1]).iterdir()):
    try:
        told = {"runtime": runtime, "weights": read(folder)}
    except Exception as error:
        told = {"error": f"{type(error).__name__}: {str(error)[-300:]}"}
    print(json.dumps({"folder": folder.name, **told}), flush=True)
