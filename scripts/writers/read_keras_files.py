"""Opens files of Keras by the code that came with them and compares what they say: read_keras_files.py FOLDER.

Each folder in FOLDER has a file and about.json: name, container, code, inputs and outputs. Keras 3 is asked to open each .h5
beside tf-keras, and what it says is told. Weights alone are loaded into the model of the folder before that has one.
"""

import contextlib
import io
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tf_keras  # noqa: E402

TOLERANCE = 1e-5


def apart(model, about):
    given = [np.array(x["values"], x["dtype"]).reshape(x["shape"]) for x in about["inputs"]]
    # Keras counts what goes by name in the order of the names.
    struct = getattr(model, "_inputs_struct", None) or getattr(model, "_nested_inputs", None)
    one = dict(zip(sorted(struct), given)) if isinstance(struct, dict) else given
    said = model(given[0] if len(given) == 1 else one, training=False)
    said = [said[name] for name in sorted(said)] if isinstance(said, dict) else said
    said = said if isinstance(said, (list, tuple)) else [said]
    most = 0.0
    for found, wanted in zip(said, about["outputs"], strict=True):
        values = np.array(wanted["values"]).reshape(wanted["shape"])
        found = np.array(found)
        if found.shape != values.shape:
            return float("inf")
        most = max(most, float(np.max(np.abs(found - values))) / max(1e-9, float(np.max(np.abs(values)))))
    return most


def opened(about, kit=None):
    code = about["code"]
    if kit is keras:
        code = code.replace("tf_keras", "keras")
    names = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(code, names)
    return names["model"]


def main(root):
    failed, counts, model = [], {}, None
    for folder in sorted(os.listdir(root)):
        os.chdir(os.path.join(root, folder))
        with open("about.json", encoding="utf-8") as file:
            about = json.load(file)
        name, told = about["name"], []
        try:
            if about["container"] == "kerasWeights":
                if "outputs" not in about or model is None:
                    continue
                for layer in model.layers:
                    layer.set_weights([np.zeros_like(value) for value in layer.get_weights()])
                exec(about["code"], {"model": model})
            else:
                model = opened(about)
            if "outputs" in about:
                distance = apart(model, about)
                told.append(f"{distance:.1e}")
                if not distance <= TOLERANCE:
                    failed.append(name)
            kit = "keras" if isinstance(model, keras.Model) else "tf_keras"
            key = (about["container"], kit)
            counts[key] = counts.get(key, 0) + 1
            if kit == "tf_keras" and about["container"] == "kerasH5":
                try:
                    other = apart(opened(about, keras), about)
                    told.append(f"Keras 3 {other:.1e}")
                    if other <= TOLERANCE:
                        counts[("kerasH5", "both")] = counts.get(("kerasH5", "both"), 0) + 1
                except Exception as error:
                    told.append(f"Keras 3 not: {str(error).splitlines()[-1][:80]}")
            elif about["container"] == "kerasH5":
                try:
                    found = tf_keras.models.load_model("model.h5", compile=False)
                    other = apart(found, about)
                    told.append(f"tf-keras {other:.1e}")
                    if other <= TOLERANCE:
                        counts[("kerasH5", "both")] = counts.get(("kerasH5", "both"), 0) + 1
                except Exception as error:
                    told.append(f"tf-keras not: {str(error).splitlines()[-1][:80]}")
        except Exception as error:
            failed.append(name)
            told.append(f"FAILED {str(error)[-300:]}")
        print(f"{name}: {', '.join(told)}", flush=True)
    for (container, kit), count in sorted(counts.items()):
        print(f"{container} read by {kit}: {count}")
    print(f"{len(failed)} failed: {'; '.join(failed) or 'none'}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main(sys.argv[1])
