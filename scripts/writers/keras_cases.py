"""
Writes small files by real Keras 3 and tf-keras, each with inputs and what the library itself says to them.
Run: python scripts/writers/keras_cases.py FOLDER
Beside each file lies FILE.json: configuration, weights by layer, inputs and outputs; numbers as base64 of little endian.
"""

import base64
import json
import os
import sys
import traceback

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tf_keras  # noqa: E402

import keras_functions as between  # noqa: E402
import keras_nets as nets  # noqa: E402


def packed(array):
    array = np.asarray(array)
    if array.dtype == np.float64 or array.dtype.name == "bfloat16":
        array = array.astype(np.float32)
    data = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
    return {"shape": list(array.shape), "dtype": array.dtype.name, "data": data}


def fill(model, seed):
    """Weights that make every part of a model count; normalization that is not the identity."""
    random = np.random.default_rng(seed)
    values = []
    for weight in model.weights:
        name = getattr(weight, "path", weight.name)
        shape = tuple(weight.shape)
        kind = weight.dtype if isinstance(weight.dtype, str) else weight.dtype.name
        if "count" in name or "seed" in name:
            value = np.array(weight)
        elif "variance" in name or "gamma" in name or "scale" in name:
            value = random.uniform(0.5, 1.5, shape)
        elif len(shape) < 2:
            value = random.normal(0, 0.2, shape)
        else:
            fan = max(1, int(np.prod(shape[:-1])))
            value = random.normal(0, min(1.0, 1.5 / np.sqrt(fan)), shape)
        values.append(np.asarray(value).astype(kind))
    model.set_weights(values)
    for layer in model.layers:
        if layer.__class__.__name__ == "Normalization" and layer.input_mean is None:
            layer.finalize_state()


def inputs_of(model, seed):
    random = np.random.default_rng(seed + 1000)
    given = []
    for tensor in model.inputs:
        shape = [3, *tensor.shape[1:]]
        kind = tensor.dtype if isinstance(tensor.dtype, str) else tensor.dtype.name
        if "int" in kind:
            words = random.integers(1, 20, shape).astype(np.int32)
            words[1, 4:] = 0
            words[2, 6:] = 0
            given.append(words)
            continue
        values = random.normal(0, 1, shape).astype(np.float32)
        if any(layer.__class__.__name__ == "Masking" for layer in model.layers):
            values[0, 3:] = 0
        if any(layer.__class__.__name__ == "Rescaling" for layer in model.layers):
            values = random.uniform(0, 255, shape).astype(np.float32)
        given.append(values)
    return given


def weights_by_layer(model, above=""):
    found = {}
    for layer in model.layers:
        name = above + layer.name
        inner = getattr(layer, "layer", None)
        if hasattr(layer, "layers") and hasattr(layer, "inputs"):
            found.update(weights_by_layer(layer, f"{name}/"))
        elif inner is not None and hasattr(inner, "layers"):
            found.update(weights_by_layer(inner, f"{name}/"))
        elif layer.weights:
            found[name] = [
                {"name": getattr(weight, "path", weight.name), **packed(np.array(weight))}
                for weight in layer.weights
                if "seed_generator" not in getattr(weight, "path", weight.name)
            ]
    return found


def write(root, name, kit, make, seed):
    keras3 = kit is keras
    kit.backend.clear_session() if not keras3 else kit.utils.clear_session()
    model = make(kit, keras3) if make in nets.BY_VERSION else make(kit)
    fill(model, seed)
    given = inputs_of(model, seed)
    # Names that TensorFlow refuses in its graphs.
    plain = all(layer.name.isascii() and " " not in layer.name for layer in model.layers)
    one = given[0] if len(given) == 1 else given
    # A Sequential of Keras 3 has none.
    named = getattr(model, "_inputs_struct" if keras3 else "_nested_inputs", None)
    if isinstance(named, dict):
        names = sorted(named)
        one = dict(zip(names, given))
    said = model.predict(one, verbose=0) if plain else model(one)
    if isinstance(said, dict):
        said = [said[name] for name in sorted(said)]
    said = said if isinstance(said, list) else [said]
    files = [f"{name}.keras", *([] if make in nets.NOT_AS_H5 else [f"{name}.h5"])]
    for file in files:
        model.save(os.path.join(root, file))
    record = {
        "writer": "keras-3" if keras3 else "keras-2",
        "version": kit.__version__,
        "config": json.loads(model.to_json()),
        "weights": weights_by_layer(model),
        "inputs": [packed(value) for value in given],
        "outputs": [packed(value) for value in said],
    }
    with open(os.path.join(root, f"{name}.json"), "w", encoding="utf-8") as file:
        json.dump(record, file, ensure_ascii=False)


def main(root, asked):
    os.makedirs(root, exist_ok=True)
    failed = []
    makers = [*nets.COMMON, *nets.BY_VERSION]
    for kit, mark, list_of in [
        (keras, "keras3", [*makers, *nets.ONLY_KERAS_3, *nets.ALSO_COMMON, *nets.ALSO_ONLY_KERAS_3, *between.OF_KERAS_3]),
        (tf_keras, "tfkeras", [*makers, *nets.ALSO_COMMON, *between.OF_TENSORFLOW]),
    ]:
        for seed, make in enumerate(list_of):
            name = f"{make.__name__}.{mark}"
            if asked and not any(part in name for part in asked):
                continue
            try:
                write(root, name, kit, make, seed)
                print(name, flush=True)
            except Exception:
                failed.append(name)
                print(f"{name} FAILED", flush=True)
                traceback.print_exc()
    print(f"failed: {', '.join(failed) or 'none'}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
