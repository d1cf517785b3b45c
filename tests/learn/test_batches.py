import numpy as np

from mlviz.learn.batches import Batches, Dropout
from tests.learn.programs import network


def batches(rows: int = 10, size: int | None = 4, **options: object) -> Batches:
    inputs = np.arange(rows * 2.0).reshape(rows, 2)
    return Batches(inputs, np.arange(rows), size, 1, **options)  # type: ignore[arg-type]


def test_a_batch_is_its_rows() -> None:
    made = batches()
    for number in (1, 3, 9, 2, 30, 3):
        rows, data = made.rows(number), made.data(number)
        np.testing.assert_array_equal(data["inputs"], made.inputs[rows])
        np.testing.assert_array_equal(data["targets"], made.targets[rows])
    assert [len(made.rows(number)) for number in (1, 2, 3)] == [4, 4, 2]
    assert [made.epoch_of(number) for number in (1, 3, 4, 7)] == [0, 0, 1, 2]


def test_large_data_are_gathered_batch_by_batch_with_the_same_rows() -> None:
    made, other = batches(), batches()
    other._gather = lambda epoch: None  # type: ignore[method-assign]
    for number in (1, 5, 12):
        for part in ("inputs", "targets"):
            np.testing.assert_array_equal(made.data(number)[part], other.data(number)[part])


def test_masks_follow_from_seed_layer_and_iteration() -> None:
    made = batches(dropout=(Dropout(1, 3, 0.25), Dropout(2, 3, 0.25)))
    first = made.data(5)
    assert first["layer1.mask"].shape == (4, 3)
    assert made.data(6)["layer1.mask"].shape == (2, 3)
    assert not np.array_equal(first["layer1.mask"], first["layer2.mask"])
    assert not np.array_equal(first["layer1.mask"], made.data(5 + 64 * 3)["layer1.mask"])
    np.testing.assert_array_equal(first["layer1.mask"], made.data(5)["layer1.mask"])
    again = batches(dropout=(Dropout(1, 3, 0.25),)).data(5)
    np.testing.assert_array_equal(first["layer1.mask"], again["layer1.mask"])


def test_as_many_outputs_are_left_out_as_is_asked_for_and_the_rest_makes_up_for_them() -> None:
    made = batches(200, None, dropout=(Dropout(1, 5, 0.3),))
    masks = np.array([made.data(number)["layer1.mask"] for number in range(1, 101)])
    assert set(np.unique(masks)) == {0.0, 1 / 0.7}
    assert abs(np.mean(masks == 0) - 0.3) < 0.01
    assert not np.array_equal(masks[0], masks[1])


def test_other_batches_begin_a_new_epoch_where_they_take_over() -> None:
    first = network(batch_size=16)  # 3 iterations an epoch
    for number, begins in ((7, 2), (8, 3), (9, 3)):
        later = network(batch_size=5).continuing(first, number)  # 8 iterations an epoch
        assert [later.epoch_of(number + k) for k in (0, 7, 8)] == [begins, begins, begins + 1]
        seen = np.concatenate([later.rows(number + k) for k in range(8)])
        assert sorted(seen.tolist()) == list(range(40))
    same = network(0.5, batch_size=16).continuing(first, 8)
    np.testing.assert_array_equal(same.rows(8), first.rows(8))
    assert same.epoch_of(8) == first.epoch_of(8) == 2


def test_a_mask_is_a_leaf_that_is_recorded() -> None:
    program = network(0.5)
    tape = program.run(program.start(), 3).tape
    nodes = {node.origin: node for node in tape if node.origin}
    mask = nodes["layer1.mask"]
    assert (mask.is_leaf, mask.role, mask.name) == (True, "constant", "m^1")
    np.testing.assert_array_equal(mask.value, program.data(3)["layer1.mask"])
    left = nodes["layer1.dropped"]
    np.testing.assert_array_equal(left.value, nodes["layer1.a"].value * mask.value)
    assert left.id in nodes["layer2.z"].inputs
    assert "layer3.mask" not in nodes
