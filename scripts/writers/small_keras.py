"""Writes one small model with Keras 3 and with tf-keras, in each form that they save: small_keras.py FOLDER.

Names are shuffled against classes, so that whoever matches weights by names gets others. The model is trained for a
step, so that the state of an optimizer is there, too. Needs scripts/writers/requirements.txt.
"""

import json
import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
import tf_keras
from keras.src.legacy.saving import legacy_h5_format

root = Path(sys.argv[1])
random = np.random.default_rng(22)
x = random.random((8, 8, 8, 1), dtype=np.float32)
y = np.eye(3, dtype=np.float32)[random.integers(0, 3, 8)]


def model(k):
    layers = k.layers
    picture = layers.Input((8, 8, 1), name="picture")
    first = layers.Conv2D(4, 3, padding="same", name="dense_7")(picture)
    normal = layers.BatchNormalization(name="conv2d_1")(first)
    active = layers.ReLU(name="relu")(normal)
    second = layers.Conv2D(4, 3, padding="same", use_bias=False, name="dense")(active)
    joined = layers.Add(name="sum")([active, second])
    small = layers.MaxPooling2D(4, name="small")(joined)
    flat = layers.Dropout(0.25, name="drop")(layers.Flatten(name="flat")(small))
    dense = layers.Dense(6, activation="tanh", name="conv2d")(flat)
    result = layers.Dense(3, activation="softmax", name="result")(dense)
    made = k.Model(picture, result, name="small")
    made.compile("adam", "categorical_crossentropy")
    made.fit(x, y, epochs=1, verbose=0)
    return made


def written(made, prefix):
    """The weights of each layer as Keras has them, and what the model answers."""
    values = {layer.name: [w.ravel().tolist() for w in layer.get_weights()] for layer in made.layers}
    values = {name: weights for name, weights in values.items() if weights}
    return {"weights": values, "answers": made.predict(x[:2], verbose=0).ravel().tolist(), "files": prefix}


keras.utils.set_random_seed(22)
three = model(keras)
three.save(root / "small.keras3.keras")
three.save(root / "small.keras3.h5")
three.save_weights(root / "small.keras3.weights.h5")
# As of a model with so many layers that their names are too long for one attribute.
legacy_h5_format.HDF5_OBJECT_HEADER_LIMIT = 64
three.save(root / "small.keras3.split.h5")
tf_keras.utils.set_random_seed(22)
two = model(tf_keras)
two.save(root / "small.tfkeras.keras")
two.save(root / "small.tfkeras.h5")
two.save_weights(root / "small.tfkeras.alone.h5")
expected = {
    "versions": {"keras": keras.__version__, "tf_keras": tf_keras.__version__},
    "x": x[:2].ravel().tolist(),
    "models": [written(three, "small.keras3"), written(two, "small.tfkeras")],
}
(root / "small.json").write_text(json.dumps(expected, separators=(",", ":")) + "\n")
