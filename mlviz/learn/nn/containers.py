"""Modules made of modules: one after the other, or in a list."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, Self, overload

from mlviz.learn.nn.module import Module


class _Numbered(Module):
    """Modules kept as attributes `0`, `1`, …, as their names in `state_dict()` say."""

    def _fill(self, modules: Iterable[Module]) -> None:
        for number, module in enumerate(modules):
            setattr(self, str(number), module)

    def _modules(self) -> list[Module]:
        return [value for value in vars(self).values() if isinstance(value, Module)]

    def __len__(self) -> int:
        return len(self._modules())

    def __iter__(self) -> Iterator[Module]:
        return iter(self._modules())

    @overload
    def __getitem__(self, index: int) -> Module: ...
    @overload
    def __getitem__(self, index: slice) -> Self: ...
    def __getitem__(self, index: int | slice) -> Module:
        if isinstance(index, slice):
            part = type(self)()
            part._fill(self._modules()[index])
            part.training = self.training
            return part
        return self._modules()[index]

    def append(self, module: Module) -> Self:
        """Put `module` at the end; returns itself."""
        setattr(self, str(len(self)), module)
        return self

    def extend(self, modules: Iterable[Module]) -> Self:
        """Put all `modules` at the end; returns itself."""
        for module in modules:
            self.append(module)
        return self


class Sequential(_Numbered):
    """Modules one after the other: the output of each is the input of the next.

    Shapes: what the first module takes → what the last one gives.

    Args:
        modules: the modules in order, or one dictionary of them by name.
    """

    def __init__(self, *modules: Module | Mapping[str, Module]) -> None:
        super().__init__()
        for number, entry in enumerate(modules):
            if isinstance(entry, Module):
                setattr(self, str(number), entry)
            else:
                for name, module in entry.items():
                    setattr(self, name, module)

    def forward(self, input: Any) -> Any:
        """Send `input` through all modules."""
        for module in self._modules():
            input = module(input)
        return input


class ModuleList(_Numbered):
    """A list of modules whose parameters are found.

    Args:
        modules: the modules in order.
    """

    def __init__(self, modules: Iterable[Module] = ()) -> None:
        super().__init__()
        self._fill(modules)

    def _shown_parts(self) -> list[tuple[str, str]]:
        # Like neighbours are shown once with their number, as PyTorch does.
        parts = []
        start = 0
        for text, group in groupby(map(repr, self._modules())):
            end = start + len(list(group)) - 1
            same = start == end
            name, times = (str(start), "") if same else (f"{start}-{end}", f"{end - start + 1} x ")
            parts.append((name, times + text))
            start = end + 1
        return parts
