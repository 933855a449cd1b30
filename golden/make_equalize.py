"""Writes equalize.json: kernels after equalization between layers, as equation 11 of arXiv:1906.04721 has it.

Plain loops over one pair of layers after the other until nothing moves; nothing here knows graphs or links.

    python3 -m pip install numpy && python3 golden/make_equalize.py
"""

import json
import platform
from pathlib import Path

import numpy as np

SEED = 19060472
HERE = Path(__file__).parent


def hex32(array):
    return np.asarray(array, dtype="<f4").tobytes().hex()


def equalized(kernels, biases):
    """kernels: [in, out] each; biases of each but the last are divided with their channels."""
    kernels = [kernel.astype(np.float64) for kernel in kernels]
    biases = [bias.astype(np.float64) for bias in biases]
    for _ in range(1000):
        for at in range(len(kernels) - 1):
            made = np.abs(kernels[at]).max(axis=0)
            read = np.abs(kernels[at + 1]).max(axis=1)
            s = np.where((made > 0) & (read > 0), np.sqrt(made / np.where(read > 0, read, 1)), 1.0)
            kernels[at] = kernels[at] / s
            biases[at] = biases[at] / s
            kernels[at + 1] = kernels[at + 1] * s[:, None]
    return kernels, biases


def case(random, sides, dead):
    kernels = [
        (random.normal(size=pair) * np.exp(random.normal(size=(1, pair[1])))).astype(np.float32)
        for pair in zip(sides, sides[1:])
    ]
    biases = [random.normal(size=side).astype(np.float32) for side in sides[1:]]
    if dead:
        kernels[0][:, 1] = 0
        kernels[1][2, :] = 0
    after, shifted = equalized(kernels, biases)
    return {
        "sides": list(sides),
        "kernels": [hex32(kernel) for kernel in kernels],
        "biases": [hex32(bias) for bias in biases],
        "afterKernels": [hex32(kernel) for kernel in after],
        "afterBiases": [hex32(bias) for bias in shifted],
    }


def main():
    random = np.random.default_rng(SEED)
    cases = [
        case(random, (3, 4, 2), False),
        case(random, (5, 6, 4, 3), False),
        case(random, (4, 5, 6, 2), True),
    ]
    content = {"numpy": np.__version__, "python": platform.python_version(), "seed": SEED, "cases": cases}
    (HERE / "equalize.json").write_text(json.dumps(content, indent=1) + "\n")


main()
