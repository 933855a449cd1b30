"""The stock tensorflowjs package, without the two optional parts that no model here needs."""

import os
import sys
import types

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

# Before the stand-ins: Keras asks whether there is a jax as well, and would believe them.
import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
import tf_keras  # noqa: E402


def _stand_in(name):
    module = types.ModuleType(name)
    sys.modules[name] = module
    return module


# `import tensorflowjs` imports these two before anything else. Decision forests has no build for today's
# TensorFlow, and is only there to register operators of its own; jax is only there for convert_jax.
# Everything that writes the files is the package as it was published.
_stand_in("tensorflow_decision_forests")
_stand_in("jax").experimental = _stand_in("jax.experimental")
sys.modules["jax.experimental"].jax2tf = _stand_in("jax.experimental.jax2tf")

import tensorflowjs as tfjs  # noqa: E402
from tensorflowjs import quantization, read_weights  # noqa: E402
from tensorflowjs.converters import converter, tf_saved_model_conversion_v2  # noqa: E402

graph_conversion = tf_saved_model_conversion_v2

__all__ = [
    "converter",
    "graph_conversion",
    "keras",
    "np",
    "quantization",
    "read_weights",
    "tf",
    "tf_keras",
    "tfjs",
]
