"""What tfmot says of a file of its own that it has quantized: tfmot_answers.py FILE.h5 EXPECTED.npz, to standard output as JSON.

`rounded`: as it is, each weight and each value in between rounded to what 8 bits tell apart. `plain`: by the same code of tfmot with its
rounding left out, which is what a page without it has to say. EXPECTED.npz holds the inputs `x`, and in `quantize` what was
answered to them when the file was written. Needs tf-keras 2.21.0 and tensorflow-model-optimization 0.8.0.
"""

import json
import os
import sys

os.environ["TF_USE_LEGACY_KERAS"] = "1"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
import numpy as np
import tensorflow as tf
import tensorflow_model_optimization as tfmot
import tf_keras as keras


def said(path, x):
    with tfmot.quantization.keras.quantize_scope():
        model = keras.models.load_model(path, compile=False)
    return model.predict(x, verbose=0)


path, expected = sys.argv[1:]
given = np.load(expected)
x = given["x"]
rounded = said(path, x)
if np.abs(rounded - given["quantize"]).max() > 1e-6:
    sys.exit("tfmot does not say what it said")
for name in ["fake_quant_with_min_max_vars", "fake_quant_with_min_max_vars_per_channel"]:
    setattr(tf.quantization, name, lambda inputs, *_, **__: inputs)
plain = said(path, x)
if np.array_equal(plain, rounded):
    sys.exit("the rounding of tfmot was not left out")
print(json.dumps({"rounded": rounded.ravel().tolist(), "plain": plain.ravel().tolist()}))
