"""Which type a result has when its inputs have different ones."""

from typing import Any

import numpy as np

_KINDS = {"b": 0, "i": 1, "u": 1, "f": 2}


def meet(arrays: list[Any]) -> list[Any]:
    """Give arrays one type, as PyTorch chooses it.

    The highest kind wins (truth values, whole numbers, floats); within it arrays decide
    before 0-d values, so one float64 number does not widen a float32 array.
    """
    dtype = arrays[0].dtype
    for array in arrays:
        if array.dtype is not dtype:
            break
    else:
        return arrays
    kind = max(_KINDS[array.dtype.kind] for array in arrays)
    decide = [array for array in arrays if _KINDS[array.dtype.kind] == kind]
    decide = [array for array in decide if array.shape] or decide
    wanted = np.result_type(*(array.dtype for array in decide))
    return [x if x.dtype.kind == "b" else x.astype(wanted, copy=False) for x in arrays]
