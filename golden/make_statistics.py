"""Intervals of shares and tests of paired answers, by SciPy and statsmodels.

python3 -m pip install numpy scipy statsmodels
python3 golden/make_statistics.py
"""
import json
import platform
from pathlib import Path

import numpy
import scipy
import statsmodels
from scipy.stats import norm
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

SHARES = [(0, 1), (1, 1), (0, 100), (100, 100), (50, 100), (4930, 5000), (9912, 10000), (3, 7)]
DIFFERENCES = [(0, 0, 1), (0, 0, 5000), (3, 3, 40), (12, 20, 72), (5, 14, 100), (61, 40, 5000), (1, 0, 1), (0, 9, 9)]
PAIRS = [(0, 0), (1, 0), (0, 5), (3, 3), (5, 14), (40, 61), (61, 40), (600, 700), (2500, 2480)]

wilson = []
for correct, count in SHARES:
    low, high = proportion_confint(correct, count, alpha=0.05, method="wilson")
    wilson.append({"correct": correct, "count": count, "low": float(low), "high": float(high)})

tests = []
for b, c in PAIRS:
    p = 1.0 if b + c == 0 else float(mcnemar([[0, b], [c, 0]], exact=True).pvalue)
    tests.append({"b": b, "c": c, "p": p})

# Agresti and Min: the Wald interval of the mean difference after half a pair is added to each of the four cells.
differences = []
for b, c, n in DIFFERENCES:
    seen = DescrStatsW([1, -1, 0], weights=[b + 0.5, c + 0.5, n - b - c + 1], ddof=0)
    half = norm.ppf(0.975) * numpy.sqrt(seen.var / seen.sum_weights)
    low, high = float(seen.mean - half), float(seen.mean + half)
    differences.append({"b": b, "c": c, "count": n, "low": max(-1.0, low), "high": min(1.0, high)})

made_with = {
    "python": platform.python_version(),
    "numpy": numpy.__version__,
    "scipy": scipy.__version__,
    "statsmodels": statsmodels.__version__,
}
text = json.dumps({"madeWith": made_with, "wilson": wilson, "mcnemar": tests, "paired": differences}, indent=2)
Path(__file__).with_name("statistics.json").write_text(text + "\n")
