"""The local derivatives in the downstream gradient of a whole layer, apart from all else in it."""

from mlviz.autograd.expression import Binary, Call, Expression, Name, Negative, Number

SLOPES = "slopes"
"""What stands in a gradient where its local derivatives did."""
_UPSTREAM = Name("g")


def parted(rule: Expression) -> tuple[Expression, Expression | None]:
    """Return a downstream gradient with `slopes` in the place of its local derivatives, and these.

    Of `(g * (out * (1 - out))) @ W` they are `out * (1 - out)`: what an activation or a loss does
    to each entry. None if there are none, or if the upstream gradient stands in several places.
    """
    if _count(rule) != 1:
        return rule, None
    if _is_scaled(rule):
        factors = _without(rule)
        if factors == Number(1):
            return rule, None
        return Binary("*", _UPSTREAM, Name(SLOPES)), factors
    match rule:
        case Binary(operator=operator, left=left, right=right) if _count(left):
            inner, slopes = parted(left)
            return Binary(operator, inner, right), slopes
        case Binary(operator=operator, left=left, right=right):
            inner, slopes = parted(right)
            return Binary(operator, left, inner), slopes
        case Call(function=function, arguments=arguments):
            found = [parted(part) if _count(part) else (part, None) for part in arguments]
            slopes = next((each for _, each in found if each is not None), None)
            return Call(function, tuple(part for part, _ in found)), slopes
    return rule, None


def _count(expression: Expression) -> int:
    """Return in how many places the upstream gradient stands."""
    match expression:
        case Name():
            return int(expression.id == _UPSTREAM.id)
        case Negative(operand=operand):
            return _count(operand)
        case Binary(left=left, right=right):
            return _count(left) + _count(right)
        case Call(arguments=arguments):
            return sum(map(_count, arguments))
    return 0


def _is_scaled(expression: Expression) -> bool:
    """Return whether this is the upstream gradient with nothing but factors."""
    match expression:
        case Name():
            return expression.id == _UPSTREAM.id
        case Negative(operand=operand):
            return _is_scaled(operand)
        case Binary(operator="*", left=left, right=right):
            return _is_scaled(left) or _is_scaled(right)
        case Binary(operator="/", left=left):
            return _is_scaled(left)
        case Call(function="expand", arguments=(inside, *_)):
            return _is_scaled(inside)
    return False


def _without(expression: Expression) -> Expression:
    """Return the factors of the upstream gradient."""
    match expression:
        case Negative(operand=operand):
            return Negative(_without(operand))
        case Binary(operator="*", left=left, right=right):
            return _times(_without(left), right) if _count(left) else _times(_without(right), left)
        case Binary(operator="/", left=left, right=right):
            return Binary("/", _without(left), right)
        case Call(arguments=(inside, *_)):
            return _without(inside)
    return Number(1)


def _times(first: Expression, second: Expression) -> Expression:
    match first:
        case Number(value=1):
            return second
        case Binary(operator="/", left=left, right=Number() as count):  # the n of a mean
            return Binary("/", _times(left, second), count)
    return Binary("*", first, second)
