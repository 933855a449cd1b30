"""Files of arrays written by NumPy itself, and what NumPy reads out of them.

python3 -m pip install numpy
python3 golden/make_npy.py
"""

import base64
import io
import json
import platform
import warnings
from pathlib import Path

import numpy as np

SEED = 20251125
random = np.random.default_rng(SEED)


def npy(array, version=None):
    out = io.BytesIO()
    with warnings.catch_warnings():
        # NumPy warns that versions 2 and 3 are not for everyone.
        warnings.simplefilter("ignore")
        np.lib.format.write_array(out, array, version=version, allow_pickle=True)
    return out.getvalue()


def case(name, array, version=None):
    """Values in row-major order, whatever the order in the file."""
    return {
        "name": name,
        "shape": list(array.shape),
        "values": np.ascontiguousarray(array).astype(np.float64).ravel().tolist(),
        "base64": base64.b64encode(npy(array, version)).decode(),
    }


arrays = []
for code in ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8"]:
    info = np.iinfo(code)
    low, high = max(info.min, -(2**53)), min(info.max, 2**53)
    ends = [low, high, 0, 1, high - 1, low + 1]
    for order in "<>":
        arrays.append(case(f"{order}{code}", np.array(ends, dtype=f"{order}{code}").reshape(2, 3)))
for code in ["f2", "f4", "f8"]:
    values = random.standard_normal((3, 4)) * [1, 1e-7, 100, 0]
    for order in "<>":
        arrays.append(case(f"{order}{code}", values.astype(f"{order}{code}")))
arrays.append(case("bool", np.array([True, False, False, True])))
cube = random.integers(0, 1000, size=(2, 3, 4))
arrays.append(case("Fortran order", np.asfortranarray(cube.astype("<i4"))))
arrays.append(case("bytes in Fortran order", np.asfortranarray(cube.astype("u1"))))
arrays.append(case("Fortran order, big-endian", np.asfortranarray(cube.astype(">f8"))))
for version in [(1, 0), (2, 0), (3, 0)]:
    arrays.append(case(f"version {version[0]}", cube[0].astype("<i2"), version))
arrays.append(case("a single value", np.float32(2.5).reshape(())))

refused = [
    {"name": name, "found": found, "base64": base64.b64encode(npy(array)).decode()}
    for name, found, array in [
        ("objects", "|O", np.array([1, "two"], dtype=object)),
        ("text", "<U3", np.array(["one", "two"])),
        ("bytes of text", "|S3", np.array([b"one", b"two"])),
        ("complex numbers", "<c16", np.array([1 + 2j])),
        ("dates", "<M8[D]", np.array(["2025-11-25"], dtype="datetime64[D]")),
        ("a structure", "[('a', '<f4'), ('b', '<i4')]", np.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")])),
        (
            "a structure in a structure",
            "[('a', [('b', '<f4'), ('c', '<i4', (2,))])]",
            np.zeros(2, dtype=[("a", [("b", "<f4"), ("c", "<i4", (2,))])]),
        ),
    ]
]


def npz(save, *named, **arrays):
    out = io.BytesIO()
    save(out, *named, **arrays)
    return base64.b64encode(out.getvalue()).decode()


x = random.standard_normal((4, 3)).astype(np.float32)
y = np.array([2, 0, 1, 1])
archives = [
    {"name": "savez", "base64": npz(np.savez, x_test=x, y_test=y, x_train=x[:2], y_train=y[:2])},
    {"name": "savez_compressed", "base64": npz(np.savez_compressed, images=x, labels=y)},
    {"name": "savez without names", "base64": npz(np.savez, x, y)},
]

content = {
    "numpy": np.__version__,
    "python": platform.python_version(),
    "seed": SEED,
    "arrays": arrays,
    "refused": refused,
    "archives": archives,
    "samples": x.astype(np.float64).ravel().tolist(),
    "labels": y.tolist(),
}
text = json.dumps(content, separators=(",", ":")).replace("},{", "},\n{")
(Path(__file__).parent / "npy.json").write_text(text + "\n")
