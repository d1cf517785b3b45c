"""What an iteration sees: which rows, in which order, and which units dropout leaves out.

All of it follows from the seed and the number of the iteration, so any iteration can be run
again. An epoch's order is drawn once and its rows are gathered once.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlviz.autograd import Array

_GATHERED = 2**20  # larger data is not copied whole for every epoch
_EPOCHS = 2  # kept: the one that is trained and the one that is looked at
_BLOCK = 64  # iterations whose masks are drawn together
_DRAWN = 2**18  # numbers, at most, that are drawn together
_MASKS = 11  # tells the masks' random numbers from others of the same seed


@dataclass(frozen=True, slots=True)
class Dropout:
    """A layer whose outputs are left out at random.

    Attributes:
        layer: its number, from 1.
        units: how many outputs it has.
        share: the probability with which each is left out.
    """

    layer: int
    units: int
    share: float

    @property
    def origin(self) -> str:
        """What its mask is called."""
        return f"layer{self.layer}.mask"


class Batches:
    """The data of every iteration.

    Args:
        inputs: one example a row.
        targets: one answer a row.
        batch_size: how many rows an iteration sees; all of them if None.
        seed: decides order and masks.
        dropout: the layers that leave outputs out.
        first: the iteration with which the first epoch begins.
        epoch: which epoch that is, from 0.

    Attributes:
        per_epoch: how many iterations see all rows once.
    """

    def __init__(
        self,
        inputs: Array,
        targets: Array,
        batch_size: int | None,
        seed: int,
        dropout: tuple[Dropout, ...] = (),
        first: int = 1,
        epoch: int = 0,
    ) -> None:
        self.inputs = inputs
        self.targets = targets
        self.seed = seed
        self.dropout = dropout
        self.first = first
        self.epoch = epoch
        count = len(inputs)
        self.size = count if batch_size is None else min(batch_size, count)
        self.per_epoch = max(-(-count // max(self.size, 1)), 1)
        self._whole = self.size >= count
        self._all = {"inputs": inputs, "targets": targets}
        self._orders: OrderedDict[int, Array] = OrderedDict()
        self._epochs: OrderedDict[int, tuple[Array, Array]] = OrderedDict()
        self._masks: dict[str, tuple[int, Array]] = {}

    def epoch_of(self, iteration: int) -> int:
        """Return in which pass over the data an iteration is, from 0."""
        return self.epoch + (iteration - self.first) // self.per_epoch

    def rows(self, iteration: int) -> Array:
        """Return the numbers of the rows that an iteration sees."""
        if self._whole:
            return np.arange(len(self.inputs))
        start = (iteration - self.first) % self.per_epoch * self.size
        return self._order(self.epoch_of(iteration))[start : start + self.size]

    def data(self, iteration: int) -> Mapping[str, Array]:
        """Return the rows that an iteration sees and its masks, by origin."""
        if self._whole:
            if not self.dropout:
                return self._all
            found = dict(self._all)
        else:
            epoch, batch = divmod(iteration - self.first, self.per_epoch)
            start = batch * self.size
            end = start + self.size
            gathered = self._epochs.get(self.epoch + epoch)
            if gathered is None:
                gathered = self._gather(self.epoch + epoch)
            if gathered:
                found = {"inputs": gathered[0][start:end], "targets": gathered[1][start:end]}
            else:
                rows = self._order(self.epoch + epoch)[start:end]
                found = {"inputs": self.inputs[rows], "targets": self.targets[rows]}
        for each in self.dropout:
            found[each.origin] = self._mask(each, iteration)[: len(found["inputs"])]
        return found

    def _order(self, epoch: int) -> Array:
        order = self._orders.get(epoch)
        if order is None:
            order = np.random.default_rng([self.seed, epoch]).permutation(len(self.inputs))
            order.flags.writeable = False
            _store(self._orders, epoch, order)
        return order

    def _gather(self, epoch: int) -> tuple[Array, Array] | None:
        if self.inputs.size > _GATHERED:
            return None
        order = self._order(epoch)
        gathered = self.inputs[order], self.targets[order]
        _store(self._epochs, epoch, gathered)
        return gathered

    def _mask(self, each: Dropout, iteration: int) -> Array:
        """Return a mask, (rows, units): 0, or what makes up for those that are 0."""
        length = max(1, min(_BLOCK, _DRAWN // max(self.size * each.units, 1)))
        block, place = divmod(iteration - 1, length)
        known = self._masks.get(each.origin)
        if known is None or known[0] != block:
            random = np.random.default_rng([self.seed, _MASKS, each.layer, block])
            drawn = random.random((length, self.size, each.units))
            known = block, np.where(drawn < each.share, 0.0, 1 / (1 - each.share))
            self._masks[each.origin] = known
        mask: Array = known[1][place]
        return mask


def _store(kept: OrderedDict[int, Any], epoch: int, value: Any) -> None:
    kept[epoch] = value
    if len(kept) > _EPOCHS:
        kept.popitem(last=False)
