"""Writes the node tests of the ONNX project as files: FOLDER/NAME/model.onnx, input_0.pb, output_0.pb and so on.

Inputs that say how to compute (shapes, axes, bounds: whole numbers, single numbers) become initializers, as they are in
models, where an operator has others before them; so do those that are of another number of samples than the first. Needs the package onnx (scripts/writers/requirements-onnx.txt). Run: python onnx_node_cases.py FOLDER
"""
import sys
from pathlib import Path

import onnx
from onnx import numpy_helper
from onnx.backend.test.loader import load_model_tests


def written(folder, name, values):
    for place, value in enumerate(values):
        proto = value if isinstance(value, onnx.TensorProto) else None
        if proto is None:
            try:
                proto = numpy_helper.from_array(value)
            except Exception:  # a sequence, or nothing: no case of ours
                return False
        (folder / f"{name}_{place}.pb").write_bytes(proto.SerializeToString())
    return True


def with_settings(model, inputs):
    """The model with its settings inside, and the inputs that are left."""
    model = onnx.ModelProto.FromString(model.SerializeToString())
    left = []
    for place, (port, value) in enumerate(zip(list(model.graph.input), inputs)):
        array = value if not isinstance(value, onnx.TensorProto) else numpy_helper.to_array(value)
        kind = getattr(array, "dtype", None)
        if place == 0:
            batch = getattr(array, "shape", ())[:1]
        is_setting = kind is not None and (
            kind.kind in "iu" and kind.itemsize >= 4 or array.size == 1 or array.shape[:1] != batch
        )
        if place == 0 or not is_setting:
            left.append(value)
            continue
        model.graph.initializer.append(numpy_helper.from_array(array, port.name))
        model.graph.input.remove(port)
    return model, left


def main(folder):
    count = 0
    for case in load_model_tests(kind="node"):
        if case.model is None or not case.data_sets:
            continue
        own = Path(folder) / case.name
        own.mkdir(parents=True, exist_ok=True)
        inputs, outputs = case.data_sets[0]
        try:
            model, inputs = with_settings(case.model, inputs)
        except Exception:  # a sequence, or nothing
            continue
        if not written(own, "input", inputs) or not written(own, "output", outputs):
            continue
        (own / "model.onnx").write_bytes(model.SerializeToString())
        count += 1
    print(f"{count} cases of onnx {onnx.__version__}")


main(sys.argv[1])
