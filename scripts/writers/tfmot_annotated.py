"""Writes testing/models/tfmot/annotated.h5 and what it answers: layers in tfmot's QuantizeAnnotate, before they are quantized.

Needs tf-keras 2.21.0 and tensorflow-model-optimization 0.8.0.
"""

import json
import os

os.environ["TF_USE_LEGACY_KERAS"] = "1"

import numpy as np
import tensorflow_model_optimization as tfmot
import tf_keras as keras

annotate = tfmot.quantization.keras.quantize_annotate_layer
folder = "testing/models/tfmot"
keras.utils.set_random_seed(3)
model = keras.Sequential(
    [
        keras.layers.InputLayer(input_shape=(8, 8, 1)),
        annotate(keras.layers.Conv2D(4, 3, activation="relu")),
        keras.layers.Flatten(),
        annotate(keras.layers.Dense(5, activation="softmax")),
    ]
)
x = np.random.default_rng(1).random((7, 8, 8, 1)).astype("float32")
model.save(f"{folder}/annotated.h5")
answers = {"x": x[:3].ravel().tolist(), "y": model.predict(x, verbose=0)[:3].ravel().tolist()}
with open(f"{folder}/annotated.json", "w") as file:
    json.dump(answers, file)
