"""Writes VGG16 and ResNet-50 at their own size with random weights: big_keras.py FOLDER [vgg16|resnet50 ...].

The graphs are those of `keras.applications`; nothing is fetched. For each network FOLDER/NAME.h5 and FOLDER/NAME.keras, and
beside them FOLDER/NAME.json: the SHA-256 of each weight's numbers (little-endian float32) by its name, as Keras holds them.
Needs scripts/writers/requirements.txt.
"""

import hashlib
import json
import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
import keras
import numpy as np

networks = {"vgg16": keras.applications.VGG16, "resnet50": keras.applications.ResNet50}


def fill(model, seed):
    """Kernels by He, so that nothing explodes, and everything else away from what would hide it."""
    random = np.random.default_rng(seed)
    for weight in model.weights:
        shape = tuple(weight.shape)
        if len(shape) > 1:
            scale = np.sqrt(2 / np.prod(shape[:-1]))
            value = random.standard_normal(shape, dtype=np.float32) * np.float32(scale)
        elif weight.name in ("gamma", "moving_variance"):
            value = random.uniform(0.8, 1.2, shape)
        else:
            value = random.normal(0, 0.05, shape)
        weight.assign(value.astype(np.float32))


def write(folder, name):
    model = networks[name](weights=None)
    fill(model, 16)
    model.save(folder / f"{name}.keras")
    # Keras 3 still writes .h5 files, and says each time that it would rather not.
    model.save(folder / f"{name}.h5")
    weights = {}
    for weight in model.weights:
        values = np.ascontiguousarray(weight.numpy(), dtype="<f4")
        weights[weight.path] = {"shape": list(values.shape), "sha256": hashlib.sha256(values.data).hexdigest()}
    parameters = sum(int(np.prod(told["shape"])) for told in weights.values())
    facts = {"keras": keras.__version__, "parameters": parameters, "weights": weights}
    (folder / f"{name}.json").write_text(json.dumps(facts, indent=1))


root = Path(sys.argv[1])
root.mkdir(parents=True, exist_ok=True)
for wanted in sys.argv[2:] or networks:
    write(root, wanted)
