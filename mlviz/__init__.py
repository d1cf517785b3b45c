"""MLViz: see a gradient being computed."""

__version__ = "0.1.0"
