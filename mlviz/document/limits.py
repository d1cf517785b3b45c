"""What a file may ask for; checked before anything is allocated."""

MAX_BYTES = 1_000_000
"""Longest file that is read."""

MAX_DOTS = 32
"""Deepest key; a parser's work grows with the square of it."""

MAX_LAYERS = 32
MAX_UNITS = 1024
"""Widest layer, and most features of an example."""

MAX_ROWS = 10_000
"""Most examples that are made or written out, and most rows of a batch."""

MAX_TABLE = 20_000_000
"""Most numbers that are taken from a table: a million rows of twenty."""

MAX_ENTRIES = 4_000_000
"""Most numbers that one forward pass may compute."""

MAX_ITERATIONS = 100_000

MAX_SCENES = 100

MAX_LINES = 200
"""Most lines of a formula."""

MAX_FORMULA = 10_000
"""Most characters of a formula."""

MAX_DIMENSIONS = 4
"""Most axes of a value."""

MAX_NAME = 24
"""Longest name of a value."""

MAX_SEED = 2**32 - 1
