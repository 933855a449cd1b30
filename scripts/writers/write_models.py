"""Writes models with the stock converter, and what TensorFlow says to them: write_models.py FOLDER."""

import platform
import sys

from case_writer import CaseWriter
from graph_cases import GraphCases
from layers_cases import LayersCases
from stock_converter import keras, np, tf, tf_keras, tfjs

cases = CaseWriter(sys.argv[1])
LayersCases(cases).all()
GraphCases(cases).all()
cases.finish(
    {
        "Python": platform.python_version(),
        "tensorflowjs": tfjs.__version__,
        "TensorFlow": tf.__version__,
        "tf_keras": tf_keras.__version__,
        "Keras": keras.__version__,
        "NumPy": np.__version__,
    }
)
