"""Writes testing/models/tfmot/clustered.keras, quantized.keras and wrapped.json: layers in tfmot's wrappers, in folders of classes.

wrapped.json has what the clustered model answers, and the weights of the model that was quantized, in its order. Needs tf-keras
2.21.0 and tensorflow-model-optimization 0.8.1.
"""

import json
import os

os.environ["TF_USE_LEGACY_KERAS"] = "1"

import numpy as np
import tensorflow_model_optimization as tfmot
import tf_keras as keras

folder = "testing/models/tfmot"


def made():
    keras.utils.set_random_seed(3)
    return keras.Sequential(
        [
            keras.layers.InputLayer(input_shape=(6, 6, 1)),
            keras.layers.Conv2D(4, 3, activation="relu", use_bias=False),
            keras.layers.Flatten(),
            keras.layers.Dense(5, activation="softmax", bias_initializer="normal"),
        ]
    )


model = made()
weights = [weight.ravel().tolist() for weight in model.get_weights()]
x = np.random.default_rng(1).random((7, 6, 6, 1)).astype("float32")
clustered = tfmot.clustering.keras.cluster_weights(
    made(), number_of_clusters=4, cluster_centroids_init=tfmot.clustering.keras.CentroidInitialization.LINEAR
)
clustered.save(f"{folder}/clustered.keras")
answers = {"x": x[:3].ravel().tolist(), "y": clustered.predict(x, verbose=0)[:3].ravel().tolist()}
tfmot.quantization.keras.quantize_model(model).save(f"{folder}/quantized.keras")
with open(f"{folder}/wrapped.json", "w") as file:
    json.dump({**answers, "weights": weights}, file)
