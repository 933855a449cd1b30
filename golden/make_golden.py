"""Writes the golden vectors: what the formulas of docs/numerics.md give, computed with NumPy.

Nothing here calls or copies the code under test. Arrays are worked on whole, along the axes of the
tensor, in float64 unless a formula says float32.

    python3 -m pip install numpy && python3 golden/make_golden.py
"""

import hashlib
import json
import platform
from fractions import Fraction
from pathlib import Path

import numpy as np

SEED = 20240229
HERE = Path(__file__).parent
BITS = [1, 2, 3, 4, 8, 12, 16]


def hex32(array):
    """float32 values as the hex of their little-endian bytes: exact, -0 and NaN included."""
    return np.asarray(array, dtype="<f4").tobytes().hex()


def write(name, content):
    head = {"numpy": np.__version__, "python": platform.python_version(), "seed": SEED}
    text = json.dumps({**head, **content}, separators=(",", ":"))
    # One case a line, so that a change shows up as such.
    text = text.replace("},{", "},\n{")
    (HERE / f"{name}.json").write_text(text + "\n")


# Quantization ---------------------------------------------------------------------------------


def tensors():
    rng = np.random.default_rng(SEED)
    normal = lambda shape: (rng.standard_normal(shape) * 0.1).astype(np.float32)
    conv = normal((2, 2, 2, 3))
    masked = normal((6, 4))
    mask = np.abs(masked) > 0.06
    sparse = np.where(mask, masked, np.float32(0))
    lonely = normal((4, 3))
    lonely[:, 1] = 0
    ties = np.array([[-1, -0.75, -0.5, -0.25], [0, 0.25, 0.5, 1]], dtype=np.float32)
    return [
        ("dense", normal((5, 4)), (1,), None),
        ("convolution", conv, (3,), None),
        ("depthwise", normal((3, 3, 2, 2)), (2, 3), None),
        ("transposed convolution", normal((2, 2, 3, 2)), (2,), None),
        ("pruned", sparse, (1,), mask),
        ("a channel of zeros", lonely, (1,), None),
        ("ties", ties, (1,), None),
        ("constant", np.full((3, 2), 0.3, dtype=np.float32), (1,), None),
        ("negative constant", np.full((3, 2), -0.7, dtype=np.float32), (1,), None),
        ("all zero", np.zeros((3, 2), dtype=np.float32), (1,), None),
        ("all pruned", np.zeros((3, 2), dtype=np.float32), (1,), np.zeros((3, 2), dtype=bool)),
        ("one element", np.array([[0.1234]], dtype=np.float32), (1,), None),
        ("one negative element", np.array([[-2.5]], dtype=np.float32), (1,), None),
        ("negative only", -np.abs(normal((4, 3))) - np.float32(0.01), (1,), None),
        ("tiny", (normal((4, 3)) * np.float32(1e-38)).astype(np.float32), (1,), None),
    ]


def reduced(values, axes, function):
    """A statistic of each channel, shaped to broadcast; of everything where axes is None."""
    if axes is None:
        return np.reshape(function(values), (1,) * values.ndim)
    others = tuple(axis for axis in range(values.ndim) if axis not in axes)
    return function(values, axis=others, keepdims=True)


def affine_decode(codes, scale, zero_point):
    minimum = -scale * zero_point
    return (codes * scale + minimum).astype(np.float32)


def up32(x):
    """The smallest float32 not below, as float64."""
    near = np.asarray(x).astype(np.float32)
    above = np.nextafter(near, np.float32(np.inf))
    return np.where(near.astype(np.float64) < x, above, near).astype(np.float64)


def beyond(x, nearest_level, scale):
    """How many weights lie more than half a step from the level that they got, in exact arithmetic."""
    parts = np.broadcast_arrays(x, nearest_level, scale)
    return sum(abs(Fraction(float(w)) - Fraction(float(level))) > Fraction(float(step)) / 2
               for w, level, step in zip(*(part.ravel() for part in parts)))


