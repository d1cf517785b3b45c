import numpy as np

from mlviz.learn.series import Series


def test_what_two_series_share_stays_as_it_is_when_either_grows() -> None:
    first = Series()
    for value in range(100):
        first.append(value)
    second, none = first.until(40), first.until(0)
    seen = second.values
    for value in range(300):
        first.append(-value)
        second.append(1000 + value)
        none.append(value)
    np.testing.assert_array_equal(first.values[:100], np.arange(100.0))
    np.testing.assert_array_equal(second.values[:41], [*range(40), 1000])
    np.testing.assert_array_equal(none.values, np.arange(300.0))
    np.testing.assert_array_equal(seen, np.arange(40.0))
    assert (len(first), len(second)) == (400, 340)
    assert np.shares_memory(first.until(50).values, first.values)
