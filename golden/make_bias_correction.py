"""Writes bias-correction.json: by how much the mean of a layer's outputs moves when its kernel changes.

Layers are run on every sample, position by position, over inputs that are padded with zeros as
TensorFlow pads them; then the outputs are averaged. Nothing here uses the mean of the inputs, which is
what the code under test works from.

    python3 -m pip install numpy && python3 golden/make_bias_correction.py
"""

import itertools
import json
import platform
from pathlib import Path

import numpy as np

SEED = 19060472
HERE = Path(__file__).parent


def hex32(array):
    return np.asarray(array, dtype="<f4").tobytes().hex()


def padded(x, width, stride, dilation, padding):
    """x with zeros around it along its axes between batch and channels, and the output's sizes."""
    pads, counts = [(0, 0)], []
    for size, k, s, d in zip(x.shape[1:-1], width, stride, dilation):
        reach = (k - 1) * d + 1
        if padding == "same":
            count = -(-size // s)
            total = max((count - 1) * s + reach - size, 0)
            before, after = total // 2, total - total // 2
        elif padding == "causal":
            before, after = reach - 1, 0
            count = (size - 1) // s + 1
        else:
            before, after, count = 0, 0, (size - reach) // s + 1
        pads.append((before, after))
        counts.append(count)
    return np.pad(x, pads + [(0, 0)]), counts


def patches(x, width, stride, dilation, padding):
    """[samples, positions, *width, channels]"""
    wide, counts = padded(x, width, stride, dilation, padding)
    found = []
    for place in itertools.product(*(range(count) for count in counts)):
        window = tuple(
            slice(at * s, at * s + (k - 1) * d + 1, d)
            for at, s, k, d in zip(place, stride, width, dilation)
        )
        found.append(wide[(slice(None), *window, slice(None))])
    return np.stack(found, axis=1)


def outputs(kind, x, kernels, settings):
    x = x.astype(np.float64)
    kernels = [kernel.astype(np.float64) for kernel in kernels]
    first = kernels[0]
    if kind == "Dense":
        return x @ first
    axes = 2 if kind in ("DepthwiseConv2D", "SeparableConv2D") else first.ndim - 2
    cut = patches(x, first.shape[:axes], settings["strides"], settings["dilation_rate"], settings["padding"])
    if axes == first.ndim - 2 and kind.startswith("Conv"):
        return np.tensordot(cut, first, axes=first.ndim - 1)
    made = np.einsum("nphwc,hwcm->npcm", cut, first)
    made = made.reshape(*made.shape[:2], -1)
    return made if kind == "DepthwiseConv2D" else made @ kernels[1][0, 0]


def case(rng, name, kind, shape, kernel_shapes, strides=(), padding="valid", dilation=None):
    settings = {
        "strides": list(strides),
        "padding": padding,
        "dilation_rate": list(dilation or [1] * len(strides)),
    }
    x = rng.standard_normal(shape).astype(np.float32) + np.float32(0.5)
    before = [rng.standard_normal(s).astype(np.float32) for s in kernel_shapes]
    after = [(np.round(k * 4) / 4).astype(np.float32) for k in before]
    moved = outputs(kind, x, after, settings) - outputs(kind, x, before, settings)
    shift = moved.reshape(-1, moved.shape[-1]).mean(axis=0)
    return {
        "name": name,
        "className": kind,
        "config": settings if strides else {},
        "inputs": {"shape": list(shape), "values": hex32(x)},
        "kernels": [
            {"shape": list(k.shape), "before": hex32(k), "after": hex32(a)}
            for k, a in zip(before, after)
        ],
        "shift": shift.tolist(),
    }


def main():
    rng = np.random.default_rng(SEED)
    cases = [
        case(rng, "dense", "Dense", (6, 5), [(5, 4)]),
        case(rng, "dense over time", "Dense", (3, 4, 5), [(5, 2)]),
        case(rng, "3 x 3 same", "Conv2D", (4, 5, 6, 2), [(3, 3, 2, 3)], (1, 1), "same"),
        case(rng, "3 x 3 valid", "Conv2D", (4, 5, 6, 2), [(3, 3, 2, 3)], (1, 1), "valid"),
        case(rng, "strides of two, same", "Conv2D", (3, 6, 7, 2), [(3, 3, 2, 2)], (2, 2), "same"),
        case(rng, "uneven strides, even kernel", "Conv2D", (3, 7, 8, 1), [(2, 4, 1, 3)], (3, 2), "same"),
        case(rng, "dilated, same", "Conv2D", (2, 7, 7, 1), [(3, 3, 1, 2)], (1, 1), "same", (2, 2)),
        case(rng, "kernel wider than the input", "Conv2D", (3, 2, 2, 2), [(5, 5, 2, 2)], (1, 1), "same"),
        case(rng, "in time, causal", "Conv1D", (4, 7, 3), [(3, 3, 2)], (1,), "causal", (2,)),
        case(rng, "in time, strides of three", "Conv1D", (4, 8, 3), [(3, 3, 2)], (3,), "same"),
        case(rng, "in space", "Conv3D", (2, 3, 4, 3, 2), [(2, 3, 2, 2, 2)], (1, 2, 1), "same"),
        case(rng, "depthwise", "DepthwiseConv2D", (3, 5, 5, 3), [(3, 3, 3, 1)], (1, 1), "same"),
        case(rng, "depthwise, two each", "DepthwiseConv2D", (3, 6, 5, 3), [(3, 3, 3, 2)], (2, 2), "same"),
        case(rng, "separable", "SeparableConv2D", (3, 5, 6, 2), [(3, 3, 2, 2), (1, 1, 4, 3)], (1, 1), "same"),
    ]
    head = {"numpy": np.__version__, "python": platform.python_version(), "seed": SEED}
    text = json.dumps({**head, "cases": cases}, separators=(",", ":")).replace('},{"name"', '},\n{"name"')
    (HERE / "bias-correction.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
