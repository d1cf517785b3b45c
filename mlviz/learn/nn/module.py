"""Modules: things with parameters that turn tensors into tensors.

A module is an ordinary object. Its parameters are those of its attributes that are a
`Parameter`, its children those that are a `Module`; nothing has to be registered.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from mlviz.autograd import Tape, Tensor, no_grad
from mlviz.errors import EngineError
from mlviz.i18n import Message


class Parameter(Tensor):
    """A tensor that training changes: found by `Module.parameters()`, and requires gradients.

    Shapes: that of `data`.
    """

    __slots__ = ()

    def __init__(
        self,
        data: "Tensor | ArrayLike",
        requires_grad: bool = True,
        *,
        dtype: DTypeLike | None = None,
        name: str = "",
    ) -> None:
        values = data.data if isinstance(data, Tensor) else np.array(data, dtype=dtype)
        super().__init__(values, requires_grad=requires_grad, name=name)

    def __repr__(self) -> str:
        return f"Parameter containing:\n{super().__repr__()}"


class Buffer(Tensor):
    """A tensor that a module keeps and saves, but that is not trained, such as a running mean.

    Shapes: that of `data`.
    """

    __slots__ = ()


class Module:
    """What layers, activations, losses and whole networks have in common.

    Write `forward`, and give parameters and smaller modules to `self`:

    ::

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.hidden = nn.Linear(2, 4)
                self.output = nn.Linear(4, 1)

            def forward(self, x):
                return self.output(mlviz.tanh(self.hidden(x)))

    Shapes: each module says its own.

    Attributes:
        training: whether layers such as dropout behave as in training; see `train()`.
    """

    training: bool = True

    def forward(self, *inputs: Any) -> Any:
        """Compute the outputs; every module writes its own.

        Raises:
            EngineError: the module has not written its own.
        """
        raise EngineError(Message("error.module.forward", module=type(self).__name__))

    def __call__(self, *inputs: Any, **keywords: Any) -> Any:
        """Run `forward`."""
        return self.forward(*inputs, **keywords)

    # --- What is in it ---------------------------------------------------------------------

    def __setattr__(self, name: str, value: Any) -> None:
        """Set an attribute; a parameter gives way only to another parameter, or to None.

        Raises:
            EngineError: a plain array or tensor would silently no longer be trained.
        """
        known = self.__dict__.get(name)
        if isinstance(known, Parameter) and not isinstance(value, Parameter | None):
            raise EngineError(
                Message(
                    "error.module.parameter",
                    module=type(self).__name__,
                    name=name,
                    found=type(value).__name__,
                )
            )
        object.__setattr__(self, name, value)

    def named_children(self) -> Iterator[tuple[str, "Module"]]:
        """Yield the modules that are attributes of this one, each once, with their names."""
        seen: set[int] = set()
        for name, value in vars(self).items():
            if isinstance(value, Module) and id(value) not in seen:
                seen.add(id(value))
                yield name, value

    def children(self) -> Iterator["Module"]:
        """Yield the modules that are attributes of this one."""
        for _, child in self.named_children():
            yield child

    def named_modules(self, prefix: str = "") -> Iterator[tuple[str, "Module"]]:
        """Yield this module and all inside it, each once, with names such as `hidden.0`."""
        seen: set[int] = set()
        waiting: list[tuple[str, Module]] = [(prefix, self)]
        while waiting:
            name, module = waiting.pop()
            if id(module) in seen:
                continue
            seen.add(id(module))
            yield name, module
            inside = [(_join(name, child), part) for child, part in module.named_children()]
            waiting.extend(reversed(inside))

    def modules(self) -> Iterator["Module"]:
        """Yield this module and all inside it."""
        for _, module in self.named_modules():
            yield module

    def _named_tensors(self, kind: type[Tensor], prefix: str, recurse: bool) -> Iterator[Any]:
        seen: set[int] = set()
        for path, module in self.named_modules(prefix) if recurse else [(prefix, self)]:
            for name, value in vars(module).items():
                if isinstance(value, kind) and id(value) not in seen:
                    seen.add(id(value))
                    yield _join(path, name), value

    def named_parameters(
        self, prefix: str = "", recurse: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """Yield every parameter once, with names such as `hidden.weight`.

        Args:
            prefix: what stands before all names.
            recurse: also look into the modules inside this one.
        """
        return self._named_tensors(Parameter, prefix, recurse)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """Yield every parameter once: what an optimizer is given."""
        for _, parameter in self.named_parameters(recurse=recurse):
            yield parameter

    def named_buffers(self, prefix: str = "", recurse: bool = True) -> Iterator[tuple[str, Buffer]]:
        """Yield every tensor that is saved but not trained, with its name."""
        return self._named_tensors(Buffer, prefix, recurse)

    def buffers(self, recurse: bool = True) -> Iterator[Buffer]:
        """Yield every tensor that is saved but not trained."""
        for _, buffer in self.named_buffers(recurse=recurse):
            yield buffer

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Do what `self.name = param` does; it is here because PyTorch has it."""
        setattr(self, name, param)

    def register_buffer(self, name: str, tensor: "Tensor | ArrayLike") -> None:
        """Keep `tensor` as `self.name`: saved with the parameters, but not trained."""
        setattr(self, name, Buffer(tensor.data if isinstance(tensor, Tensor) else tensor))

    def add_module(self, name: str, module: "Module | None") -> None:
        """Do what `self.name = module` does; it is here because PyTorch has it."""
        setattr(self, name, module)

    def label(self, tape: Tape, prefix: str = "") -> None:
        """Name the parameters on a tape after their place, such as `hidden.weight`."""
        for name, parameter in self.named_parameters(prefix):
            tape.label(parameter, parameter.name, origin=name, role="parameter")

    # --- Training --------------------------------------------------------------------------

    def train(self, mode: bool = True) -> Self:
        """Let this module and all inside it behave as in training; returns itself."""
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """Let this module and all inside it behave as in use: no dropout, fixed statistics."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Say whether the parameters are trained; returns itself."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters, so that the next `backward()` starts anew.

        Args:
            set_to_none: let `.grad` be None; otherwise it is filled with zeros.
        """
        for parameter in self.parameters():
            if set_to_none or parameter.grad is None:
                parameter.grad = None
            else:
                parameter.grad.zero_()

    def apply(self, fn: Callable[["Module"], None]) -> Self:
        """Call `fn` on every module inside and then on this one; returns itself."""
        for module in reversed(list(self.modules())):
            fn(module)
        return self

    # --- Saving ----------------------------------------------------------------------------

    def _named_state(self) -> dict[str, Tensor]:
        """Return parameters and buffers; one that is shared stands under each of its names."""
        state: dict[str, Tensor] = {}
        waiting: list[tuple[str, Module, frozenset[int]]] = [("", self, frozenset())]
        while waiting:
            path, module, above = waiting.pop()
            if id(module) in above:  # a module inside itself
                continue
            values = vars(module)
            for kind in (Parameter, Buffer):
                for name, value in values.items():
                    if isinstance(value, kind):
                        state[_join(path, name)] = value
            inside = [
                (_join(path, name), value, above | {id(module)})
                for name, value in values.items()
                if isinstance(value, Module)
            ]
            waiting.extend(reversed(inside))
        return state

    def state_dict(self) -> dict[str, Tensor]:
        """Return all parameters and buffers by name; they share memory with the module's."""
        return {name: tensor.detach() for name, tensor in self._named_state().items()}

    def load_state_dict(
        self, state_dict: Mapping[str, "Tensor | ArrayLike"], strict: bool = True
    ) -> None:
        """Copy the values of `state_dict` into the parameters and buffers of these names.

        Args:
            state_dict: what `state_dict()` returned; arrays will do, as from `np.load`.
            strict: insist that the names are the same.

        Raises:
            EngineError: names or shapes do not fit; nothing was changed.
        """
        mine = self._named_state()
        theirs = {
            name: np.asarray(value.data if isinstance(value, Tensor) else value)
            for name, value in state_dict.items()
        }
        problems = []
        missing = [name for name in mine if name not in theirs]
        unexpected = [name for name in theirs if name not in mine]
        shapes = [
            f"{name} {theirs[name].shape} → {tensor.shape}"
            for name, tensor in mine.items()
            if name in theirs and theirs[name].shape != tensor.shape
        ]
        if missing and strict:
            problems.append(Message("error.state.missing", names=", ".join(missing)))
        if unexpected and strict:
            problems.append(Message("error.state.unexpected", names=", ".join(unexpected)))
        if shapes:
            problems.append(Message("error.state.shapes", names=", ".join(shapes)))
        if problems:
            joined = problems[0]
            for problem in problems[1:]:
                joined = Message("error.state.join", first=joined, second=problem)
            raise EngineError(Message("error.state", module=type(self).__name__, problems=joined))
        with no_grad():
            for name, tensor in mine.items():
                if name in theirs:
                    tensor.copy_(theirs[name])

    # --- Being shown -----------------------------------------------------------------------

    def extra_repr(self) -> str:
        """Return what stands in the brackets after the name, such as sizes."""
        return ""

    def __repr__(self) -> str:
        head = f"{type(self).__name__}({self.extra_repr()}"
        parts = self._shown_parts()
        if not parts:
            return f"{head})"
        lines = [f"  ({name}): " + text.replace("\n", "\n  ") for name, text in parts]
        return "\n".join([head, *lines, ")"])

    def _shown_parts(self) -> list[tuple[str, str]]:
        inside = vars(self).items()
        return [(name, repr(value)) for name, value in inside if isinstance(value, Module)]


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
