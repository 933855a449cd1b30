"""Opens files of Keras by the code that came with them: read_keras_files.py FOLDER.

Each folder in FOLDER has a file and about.json: container, model, code and inputs. A line of JSON for each says what opened it, its
outputs, and SHA-256 of all its weights. Of .h5 it is told what the other version of Keras says, or why it does not open it. Weights alone are loaded
into the last model before them of the same name, all of whose weights are set to zero; where there was none, since no version of Keras has its layers by
itself, their numbers are read by h5py.
"""

import contextlib
import hashlib
import io
import json
import os
import signal
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import h5py  # noqa: E402
import keras  # noqa: E402
import numpy as np  # noqa: E402
import tf_keras  # noqa: E402

VERSIONS = {keras: f"Keras {keras.__version__}", tf_keras: f"tf-keras {tf_keras.__version__}"}

# tf-keras looks for ever for calls of a model in the model as Keras 3 counts them.
PATIENCE_S = 20


def give_up(*_):
    raise TimeoutError(f"no answer in {PATIENCE_S} s")


signal.signal(signal.SIGALRM, give_up)


def kit_of(model):
    return keras if isinstance(model, keras.Model) else tf_keras


def outputs_of(model, inputs):
    given = [np.array(one["values"], one["dtype"]).reshape(one["shape"]) for one in inputs]
    # Keras counts what goes by name in the order of the names.
    struct = getattr(model, "_inputs_struct", getattr(model, "_nested_inputs", None))
    all_of_them = dict(zip(sorted(struct), given)) if isinstance(struct, dict) else given
    said = model(given[0] if len(given) == 1 else all_of_them, training=False)
    said = [said[name] for name in sorted(said)] if isinstance(said, dict) else said
    said = [np.array(one) for one in (said if isinstance(said, (list, tuple)) else [said])]
    return [
        {"shape": one.shape, "dtype": str(one.dtype), "values": one.ravel().tolist()}
        for one in said
    ]


def hashes_of(model):
    return [
        hashlib.sha256(np.ascontiguousarray(weight).tobytes()).hexdigest()
        for weight in model.get_weights()
    ]


def opened(code):
    names = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(code, names)
    return names["model"]


def numbers_in(path):
    found = []

    def visit(_, item):
        if isinstance(item, h5py.Dataset):
            held = np.ascontiguousarray(item[()])
            wide = held.astype(np.float32) if held.dtype == np.float16 else held
            found.append(hashlib.sha256(wide.tobytes()).hexdigest())

    with h5py.File(path) as file:
        file.visititems(visit)
    return found


def by_the_other(model, inputs):
    kit = keras if kit_of(model) is tf_keras else tf_keras
    told = {"runtime": VERSIONS[kit]}
    signal.alarm(PATIENCE_S)
    try:
        other = kit.models.load_model("model.h5", compile=False)
        signal.alarm(0)
        return {**told, "outputs": outputs_of(other, inputs)}
    except Exception as error:
        signal.alarm(0)
        return {**told, "error": str(error).splitlines()[-1][:200]}


def read(about, models):
    if about["container"] == "kerasWeights":
        if about["model"] not in models:
            [path] = [name for name in os.listdir(".") if name.endswith("weights.h5")]
            return {"runtime": f"h5py {h5py.__version__}", "hashes": numbers_in(path)}
        model = models[about["model"]]
        for layer in model.layers:
            layer.set_weights([np.zeros_like(value) for value in layer.get_weights()])
        exec(about["code"], {"model": model})
    else:
        model = models[about["model"]] = opened(about["code"])
    told = {"runtime": VERSIONS[kit_of(model)], "hashes": hashes_of(model)}
    told["outputs"] = outputs_of(model, about["inputs"])
    if about["container"] == "kerasH5":
        told["other"] = by_the_other(model, about["inputs"])
    return told


def main(root):
    models = {}
    for folder in sorted(os.listdir(root)):
        os.chdir(os.path.join(root, folder))
        with open("about.json", encoding="utf-8") as file:
            about = json.load(file)
        try:
            told = read(about, models)
        except Exception as error:
            told = {"error": f"{type(error).__name__}: {str(error)[-300:]}"}
        print(json.dumps({"folder": folder, **told}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
