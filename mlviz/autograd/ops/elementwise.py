"""Operations that work entry by entry, with broadcasting."""

from typing import Any

import numpy as np

from mlviz.autograd.ops.table import elementwise, structured, without_gradient

# fmt: off
# --- Arithmetic ----------------------------------------------------------------------------
#            name              output                d out/dx               d out/dy
ADD     = elementwise("add",     "x + y",              "1",                   "1")
SUB     = elementwise("sub",     "x - y",              "1",                   "-1")
MUL     = elementwise("mul",     "x * y",              "y",                   "x")
DIV     = elementwise("div",     "x / y",              "1 / y",               "-x / y**2")
# At 0**0 the slope is taken as 0, and so is d/dy where 0**y stays 0: as in PyTorch.
POW     = elementwise("pow",     "x ** y",
                      "guard(y == 0, 0, y * x**guard(y == 0, 1, y - 1))",
                      "guard(x == 0, 0, out * log(guard(x == 0, 1, x)))")
NEG        = elementwise("neg",        "-x",           "-1")
SQUARE     = elementwise("square",     "x**2",         "2 * x")
RECIPROCAL = elementwise("reciprocal", "1 / x",        "-out**2")
ABS        = elementwise("abs",        "abs(x)",       "sign(x)",             kink="kink.abs")
SIGN       = elementwise("sign",       "sign(x)",      "0",                   kink="kink.sign")

# --- Exponentials, roots, waves ------------------------------------------------------------
EXP     = elementwise("exp",     "exp(x)",             "out")
LOG     = elementwise("log",     "log(x)",             "1 / x")
LOG1P   = elementwise("log1p",   "log1p(x)",           "1 / (x + 1)")
SQRT    = elementwise("sqrt",    "sqrt(x)",            "1 / (2 * out)")
RSQRT   = elementwise("rsqrt",   "1 / sqrt(x)",        "-out**3 / 2")
SIN     = elementwise("sin",     "sin(x)",             "cos(x)")
COS     = elementwise("cos",     "cos(x)",             "-sin(x)")
TAN     = elementwise("tan",     "tan(x)",             "1 + out**2")

# --- Activations ---------------------------------------------------------------------------
TANH    = elementwise("tanh",    "tanh(x)",            "1 - out**2")
SIGMOID = elementwise("sigmoid", "sigmoid(x)",         "out * (1 - out)")
LOG_SIGMOID  = elementwise("logsigmoid",
                           "minimum(x, 0) - log1p(exp(-abs(x)))", "sigmoid(-x)")
HARD_SIGMOID = elementwise("hardsigmoid", "minimum(maximum(x + 3, 0), 6) / 6",
                           "where(x > -3, 1, 0) * where(x < 3, 1, 0) / 6", kink="kink.corner")
RELU    = elementwise("relu",    "maximum(x, 0)",      "where(x > 0, 1, 0)",  kink="kink.relu")
LEAKY_RELU = elementwise("leaky_relu",
                         "where(x > 0, x, negative_slope * x)", "where(x > 0, 1.0, negative_slope)",
                         settings=("negative_slope",), kink="kink.corner")
ELU     = elementwise("elu",     "where(x > 0, x, alpha * expm1(minimum(x, 0)))",
                      "where(x > 0, 1.0, alpha * exp(minimum(x, 0)))",
                      settings=("alpha",), kink="kink.corner")
GELU    = elementwise("gelu",    "x * (1 + erf(x / sqrt2)) / 2",
                      "(1 + erf(x / sqrt2)) / 2 + x * exp(-x**2 / 2) / sqrt2pi",
                      settings=("sqrt2", "sqrt2pi"))
GELU_TANH = elementwise("gelu_tanh", "x * (1 + tanh(c * (x + 0.044715 * x**3))) / 2",
                        "(1 + tanh(c * (x + 0.044715 * x**3))) / 2"
                        " + x * (1 - tanh(c * (x + 0.044715 * x**3))**2)"
                        " * c * (1 + 0.134145 * x**2) / 2",
                        settings=("c",))
SILU    = elementwise("silu",    "x * sigmoid(x)",     "sigmoid(x) * (1 + x * (1 - sigmoid(x)))")
SOFTPLUS = elementwise("softplus",
                       "where(x * beta > threshold, x,"
                       " (maximum(x * beta, 0) + log1p(exp(-abs(x * beta)))) / beta)",
                       "where(x * beta > threshold, 1.0, sigmoid(x * beta))",
                       settings=("beta", "threshold"))
HARDTANH = elementwise("hardtanh", "minimum(maximum(x, min_val), max_val)",
                       "where(x > min_val, 1, 0) * where(x < max_val, 1, 0)",
                       settings=("min_val", "max_val"), kink="kink.corner")

# --- Choosing ------------------------------------------------------------------------------
# Where both are equal, each gets half: as in PyTorch.
MAXIMUM = elementwise("maximum", "maximum(x, y)",
                      "where(x == y, 0.5, where(x > y, 1, 0))",
                      "where(x == y, 0.5, where(x < y, 1, 0))", kink="kink.maximum")
