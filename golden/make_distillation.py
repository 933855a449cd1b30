"""Writes distillation.json: losses of distillation and their gradients, computed with NumPy in float64.

The gradients are central differences of the loss, not a formula, so that they check the formula too.

    python3 -m pip install numpy && python3 golden/make_distillation.py
"""

import json
import platform
from pathlib import Path

import numpy as np

SEED = 20261126
STEP = 1e-5


def log_softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def log_sigmoid(z):
    return -np.logaddexp(0, -z)


def softened_classes(student, teacher, t):
    """T^2 KL(teacher || student) of softmax, mean over samples (Hinton et al. 2015)."""
    log_p, log_q = log_softmax(teacher / t), log_softmax(student / t)
    return t * t * (np.exp(log_p) * (log_p - log_q)).sum(axis=1).mean()


def softened_yes_no(student, teacher, t):
    """The same for outputs that are each a yes or no by themselves, summed over them."""
    total = 0.0
    for sign in (1, -1):
        log_p, log_q = log_sigmoid(sign * teacher / t), log_sigmoid(sign * student / t)
        total = total + (np.exp(log_p) * (log_p - log_q)).sum(axis=1).mean()
    return t * t * total


def logits_of_classes(student, teacher, _t):
    """Mean squared difference of logits, which are certain only up to a constant for each sample."""
    difference = student - teacher
    difference = difference - difference.mean(axis=1, keepdims=True)
    return (difference**2).mean()


def plain_squares(student, teacher, _t):
    return ((student - teacher) ** 2).mean()


LOSSES = {
    "softmax": {"softened": softened_classes, "logits": logits_of_classes},
    "sigmoid": {"softened": softened_yes_no, "logits": plain_squares},
    "numbers": {"softened": plain_squares, "logits": plain_squares},
}


def gradient(loss, student, teacher, t):
    result = np.zeros_like(student)
    for index in np.ndindex(student.shape):
        moved = student.copy()
        moved[index] += STEP
        above = loss(moved, teacher, t)
        moved[index] -= 2 * STEP
        result[index] = (above - loss(moved, teacher, t)) / (2 * STEP)
    return result


def hint(student, adapter, teacher):
    """Squared difference of features over the teacher's power (FitNets, Romero et al. 2015)."""
    return ((student @ adapter - teacher) ** 2).mean() / (teacher**2).mean()


def hints(rng):
    cases = []
    for shape, to in [((4, 3), 5), ((2, 3, 3, 4), 4), ((2, 2, 3, 2), 6)]:
        student = rng.standard_normal(shape)
        adapter = rng.standard_normal((shape[-1], to)) * 0.5
        teacher = rng.standard_normal((*shape[:-1], to)) * 3
        by_student = gradient(lambda x, t, _: hint(x, adapter, t), student, teacher, 1)
        by_adapter = gradient(lambda a, t, _: hint(student, a, t), adapter, teacher, 1)
        cases.append(
            {
                "shape": shape,
                "to": to,
                "student": student.ravel().tolist(),
                "adapter": adapter.ravel().tolist(),
                "teacher": teacher.ravel().tolist(),
                "expected": hint(student, adapter, teacher),
                "byStudent": by_student.ravel().tolist(),
                "byAdapter": by_adapter.ravel().tolist(),
            }
        )
    return cases


def main():
    rng = np.random.default_rng(SEED)
    cases = []
    for outputs, forms in LOSSES.items():
        for form, loss in forms.items():
            for t, spread in [(1, 1), (4, 3), (20, 10), (2.5, 30)]:
                student = rng.standard_normal((3, 5)) * spread
                teacher = rng.standard_normal((3, 5)) * spread
                cases.append(
                    {
                        "outputs": outputs,
                        "loss": form,
                        "temperature": t,
                        "student": student.tolist(),
                        "teacher": teacher.tolist(),
                        "expected": loss(student, teacher, t),
                        "gradient": gradient(loss, student, teacher, t).tolist(),
                    }
                )
    head = {"numpy": np.__version__, "python": platform.python_version(), "seed": SEED}
    text = json.dumps({**head, "cases": cases, "hints": hints(rng)}, separators=(",", ":")).replace("},{", "},\n{")
    (Path(__file__).parent / "distillation.json").write_text(text + "\n")


main()
