"""Answers of the backend self-test, by NumPy alone: python3 golden/make_self_test.py

Inputs are small multiples of 1/8, so that every answer but softmax is exact in float32.
"""
import json
import pathlib
import numpy as np

rng = np.random.default_rng(20261125)


def eighths(*shape):
    return rng.integers(-16, 17, size=shape) / 8.0


def pad_same(size, kernel, stride):
    out = -(-size // stride)
    total = max((out - 1) * stride + kernel - size, 0)
    return out, total // 2, total - total // 2


def windows(x, kernel, stride, padding, fill):
    """Yields (row, column, window, valid) of an image [h, w, c]."""
    h, w, _ = x.shape
    if padding == "same":
        oh, top, bottom = pad_same(h, kernel, stride)
        ow, left, right = pad_same(w, kernel, stride)
    else:
        oh, ow = (h - kernel) // stride + 1, (w - kernel) // stride + 1
        top = bottom = left = right = 0
    padded = np.pad(x, ((top, bottom), (left, right), (0, 0)), constant_values=fill)
    valid = np.pad(np.ones((h, w)), ((top, bottom), (left, right)))
    for r in range(oh):
        for c in range(ow):
            rows, cols = slice(r * stride, r * stride + kernel), slice(c * stride, c * stride + kernel)
            yield r, c, padded[rows, cols], valid[rows, cols], (oh, ow)


def conv(x, k, stride, padding):
    out = None
    for r, c, window, _, shape in windows(x, k.shape[0], stride, padding, 0.0):
        if out is None:
            out = np.zeros((*shape, k.shape[3]))
        out[r, c] = np.einsum("ijc,ijco->o", window, k)
    return out


def depthwise(x, k, stride, padding):
    out = None
    for r, c, window, _, shape in windows(x, k.shape[0], stride, padding, 0.0):
        if out is None:
            out = np.zeros((*shape, k.shape[2] * k.shape[3]))
        out[r, c] = np.einsum("ijc,ijcm->cm", window, k).reshape(-1)
    return out


def pool(x, kernel, stride, padding, kind):
    out = None
    for r, c, window, valid, shape in windows(
        x, kernel, stride, padding, -np.inf if kind == "max" else 0.0
    ):
        if out is None:
            out = np.zeros((*shape, x.shape[2]))
        out[r, c] = window.max((0, 1)) if kind == "max" else window.sum((0, 1)) / valid.sum()
    return out


def numbers(array):
    return {"shape": list(array.shape), "values": [float(v) for v in array.reshape(-1)]}


def image(array):
    return numbers(array[None])


cases = []
a, b, bias = eighths(17, 33), eighths(33, 12), eighths(12)
cases.append({"kernel": "matmul", "options": {}, "inputs": [numbers(a), numbers(b)], "answer": numbers(a @ b)})
cases.append({"kernel": "dense", "options": {}, "inputs": [numbers(a), numbers(b), numbers(bias)],
              "answer": numbers(np.maximum(a @ b + bias, 0))})
for size, channels, filters, kernel, stride, padding in [
    (9, 3, 8, 3, 2, "same"), (8, 4, 4, 5, 1, "valid"), (6, 8, 16, 1, 1, "same")]:
    x, k = eighths(size, size, channels), eighths(kernel, kernel, channels, filters)
    cases.append({"kernel": "conv2d", "options": {"stride": stride, "padding": padding},
                  "inputs": [image(x), numbers(k)], "answer": image(conv(x, k, stride, padding))})
for size, stride, padding in [(8, 1, "same"), (9, 2, "same"), (7, 1, "valid")]:
    x, k = eighths(size, size, 4), eighths(3, 3, 4, 1)
    cases.append({"kernel": "depthwise", "options": {"stride": stride, "padding": padding},
                  "inputs": [image(x), numbers(k)], "answer": image(depthwise(x, k, stride, padding))})
for kind in ["max", "avg"]:
    for size, kernel, stride, padding in [(9, 2, 2, "valid"), (7, 3, 2, "same")]:
        x = eighths(size, size, 5) - (3 if kind == "max" else 0)
        cases.append({"kernel": kind + "Pool", "options": {"kernel": kernel, "stride": stride, "padding": padding},
                      "inputs": [image(x)], "answer": image(pool(x, kernel, stride, padding, kind))})
x = np.concatenate([eighths(2, 10), eighths(1, 10) * 40])
e = np.exp(x - x.max(1, keepdims=True))
cases.append({"kernel": "softmax", "options": {}, "inputs": [numbers(x)], "answer": numbers(e / e.sum(1, keepdims=True))})

target = pathlib.Path(__file__).parent.parent / "src" / "engine" / "self-test.json"
target.write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
