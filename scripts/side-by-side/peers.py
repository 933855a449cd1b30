"""Compresses a model with the tools that other people use, and measures what comes out: peers.py FOLDER DATASET.

FOLDER has model.h5. What is made lies beside it. A line of JSON for each says tool, setting, bytes of the file and of a zip around it (deflate,
level 9), CPU seconds of the call in a process that has the tool loaded already, and right answers among the validation and the test split,
null where stock TensorFlow.js has to say them. Ranges of activations are from the calibration split, which is neither.
"""

import contextlib
import io
import json
import os
import sys
import time
import zipfile
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ["TF_USE_LEGACY_KERAS"] = "1"
sys.path.insert(0, str(Path(__file__).parent.parent / "writers"))

import onnx  # noqa: E402
import onnxruntime  # noqa: E402
from ai_edge_litert.interpreter import Interpreter  # noqa: E402
from ai_edge_quantizer import quantizer, recipe  # noqa: E402
from onnxruntime import quantization  # noqa: E402
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer  # noqa: E402
from onnxruntime.quantization.shape_inference import quant_pre_process  # noqa: E402
from measure import Measure  # noqa: E402
from stock_converter import converter, tf, tf_keras, tfjs  # noqa: E402

import ai_edge_quantizer  # noqa: E402
import tf2onnx  # noqa: E402
from importlib.metadata import version  # noqa: E402

FOLDER, DATASET = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
CALIBRATION = 300


MEASURE = Measure(DATASET)
CALIBRATED = MEASURE.split("calibration")[0][:CALIBRATION]


def zipped(paths):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in paths:
            archive.write(path, path.name)
    return len(memory.getvalue())


def row(tool, setting, path, make, measure):
    """Makes a file or a folder, and says what came of it."""
    told = {"tool": tool, "setting": setting, "path": str(path)}
    try:
        began = time.process_time()
        with contextlib.redirect_stdout(io.StringIO()):
            make(path)
        told["seconds"] = time.process_time() - began
        paths = sorted(path.iterdir()) if path.is_dir() else [path]
        told["bytes"] = sum(one.stat().st_size for one in paths)
        told["zipped"] = zipped(paths)
        told["right"] = measure(path) if measure else None
    except Exception as error:
        told["error"] = f"{type(error).__name__}: {str(error)[:200]}"
    print(json.dumps(told), flush=True)


def tflite(saved):
    def made(path, **settings):
        maker = tf.lite.TFLiteConverter.from_saved_model(str(saved))
        for name, value in settings.items():
            setattr(maker, name, value)
        path.write_bytes(maker.convert())

    def calibration():
        for image in CALIBRATED:
            yield [image[None]]

    smaller = {"optimizations": [tf.lite.Optimize.DEFAULT]}
    half = {**smaller, "target_spec": tf.lite.TargetSpec(supported_types=[tf.float16])}
    for setting, settings in {
        "float32": {},
        "float16": half,
        "dynamic range": smaller,
        "full int8": {**smaller, "representative_dataset": calibration},
    }.items():
        path = FOLDER / f"{setting.replace(' ', '-')}.tflite"
        make = lambda path, settings=settings: made(path, **settings)  # noqa: E731
        row(f"TFLite converter {tf.__version__}", setting, path, make, MEASURE.by_litert)


def edge():
    source = FOLDER / "float32.tflite"
    names = ["dynamic_wi8_afp32", "weight_only_wi8_afp32", "static_wi8_ai8"]
    names += ["dynamic_wi4_afp32", "weight_only_wi4_afp32", "dynamic_wi4b32_afp32", "dynamic_wi2c_afp32"]
    signature = Interpreter(str(source)).get_signature_list()
    (key, ports), *_ = signature.items()
    inputs = [{ports["inputs"][0]: image[None]} for image in CALIBRATED]

    def made(path, name):
        path.unlink(missing_ok=True)
        own = quantizer.Quantizer(str(source))
        own.load_quantization_recipe(getattr(recipe, name)())
        ranges = own.calibrate({key: inputs}) if own.need_calibration else None
        own.quantize(ranges).export_model(str(path))

    tool = f"ai-edge-quantizer {version('ai-edge-quantizer')}"
    for name in names:
        make = lambda path, name=name: made(path, name)  # noqa: E731
        row(tool, name, FOLDER / f"{name}.tflite", make, MEASURE.by_litert)


class Reader(quantization.CalibrationDataReader):
    def __init__(self, name):
        self.batches = iter([{name: CALIBRATED[at : at + 1]} for at in range(len(CALIBRATED))])

    def get_next(self):
        return next(self.batches, None)


def onnx_tools(model):
    source, ready = FOLDER / "float.onnx", FOLDER / "ready.onnx"
    spec = [tf.TensorSpec([None, 28, 28, 1], tf.float32, name="x")]

    def converted(path):
        tf2onnx.convert.from_keras(model, spec, opset=17, output_path=str(path))

    row(f"tf2onnx {tf2onnx.__version__}", "float32", source, converted, MEASURE.by_onnxruntime)
    quant_pre_process(str(source), str(ready))
    name = onnx.load(str(ready)).graph.input[0].name
    int8, int4 = quantization.QuantType.QInt8, quantization.QuantType.QInt4

    def dynamic(path, per_channel):
        quantization.quantize_dynamic(str(ready), str(path), per_channel=per_channel, weight_type=int8)

    def static(path, per_channel, weights):
        quantization.quantize_static(
            str(ready), str(path), Reader(name), per_channel=per_channel, weight_type=weights
        )

    # Of the file as it was converted: making it ready puts products and biases into one operator, which is passed over.
    def products(path, bits):
        own = MatMulNBitsQuantizer(str(source), bits=bits, block_size=32, is_symmetric=True)
        own.process()
        own.model.save_model_to_file(str(path))

    tool = f"onnxruntime {onnxruntime.__version__}"
    for setting, make in {
        "dynamic int8 per tensor": lambda path: dynamic(path, False),
        "dynamic int8 per channel": lambda path: dynamic(path, True),
        "static QDQ int8 per tensor": lambda path: static(path, False, int8),
        "static QDQ int8 per channel": lambda path: static(path, True, int8),
        "static QDQ int4 weights per channel": lambda path: static(path, True, int4),
        "MatMulNBits 8 bits in blocks of 32": lambda path: products(path, 8),
        "MatMulNBits 4 bits in blocks of 32": lambda path: products(path, 4),
    }.items():
        row(tool, setting, FOLDER / f"{setting.replace(' ', '-')}.onnx", make, MEASURE.by_onnxruntime)


def page(saved):
    tool = f"tensorflowjs_converter {tfjs.__version__}"
    for setting, flags in {
        "float32": [],
        "float16": ["--quantize_float16=*"],
        "uint16": ["--quantize_uint16=*"],
        "uint8": ["--quantize_uint8=*"],
    }.items():
        common = ["--input_format=tf_saved_model", "--output_format=tfjs_graph_model"]
        make = lambda path, flags=flags: converter.convert([*common, *flags, str(saved), str(path)])  # noqa: E731
        row(tool, setting, FOLDER / f"tfjs-{setting}", make, None)


def main():
    model = tf_keras.models.load_model(FOLDER / "model.h5", compile=False)
    saved = FOLDER / "saved"
    model.export(str(saved)) if hasattr(model, "export") else tf.saved_model.save(model, str(saved))
    print(json.dumps({"float": MEASURE.right(lambda x: model(x, training=False).numpy())}), flush=True)
    tflite(saved)
    edge()
    page(saved)
    onnx_tools(model)


main()
