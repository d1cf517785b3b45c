"""What leaves the program as text."""

from mlviz.export.code import numpy_script
from mlviz.export.text import trace_text

__all__ = ["numpy_script", "trace_text"]
