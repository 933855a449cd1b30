"""Counts right answers of files among the validation and the test split: measure.py DATASET FILE.onnx..., a line of JSON for each."""

import gzip
import json
import sys
from pathlib import Path

import numpy as np

BATCH = 500


class Measure:
    def __init__(self, dataset):
        self.dataset = Path(dataset)
        self.splits = {name: self.split(name) for name in ("validation", "test")}

    def split(self, name):
        read = lambda part: gzip.decompress((self.dataset / f"{name}-{part}.bin").read_bytes())  # noqa: E731
        x = np.frombuffer(read("images"), np.uint8).reshape(-1, 28, 28, 1)
        return x.astype(np.float32) / np.float32(255), np.frombuffer(read("labels"), np.uint8)

    def right(self, answer):
        counts = {}
        for name, (x, labels) in self.splits.items():
            said = [answer(x[at : at + BATCH]).argmax(1) for at in range(0, len(x), BATCH)]
            counts[name] = int((np.concatenate(said) == labels).sum())
        return counts

    def by_onnxruntime(self, path):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        # Products with decoded weights are of float32; files without such products are not touched by it.
        options.add_session_config_entry("session.qdq_matmulnbits_accuracy_level", "1")
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        name = session.get_inputs()[0].name
        return self.right(lambda x: session.run(None, {name: x})[0])

    def by_litert(self, path):
        from ai_edge_litert.interpreter import Interpreter

        interpreter = Interpreter(str(path))
        place = interpreter.get_input_details()[0]["index"]
        interpreter.resize_tensor_input(place, [BATCH, 28, 28, 1])
        interpreter.allocate_tensors()
        given = interpreter.get_input_details()[0]

        def answer(x):
            if given["dtype"] == np.int8:
                scale, zero = given["quantization"]
                x = np.clip(np.round(x / scale) + zero, -128, 127).astype(np.int8)
            interpreter.set_tensor(place, x)
            interpreter.invoke()
            return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])

        return self.right(answer)


if __name__ == "__main__":
    measure = Measure(sys.argv[1])
    for path in sys.argv[2:]:
        print(json.dumps({"path": path, "right": measure.by_onnxruntime(path)}), flush=True)