MINIMUM = elementwise("minimum", "minimum(x, y)",
                      "where(x == y, 0.5, where(x < y, 1, 0))",
                      "where(x == y, 0.5, where(x > y, 1, 0))", kink="kink.maximum")
# At a bound the slope is 1: as in PyTorch, and other than maximum and minimum have it.
CLAMP   = elementwise("clamp",   "minimum(maximum(x, low), high)",
                      "where(x >= low, 1, 0) * where(x <= high, 1, 0)",
                      settings=("low", "high"), kink="kink.clamp")
CLAMP_BETWEEN = elementwise("clamp_between", "minimum(maximum(x, y), z)",
                            "where(x >= y, 1, 0) * where(x <= z, 1, 0)",
                            "where(y < z, 1, 0) * where(x < y, 1, 0)",
                            "maximum(where(x > z, 1, 0), where(y > z, 1, 0))", kink="kink.clamp")
# x is the condition, which has no gradient.
WHERE   = elementwise("where",   "where(x, y, z)",     "0", "where(x, 1.0, 0.0)",
                      "where(x, 0.0, 1.0)")

# --- Entries of a loss, before the reduction: x is the output, y the target -----------------
SQUARED_ERROR      = elementwise("squared_error",
                                 "(x - y)**2",         "2 * (x - y)",         "2 * (y - x)")
HALF_SQUARED_ERROR = elementwise("half_squared_error",
                                 "(x - y)**2 / 2",     "x - y",               "y - x")
ABSOLUTE_ERROR     = elementwise("absolute_error",
                                 "abs(x - y)",         "sign(x - y)",         "sign(y - x)",
                                 kink="kink.abs")
SMOOTH_L1 = elementwise("smooth_l1",
                        "where(abs(x - y) < beta, (x - y)**2 / (2 * beta), abs(x - y) - beta / 2)",
                        "where(abs(x - y) < beta, (x - y) / beta, sign(x - y))",
                        "where(abs(x - y) < beta, (y - x) / beta, sign(y - x))",
                        settings=("beta",))
HUBER     = elementwise("huber",
                        "where(abs(x - y) <= delta, (x - y)**2 / 2,"
                        " delta * (abs(x - y) - delta / 2))",
                        "minimum(maximum(x - y, -delta), delta)",
                        "minimum(maximum(y - x, -delta), delta)",
                        settings=("delta",))
# Logarithms are cut off at -100, and so is the slope: as in PyTorch.
BINARY_CROSS_ENTROPY = elementwise("binary_cross_entropy",
                                   "-(y * maximum(log(x), -100)"
                                   " + (1 - y) * maximum(log1p(-x), -100))",
                                   "(x - y) / maximum(x * (1 - x), 1e-12)",
                                   "maximum(log1p(-x), -100) - maximum(log(x), -100)",
                                   kink="kink.log")
# z is the weight of the positive class.
BINARY_CROSS_ENTROPY_WITH_LOGITS = elementwise(
    "binary_cross_entropy_with_logits",
    "(1 - y) * x + (1 + (z - 1) * y) * (maximum(-x, 0) + log1p(exp(-abs(x))))",
    "(1 - y) - (1 + (z - 1) * y) * sigmoid(-x)",
    "(z - 1) * (maximum(-x, 0) + log1p(exp(-abs(x)))) - x",
    "y * (maximum(-x, 0) + log1p(exp(-abs(x))))")
KL_DIVERGENCE     = elementwise("kl_divergence",
                                "guard(y == 0, 0, y * log(guard(y == 0, 1, y))) - y * x",
                                "-y",
                                "guard(y == 0, 0, log(guard(y == 0, 1, y)) + 1) - x")
KL_DIVERGENCE_LOG = elementwise("kl_divergence_log",
                                "exp(y) * (y - x)",    "-exp(y)",       "exp(y) * (y - x + 1)")
# fmt: on

# --- Comparisons, which have no gradient ---------------------------------------------------
LT = without_gradient("lt", "x < y", np.less, 2)
LE = without_gradient("le", "x <= y", np.less_equal, 2)
GT = without_gradient("gt", "x > y", np.greater, 2)
GE = without_gradient("ge", "x >= y", np.greater_equal, 2)
EQ = without_gradient("eq", "x == y", np.equal, 2)
NE = without_gradient("ne", "not_equal(x, y)", np.not_equal, 2)

# The same number, of which no gradient goes back.
DETACH = without_gradient("detach", "detach(x)", np.positive)

# --- Sums of several terms -----------------------------------------------------------------


def _total(*terms: Any) -> Any:
    result = terms[0]
    for term in terms[1:]:
        result = result + term
    return result


TOTAL = structured(
    "total",
    "total(x)",
    _total,
    ("1", lambda g, out, *terms, slot: g),
    variadic=True,
    elementwise=True,
)
"""A sum of any number of terms of one shape, added from the first to the last."""

CLONE = structured("clone", "x", np.copy, ("g", lambda g, out, x: g), moves=True)
