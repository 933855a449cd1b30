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
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

SHARES = [(0, 1), (1, 1), (0, 100), (100, 100), (50, 100), (4930, 5000), (9912, 10000), (3, 7)]
PAIRS = [(0, 0), (1, 0), (0, 5), (3, 3), (5, 14), (40, 61), (61, 40), (600, 700), (2500, 2480)]

wilson = []
for correct, count in SHARES:
    low, high = proportion_confint(correct, count, alpha=0.05, method="wilson")
    wilson.append({"correct": correct, "count": count, "low": float(low), "high": float(high)})

tests = []
for b, c in PAIRS:
    p = 1.0 if b + c == 0 else float(mcnemar([[0, b], [c, 0]], exact=True).pvalue)
    tests.append({"b": b, "c": c, "p": p})

made_with = {
    "python": platform.python_version(),
    "numpy": numpy.__version__,
    "scipy": scipy.__version__,
    "statsmodels": statsmodels.__version__,
}
text = json.dumps({"madeWith": made_with, "wilson": wilson, "mcnemar": tests}, indent=2)
Path(__file__).with_name("statistics.json").write_text(text + "\n")