def whole_range(x, axes):
    return np.minimum(0, reduced(x, axes, np.min)), np.maximum(0, reduced(x, axes, np.max))


def quantize_affine(x, axes, bits, symmetry, ends=None):
    low, high = whole_range(x, axes) if ends is None else ends
    if symmetry == "symmetric":
        largest = np.maximum(high, -low)
        scale = up32(largest / (2 ** (bits - 1) - 1))
        scale[largest == 0] = 1
        zero_point = np.full_like(scale, 2.0 ** (bits - 1))
        first, last = 1, 2**bits - 1
    else:
        scale = up32((high - low) / (2**bits - 1))
        scale[high == low] = 1
        zero_point = np.clip(np.floor(-low / scale + 0.5), 0, 2**bits - 1)
        first, last = 0, 2**bits - 1
    raw = np.floor(x / scale + (zero_point + 0.5))
    codes = np.clip(raw, first, last)
    # Ends of the range are levels or less than half a step outside, so that nothing is clipped. The
    # levels are exact in float64: whole numbers below 2^17 times 24 bits.
    outer = np.where(x > 0, (last - zero_point) * scale, (first - zero_point) * scale)
    outside = (codes == last) & (x > 0) | (codes == first) & (x < 0)
    clipped = beyond(x[outside], np.broadcast_to(outer, x.shape)[outside],
                     np.broadcast_to(scale, x.shape)[outside])
    decoded = affine_decode(codes, scale, zero_point)
    onnx = (codes - zero_point).astype(np.float32) * scale.astype(np.float32)
    assert np.array_equal(decoded, onnx), "ONNX DequantizeLinear restores something else"
    return codes, scale, zero_point, clipped, decoded


def largest_end(x, axes, ends):
    low, high = whole_range(x, axes) if ends is None else ends
    return np.maximum(high, -low) + 0.0


def linear_bins(x, axes, bits, ends=None):
    largest = largest_end(x, axes, ends)
    q = up32(largest / 2 ** (bits - 1))
    y = np.floor(np.divide(x, q, out=np.zeros_like(x), where=q > 0))
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    clipped = int(np.count_nonzero((y < low) | (y > high)))
    return q, np.clip(y, low, high), clipped


def quantize_linear(x, mask, axes, bits, ends=None):
    q, y, clipped = linear_bins(x, axes, bits, ends)
    codes = y + 2 ** (bits - 1)
    scale = np.where(q > 0, q, 1.0)
    zero_point = np.where(q > 0, 2 ** (bits - 1) - 0.5, 2.0 ** (bits - 1))
    decoded = affine_decode(codes, scale, zero_point)
    if mask is not None:
        decoded = np.where(mask, decoded, np.float32(0))
    # The tutorial's own words, z = y q + q / 2, up to the last rounding.
    assert np.allclose(decoded if mask is None else decoded[mask],
                       (y * q + q / 2 if mask is None else (y * q + q / 2)[mask]), rtol=1e-6, atol=2e-45)
    return codes, scale, zero_point, clipped, decoded


def quantize_mean(x, mask, axes, bits, ends=None):
    """Codes and restored values; each bin's mean is taken over an explicit selection."""
    shape = reduced(x, axes, np.max).shape
    if mask is None:
        q, y, clipped = linear_bins(x, axes, bits, ends)
        codes = y + 2 ** (bits - 1)
    else:
        bins = 2**bits - 1
        largest = largest_end(x, axes, ends)
        width = np.broadcast_to(2 * largest / bins, x.shape)
        position = np.divide(x + largest, width, out=np.zeros_like(x), where=width > 0)
        raw = np.floor(position)
        clipped = int(np.count_nonzero(((raw >= bins) | (raw < 0)) & mask))
        codes = np.where(mask, np.clip(raw, 0, bins - 1) + 1, 0)
    channel = np.broadcast_to(np.arange(int(np.prod(shape))).reshape(shape), x.shape)
    decoded = np.zeros(x.shape, dtype=np.float32)
    for c in range(int(np.prod(shape))):
        for code in np.unique(codes[channel == c]):
            members = (channel == c) & (codes == code)
            if mask is None or code > 0:
                decoded[members] = np.float32(np.sum(x[members]) / np.count_nonzero(members))
    return codes, clipped, decoded


