"""Writes divergence.json: what onnxruntime's quantizer says of the divergence wherever it cuts spreads of values. It computes in
float32, in which the least of them are equal; the studio in double precision.

Run with onnxruntime 1.32 (scripts/writers/requirements-onnx.txt): python golden/make_divergence.py
"""

import json
import pathlib

import numpy as np
from onnxruntime.quantization import calibrate

HALF = 256

spreads = {
    "bell": lambda at: 4000 * np.exp(-(((at - 255.5) / 40) ** 2) / 2),
    "long tail": lambda at: 9000 * np.exp(-abs(at - 255.5) / 9) + 1,
    "one sign": lambda at: 0 if at < HALF else 6000 * np.exp(-(at - HALF) / 30),
    "outlier": lambda at: 3000 * np.exp(-(((at - 255.5) / 25) ** 2) / 2) + (7 if at == 505 else 0),
    "flat": lambda at: 100,
}

collector = calibrate.HistogramCollector.__new__(calibrate.HistogramCollector)
cases = []
told = []
entropy = calibrate.entropy


def telling(one, other):
    told.append(entropy(one, other))
    return told[-1]


calibrate.entropy = telling
for name, spread in spreads.items():
    counts = np.array([int(spread(at)) for at in range(2 * HALF)], dtype=np.int64)
    edges = np.linspace(-1, 1, 2 * HALF + 1)
    told.clear()
    collector.get_entropy_threshold((counts, edges, np.float64(-1), np.float64(1)), 128)
    cases.append({"name": name, "counts": counts.tolist(), "divergences": [float(f"{value:.6g}") for value in told]})

target = pathlib.Path(__file__).with_name("divergence.json")
target.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
