"""What people would run instead: native ONNX Runtime on the files that `yardstick.bench.ts --native FOLDER` leaves, named
NET-BATCH.onnx. One thread and all of them; medians of 15 turns of processor time and of the clock, in ms.
Run: `python bench/yardstick/native.py FOLDER`, with numpy and onnxruntime."""

import json
import pathlib
import sys
import time

import numpy
import onnxruntime

TURNS = 15


def measured(path: pathlib.Path, threads: int) -> dict:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    batch = int(path.stem.rsplit("-", 1)[1])
    (given,) = session.get_inputs()
    x = numpy.random.default_rng(1).random([batch, *given.shape[1:]], numpy.float32)
    processor, clock = [], []
    passes = 1
    for turn in range(TURNS + 2):
        began = time.process_time(), time.perf_counter()
        for _ in range(passes):
            session.run(None, {given.name: x})
        took = time.perf_counter() - began[1]
        if turn > 1:
            processor.append((time.process_time() - began[0]) / passes)
            clock.append(took / passes)
        passes = max(1, round(passes * 0.04 / took))
    ms = [round(1000 * float(numpy.median(times)), 3) for times in (processor, clock)]
    return {"processorMs": ms[0], "clockMs": ms[1]}


for path in sorted(pathlib.Path(sys.argv[1]).glob("*.onnx")):
    found = {"one": measured(path, 1), "all": measured(path, 0)}
    print(json.dumps({"net": path.stem, "onnxruntime": onnxruntime.__version__, **found}))