def mean_levels(x, mask, axes, bits, ends=None):
    """The whole table, channel after channel: means, midpoints of empty bins, the reserved zero."""
    codes, _, decoded = quantize_mean(x, mask, axes, bits, ends)
    shape = reduced(x, axes, np.max).shape
    channel = np.broadcast_to(np.arange(int(np.prod(shape))).reshape(shape), x.shape)
    table = []
    for c in range(int(np.prod(shape))):
        largest = largest_end(x, axes, ends).ravel()[c]
        if mask is None:
            q = up32(largest / 2 ** (bits - 1))
            mid = (np.arange(2**bits) - 2 ** (bits - 1)) * q + q / 2
        else:
            width = 2 * largest / (2**bits - 1)
            mid = np.concatenate([[0.0], (np.arange(2**bits - 1) + 0.5) * width - largest])
        for code in range(2**bits):
            members = (channel == c) & (codes == code)
            table.append(decoded[members][0] if members.any() else np.float32(mid[code]))
    return np.array(table, dtype=np.float32)


def make_quantize():
    described, cases = [], []
    for name, values, axes, mask in tensors():
        described.append({
            "name": name,
            "shape": list(values.shape),
            "axes": list(axes),
            "values": hex32(values),
            "mask": None if mask is None else mask.astype(int).ravel().tolist(),
        })
        x = values.astype(np.float64)
        for granularity, channel_axes in (("perTensor", None), ("perChannel", axes)):
            for bits in BITS:
                common = {"tensor": name, "bits": bits, "granularity": granularity}
                for symmetry in ("asymmetric", "symmetric"):
                    if symmetry == "symmetric" and bits < 2:
                        continue
                    codes, scale, point, clipped, decoded = quantize_affine(
                        x, channel_axes, bits, symmetry)
                    cases.append({**common, "scheme": "affine", "symmetry": symmetry,
                                  "codes": codes.astype(int).ravel().tolist(),
                                  "scale": scale.ravel().tolist(),
                                  "zeroPoint": point.ravel().tolist(),
                                  "clipped": clipped, "decoded": hex32(decoded)})
                codes, scale, point, clipped, decoded = quantize_linear(x, mask, channel_axes, bits)
                cases.append({**common, "scheme": "linear",
                              "codes": codes.astype(int).ravel().tolist(),
                              "scale": scale.ravel().tolist(),
                              "zeroPoint": point.ravel().tolist(),
                              "clipped": clipped, "decoded": hex32(decoded)})
                codes, clipped, decoded = quantize_mean(x, mask, channel_axes, bits)
                case = {**common, "scheme": "mean", "codes": codes.astype(int).ravel().tolist(),
                        "clipped": clipped, "decoded": hex32(decoded)}
                if bits <= 4:
                    case["levels"] = hex32(mean_levels(x, mask, channel_axes, bits))
                cases.append(case)
    write("quantize", {"tensors": described, "cases": cases})


# Groups ---------------------------------------------------------------------------------------


def group_tensors():
    """Name, values, channel axes, the axis that blocks of 16 run along (None: one group a channel), mask."""
    rng = np.random.default_rng(SEED + 4)
    normal = lambda shape: (rng.standard_normal(shape) * 0.1).astype(np.float32)
    masked = normal((1, 2, 20, 3))
    mask = np.abs(masked) > 0.06
    return [
        ("convolution HWIO", normal((2, 1, 20, 3)), (3,), 2, None),
        ("convolution OIHW", normal((3, 20, 2, 1)), (0,), 1, None),
        ("transposed convolution HWOI", normal((2, 1, 3, 20)), (2,), 3, None),
        ("dense", normal((35, 4)), (1,), 0, None),
        ("dense, rows are outputs", normal((4, 35)), (0,), 1, None),
        ("pruned HWIO", np.where(mask, masked, np.float32(0)), (3,), 2, mask),
        ("depthwise", normal((2, 2, 20, 2)), (2, 3), None, None),
        ("convolution HWIO, one block", normal((2, 2, 16, 3)), (3,), None, None),
    ]


