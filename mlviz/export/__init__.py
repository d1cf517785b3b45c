"""What leaves the program as text."""

from mlviz.export.text import trace_text

__all__ = ["trace_text"]
