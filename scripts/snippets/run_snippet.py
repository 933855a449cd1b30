"""Runs the code of a README.md where its files lie, as it stands, and prints what the model then says.

Run: python run_snippet.py about.json; about.json holds code, inputs, and code that comes before it: the layers of somebody who has
weights alone. The working folder is the folder of the files.
"""

import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import numpy as np  # noqa: E402

with open(sys.argv[1], encoding="utf-8") as file:
    about = json.load(file)
given = [np.array(one["values"], "float32").reshape(one["shape"]) for one in about["inputs"]]
names = {}
exec(about["before"], names)
exec(about["code"], names)
if about["names"]:
    held = {name: one.detach().to("cpu").numpy() for name, one in names["model"].state_dict().items()}
    found = [np.concatenate([held[name].ravel() for name in about["names"]])]
elif "session" in names:
    session = names["session"]
    found = session.run(None, dict(zip([one.name for one in session.get_inputs()], given, strict=True)))
else:
    found = names["model"](given[0], training=False)
    found = found if isinstance(found, (list, tuple)) else [found]
print(json.dumps([np.array(one).ravel().tolist() for one in found]))