def blocks_of(values, axis, size):
    return np.split(values, range(size, values.shape[axis], size), axis=axis)


def quantize_blocks(x, mask, channel_axes, axis, size, quantize):
    """Quantizes block after block, each place beside the axis by itself, and joins what comes out."""
    if axis is None:
        return quantize(x, mask, channel_axes)
    others = tuple(a for a in range(x.ndim) if a != axis)
    masks = [None] * -(-x.shape[axis] // size) if mask is None else blocks_of(mask, axis, size)
    parts = [quantize(part, m, others) for part, m in zip(blocks_of(x, axis, size), masks)]
    join = lambda at: np.concatenate([part[at] for part in parts], axis=axis)
    return {key: sum(part[key] for part in parts) if key == "clipped" else join(key)
            for key in parts[0]}


def make_groups():
    size = 16
    described, cases = [], []
    for name, values, axes, axis, mask in group_tensors():
        described.append({"name": name, "shape": list(values.shape), "axes": list(axes),
                          "values": hex32(values),
                          "mask": None if mask is None else mask.astype(int).ravel().tolist()})
        x = values.astype(np.float64)
        for bits in (2, 4, 8):
            def affine(symmetry):
                def quantize(part, _, kept):
                    codes, scale, point, clipped, decoded = quantize_affine(part, kept, bits, symmetry)
                    return {"codes": codes, "scale": scale, "zeroPoint": point, "clipped": clipped,
                            "decoded": decoded}
                return quantize

            def linear(part, part_mask, kept):
                codes, scale, point, clipped, decoded = quantize_linear(part, part_mask, kept, bits)
                return {"codes": codes, "scale": scale, "zeroPoint": point, "clipped": clipped,
                        "decoded": decoded}

            def mean(part, part_mask, kept):
                codes, clipped, decoded = quantize_mean(part, part_mask, kept, bits)
                shape = reduced(part, kept, np.max).shape
                levels = mean_levels(part, part_mask, kept, bits).reshape(*shape, 2**bits)
                return {"codes": codes, "levels": levels, "clipped": clipped, "decoded": decoded}

            for scheme, symmetry, quantize in (
                    ("affine", "asymmetric", affine("asymmetric")),
                    ("affine", "symmetric", affine("symmetric")),
                    ("linear", None, linear), ("mean", None, mean)):
                found = quantize_blocks(x, mask, axes, axis, size, quantize)
                case = {"tensor": name, "bits": bits, "granularity": "perGroup", "groupSize": size,
                        "scheme": scheme}
                if symmetry is not None:
                    case["symmetry"] = symmetry
                case["codes"] = found["codes"].astype(int).ravel().tolist()
                for key in ("scale", "zeroPoint"):
                    if key in found:
                        case[key] = found[key].ravel().tolist()
                if "levels" in found and bits <= 4:
                    case["levels"] = hex32(found["levels"])
                cases.append({**case, "clipped": found["clipped"], "decoded": hex32(found["decoded"])})
    write("groups", {"tensors": described, "cases": cases})


# Ranges ---------------------------------------------------------------------------------------


def percentile_range(x, mask, axes, percentile, even_sided):
    """Nearest rank over what is kept, group by group; percentiles are exact decimals."""
    low, high = whole_range(x, axes)
    shape = low.shape
    group = np.broadcast_to(np.arange(low.size).reshape(shape), x.shape)
    low, high = low.ravel().copy(), high.ravel().copy()
    for g in range(low.size):
        own = x[(group == g) & (True if mask is None else mask)]
        outside = int(len(own) * (100 - Fraction(str(percentile))) / 100)
        ordered = np.sort(np.abs(own) if even_sided else own)
        most = max(0.0, ordered[len(own) - 1 - outside]) if len(own) else 0.0
        least = -most if even_sided else (min(0.0, ordered[outside]) if len(own) else 0.0)
        if most != least:
            low[g], high[g] = least, most
    return low.reshape(shape), high.reshape(shape)


def mse_range(x, axes, even_sided, quantize):
    """Of 17 fractions of the whole range the one of least squared error, the widest of equals."""
    low, high = whole_range(x, axes)
    if even_sided:
        high = np.maximum(high, -low)
        low = -high
    tried = []
    for step in range(17):
        fraction = 1 - step * 0.05
        ends = tuple((end * fraction).astype(np.float32).astype(np.float64) for end in (low, high))
        tried.append((ends, reduced((x - quantize(ends)["decoded"].astype(np.float64)) ** 2, axes, np.sum)))
    errors = np.stack([error for _, error in tried])
    choice = np.argmin(errors, axis=0)
    # A choice that the order of a sum decides would be no vector to hold anybody to.
    least = np.min(errors, axis=0)
    near = (errors - least <= 1e-9 * least) & (errors != least)
    assert not near.any(), "two fractions are too near to tell"
    pick = lambda at: np.take_along_axis(np.stack([ends[at] for ends, _ in tried]), choice[None], 0)[0]
    return pick(0), pick(1)


def make_ranges():
    rng = np.random.default_rng(SEED + 5)
    single = lambda array: array.astype(np.float32)
    heavy = single(rng.laplace(size=(40, 3)) * 0.1)
    masked = single(rng.laplace(size=(20, 4)) * 0.1)
    mask = np.abs(masked) > 0.05
    rare = np.zeros((10, 2), dtype=np.float32)
    rare[3, 0], rare[7, 1] = 0.4, -0.2
    tensors = [
        ("heavy tails", heavy, (1,), None, None),
        ("pruned", np.where(mask, masked, np.float32(0)), (1,), None, mask),
        ("positive", single(rng.gamma(1.5, 0.1, size=(12, 3))), (1,), None, None),
        ("hardly anything but zeros", rare, (1,), None, None),
        ("long", single(rng.laplace(size=(1200, 1)) * 0.1), (1,), None, None),
        ("convolution HWIO", single(rng.laplace(size=(1, 2, 20, 3)) * 0.1), (3,), 2, None),
    ]
    described, cases = [], []
    for name, values, axes, axis, mask in tensors:
        described.append({"name": name, "shape": list(values.shape), "axes": list(axes),
                          "values": hex32(values),
                          "mask": None if mask is None else mask.astype(int).ravel().tolist()})
        x = values.astype(np.float64)
        if name == "long":
            layouts, choices, widths = ["perTensor"], [("percentile", 99.9)], [4]
        else:
            layouts = ["perGroup"] if axis is not None else ["perTensor", "perChannel"]
            choices = [("percentile", 90), ("percentile", 98.5), ("mse", None)]
            widths = [2, 3, 4, 8]
        for granularity in layouts:
            for choice, percentile in choices:
                for bits in widths:
                    for scheme, symmetry in (("affine", "asymmetric"), ("affine", "symmetric"),
                                             ("linear", None), ("mean", None)):
                        even_sided = (scheme, symmetry) != ("affine", "asymmetric")

                        def quantize(part, part_mask, kept):
                            def within(ends):
                                if scheme == "affine":
                                    found = quantize_affine(part, kept, bits, symmetry, ends)
                                    keys = ("codes", "scale", "zeroPoint", "clipped", "decoded")
                                elif scheme == "linear":
                                    found = quantize_linear(part, part_mask, kept, bits, ends)
                                    keys = ("codes", "scale", "zeroPoint", "clipped", "decoded")
                                else:
                                    found = quantize_mean(part, part_mask, kept, bits, ends)
                                    keys = ("codes", "clipped", "decoded")
                                return dict(zip(keys, found))
                            return within(percentile_range(part, part_mask, kept, percentile, even_sided)
                                          if choice == "percentile"
                                          else mse_range(part, kept, even_sided, within))

                        if axis is not None:
                            found = quantize_blocks(x, mask, axes, axis, 16, quantize)
                        else:
                            found = quantize(x, mask, None if granularity == "perTensor" else axes)
                        case = {"tensor": name, "bits": bits, "granularity": granularity,
                                "scheme": scheme, "range": choice}
                        if axis is not None:
                            case["groupSize"] = 16
                        if percentile is not None:
                            case["percentile"] = percentile
                        if symmetry is not None:
                            case["symmetry"] = symmetry
                        case["codes"] = found["codes"].astype(int).ravel().tolist()
                        for key in ("scale", "zeroPoint"):
                            if key in found:
                                case[key] = found[key].ravel().tolist()
                        cases.append({**case, "clipped": found["clipped"],
                                      "decoded": hex32(found["decoded"])})
    write("ranges", {"tensors": described, "cases": cases})


# Pruning --------------------------------------------------------------------------------------


def make_prune():
    rng = np.random.default_rng(SEED + 1)
    first = (rng.standard_normal(60) * 0.2).astype(np.float32)
    second = (rng.laplace(size=40) * 0.05).astype(np.float32)
    second[:6] = [0, -0.0, 0.05, -0.05, 0.05, 0.05]
    third = np.full(10, 0.125, dtype=np.float32)
    layers = {"first": first, "second": second, "third": third}
    magnitude = {name: np.abs(v.astype(np.float64)) for name, v in layers.items()}
    pooled = np.concatenate(list(magnitude.values()))
    signed = np.concatenate([v.astype(np.float64) for v in layers.values()])

    def threshold(target, value, weights, magnitudes):
        if target == "threshold":
            return value
        if target == "sigma":
            return value * float(np.std(weights))
        rank = int(np.floor(min(1, value) * magnitudes.size + 0.5))
        return 0.0 if rank == 0 else float(np.sort(magnitudes)[rank - 1])

    cases = []
    settings = [("threshold", v) for v in (0, 0.05, 0.125, 0.1, 10)]
    settings += [("sigma", v) for v in (0, 0.5, 1, 2.25)]
    settings += [("sparsity", v) for v in (0, 0.001, 0.25, 0.5, 0.9, 0.99, 1)]
    for scope in ("global", "perLayer"):
        for target, value in settings:
            result, removed = [], 0
            for name, weights in layers.items():
                own = weights.astype(np.float64)
                t = (threshold(target, value, signed, pooled) if scope == "global"
                     else threshold(target, value, own, magnitude[name]))
                kept = magnitude[name] > t
                removed += int(np.count_nonzero(~kept))
                sigma = float(np.std(own))
                result.append({
                    "layer": name, "threshold": t, "sigma": sigma,
                    "sparsity": float(np.mean(~kept)),
                    "absoluteSum": float(np.sum(magnitude[name])),
                    "aboveThreshold": int(np.count_nonzero(kept)),
                    "mask": "".join("1" if k else "0" for k in kept),
                })
            cases.append({"scope": scope, "target": target, "value": value, "layers": result,
                          "sparsity": removed / pooled.size,
                          "equivalentThreshold":
                              0.0 if removed == 0 else float(np.sort(pooled)[removed - 1])})
    write("prune", {"layers": [{"name": n, "values": hex32(v)} for n, v in layers.items()],
                    "sigma": float(np.std(signed)), "cases": cases})


# float16 --------------------------------------------------------------------------------------


def make_float16():
    halves = np.arange(65536, dtype=np.uint16).view(np.float16)
    decoded = halves.astype(np.float32)
    decoded = np.where(np.isnan(decoded), np.float32(np.nan), decoded).astype("<f4")
    bits = decoded.view("<u4").copy()
    bits[np.isnan(decoded)] = 0x7FC00000
    rng = np.random.default_rng(SEED + 2)
    edges = np.array([0, -0.0, 65504, 65519.99, 65520, -65520, 1e10, np.inf, -np.inf, 2.0**-14,
                      2.0**-24, 2.0**-25, np.nextafter(np.float32(2.0**-25), np.float32(1)),
                      1.5 * 2.0**-24, 2.5 * 2.0**-24, 2.0**-14 - 2.0**-26, 1 + 2.0**-11,
                      1 + 3 * 2.0**-11, 2.0**-40, 1e-45], dtype=np.float32)
    random = (rng.standard_normal(2000) * 10.0 ** rng.uniform(-9, 5, 2000)).astype(np.float32)
    # Every midpoint between neighbours: the ties.
    finite = np.arange(0, 0x7BFF, 37, dtype=np.uint16)
    middle = (finite.view(np.float16).astype(np.float32)
              + (finite + 1).astype(np.uint16).view(np.float16).astype(np.float32)) / 2
    values = np.concatenate([edges, random, middle.astype(np.float32)])
    with np.errstate(over="ignore"):
        rounded = values.astype(np.float16).view(np.uint16)
    write("float16", {"decodedSha256": hashlib.sha256(bits.astype("<u4").tobytes()).hexdigest(),
                      "values": hex32(values), "rounded": rounded.tolist()})


# Sizes ----------------------------------------------------------------------------------------


def entropy_bits(symbols):
    _, counts = np.unique(symbols, return_counts=True)
    p = counts / counts.sum()
    return float(-(p * np.log2(p)).sum()) * len(symbols)


def relative_index_entries(nonzero, gap_bits):
    """Plays the encoder: an entry skips up to 2^gap_bits - 1 zeros, else a filler stands in."""
    entries, run = 0, 0
    for is_weight in nonzero:
        if is_weight:
            entries += 1
            run = 0
        else:
            run += 1
            if run == 2**gap_bits:
                entries += 1
                run = 0
    # Fillers after the last weight are not written.
    trailing = len(nonzero) - (np.flatnonzero(nonzero)[-1] + 1 if nonzero.any() else 0)
    return entries - trailing // 2**gap_bits


def make_sizes():
    rng = np.random.default_rng(SEED + 3)
    cases = []
    for n, density, bits in ((1000, 1, 4), (1000, 0.5, 3), (4000, 0.1, 5), (4000, 0.02, 8),
                             (6000, 0.003, 2), (10, 0, 4), (777, 0.06, 12), (5000, 0.15, 1)):
        kept = rng.random(n) < density
        zero_point = 2 ** (bits - 1)
        codes = np.where(kept, np.clip(np.rint(rng.normal(zero_point, 2 ** bits / 8, n)), 0,
                                       2**bits - 1), zero_point).astype(int)
        nonzero = codes != zero_point
        kinds = {}
        for kind in ("affine", "masked", "codebook", "float"):
            value_bits, table = bits, 6
            symbols, packed = codes, n * bits
            keeps = nonzero
            if kind == "codebook":
                table = 4 * 2**bits
            if kind == "masked":
                # Linear codes, half-integer zero point: zero only under the mask.
                keeps = kept
                symbols = np.where(kept, codes, -1)
                packed = int(kept.sum()) * bits + n
            count = int(keeps.sum())
            if kind == "float":
                value_bits, table, packed = 32, 0, n * 32
                kept_values = (codes - zero_point)[keeps].astype("<f4")
                entropy = entropy_bits(keeps.astype(int)) + sum(
                    entropy_bits(kept_values.view(np.uint8)[position::4]) for position in range(4))
            else:
                entropy = entropy_bits(symbols)
            sparse = min([n + count * value_bits]
                         + [relative_index_entries(keeps, g) * (g + value_bits) for g in (5, 8)])
            up = lambda b: int(np.ceil(b / 8 - 1e-9))
            kinds[kind] = {"zeros": n - count, "float32": 4 * n, "bitPacked": up(packed) + table,
                           "sparse": up(sparse) + table, "entropyBound": up(entropy) + table}
        cases.append({"bits": bits, "codes": codes.tolist(),
                      "kept": "".join("1" if k else "0" for k in kept), "kinds": kinds})
    write("sizes", {"cases": cases})


make_quantize()
make_groups()
make_ranges()
make_prune()
make_float16()
make_sizes()
