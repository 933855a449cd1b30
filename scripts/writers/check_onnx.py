"""Has onnx check files in full, and onnxruntime answer them, with its fusions and without: one line of JSON for each file.

Run: python check_onnx.py FOLDER; NAME.onnx lies beside NAME.json, which holds inputs and what they have to come to.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort

LEVELS = {
    "plain": ort.GraphOptimizationLevel.ORT_DISABLE_ALL,
    "fused": ort.GraphOptimizationLevel.ORT_ENABLE_ALL,
}


def array(numbers):
    return np.array(numbers["values"], numbers["dtype"]).reshape(numbers["shape"])


def apart(found, wanted):
    if found.shape != wanted.shape:
        return float("inf")
    found, wanted = found.astype(np.float64), wanted.astype(np.float64)
    same = (found == wanted) | (np.isnan(found) & np.isnan(wanted))
    most = np.abs(np.where(same, 0, found - wanted)).max(initial=0)
    scale = np.abs(np.where(np.isfinite(wanted), wanted, 0)).max(initial=0)
    # The sigmoid of the runtime is within 1e-7 of its value, of which nothing may be left.
    return 0.0 if most <= 1e-7 else float(most / scale) if scale > 0 else float("inf")


def check(path):
    onnx.checker.check_model(str(path), full_check=True)
    told = json.loads(path.with_suffix(".json").read_text())
    wanted = [array(one) for one in told["outputs"]]
    result = {}
    for name, level in LEVELS.items():
        options = ort.SessionOptions()
        options.graph_optimization_level = level
        options.log_severity_level = 3
        if told.get("exact"):
            options.add_session_config_entry(told["exact"], "1")
        session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        names = [one.name for one in session.get_inputs()]
        given = dict(zip(names, [array(one) for one in told["inputs"]]))
        found = session.run(None, given)
        result[name] = max((apart(*pair) for pair in zip(found, wanted, strict=True)), default=0.0)
    return result


for file in sorted(Path(sys.argv[1]).glob("*.onnx")):
    try:
        print(json.dumps({"name": file.stem, **check(file)}), flush=True)
    except Exception as error:  # noqa: BLE001
        print(json.dumps({"name": file.stem, "error": str(error)[:500]}), flush=True)
