"""Optimizers, with PyTorch's names and arguments; what they compute stands in `rules`.

::

    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

`optimizer.rule().lines` is the rule that ran, as text.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from mlviz.autograd import Array, Tensor
from mlviz.errors import ArgumentError, EngineError
from mlviz.i18n import Message
from mlviz.learn import rules
from mlviz.learn.rules import UpdateRule

Group = dict[str, Any]
"""Parameters that share their settings: `{"params": [...], "lr": 0.1, ...}`."""


_NO_STATE: rules.State = {}


class Optimizer:
    """What all optimizers do; each of them adds its rule.

    Shapes: parameters any; what is kept of each has its shape.

    Attributes:
        param_groups: the parameters, with their settings; a schedule changes `lr` there.
        state: what the rule keeps of each parameter, by the parameter.
        defaults: settings of a group that does not give its own.

    Raises:
        ArgumentError: there are no parameters, one of them is no leaf or given twice, or a setting
            is out of range.
    """

    def __init__(self, params: Iterable[Tensor] | Iterable[Group], defaults: Group) -> None:
        self.defaults = defaults
        self.param_groups: list[Group] = []
        self.state: dict[Tensor, rules.State] = {}
        self._rules: dict[int, tuple[Group, UpdateRule]] = {}
        given: list[Any] = [params] if isinstance(params, Tensor) else list(params)
        if not given:
            raise ArgumentError(Message("error.optim.empty"))
        if isinstance(given[0], dict):
            for group in given:
                self.add_param_group(group)
        else:
            self.add_param_group({"params": given})

    def add_param_group(self, group: Group) -> None:
        """Add parameters with settings of their own.

        Raises:
            ArgumentError: a setting is out of range, or a parameter is there already.
        """
        params = group["params"]
        tensors = [params] if isinstance(params, Tensor) else list(params)
        known = {id(other) for earlier in self.param_groups for other in earlier["params"]}
        for tensor in tensors:
            if not isinstance(tensor, Tensor) or not tensor.is_leaf:
                raise ArgumentError(Message("error.optim.leaf"))
            if id(tensor) in known:
                raise ArgumentError(Message("error.optim.twice"))
            known.add(id(tensor))
        complete = {**self.defaults, **group, "params": tensors}
        self._check(complete)
        self.param_groups.append(complete)

    def _check(self, group: Group) -> None:
        for name in ("lr", "weight_decay", "eps", "l1", "momentum", "alpha", "lr_decay"):
            if group.get(name, 0.0) < 0:
                raise ArgumentError.out_of_range(name, group[name], "≥ 0")
        for beta in group.get("betas", ()):
            if not 0 <= beta < 1:
                raise ArgumentError.out_of_range("betas", beta, "0 ≤ β < 1")

    def _make_rule(self, settings: Group) -> UpdateRule:
        raise NotImplementedError

    def rule(self, group: int = 0) -> UpdateRule:
        """Return the rule that `step()` applies to a group of parameters, as it is set now."""
        settings = self.param_groups[group].copy()
        del settings["params"]
        known = self._rules.get(group)
        if known is None or known[0] != settings:
            known = self._rules[group] = (settings, self._make_rule(settings))
        return known[1]

    def step(self) -> None:
        """Update every parameter that has a gradient, in place."""
        for number, group in enumerate(self.param_groups):
            rule = self.rule(number)
            kept = len(rule.kept)
            for parameter in group["params"]:
                gradient = parameter.grad_array()
                if gradient is None:
                    continue
                memory = parameter.changing_untracked()
                if not kept:
                    rule.update(memory, gradient, _NO_STATE)
                    continue
                state = self.state.get(parameter, _NO_STATE)
                if len(state) != kept:  # the first step, or momentum was just set
                    state = {**rule.initial_state(memory), **state}
                self.state[parameter] = rule.update(memory, gradient, state)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients, so that the next `backward()` starts anew.

        Args:
            set_to_none: let `.grad` be None; otherwise it is filled with zeros.
        """
        for group in self.param_groups:
            for parameter in group["params"]:
                if set_to_none:
                    parameter.grad = None
                elif parameter.grad is not None:
                    parameter.grad.zero_()

    def state_dict(self) -> dict[str, Any]:
        """Return settings and state, with parameters as numbers in the order of the groups."""
        numbers = self._numbers()
        groups = [
            {**group, "params": [numbers[id(parameter)] for parameter in group["params"]]}
            for group in self.param_groups
        ]
        state = {
            numbers[id(parameter)]: {name: np.array(value) for name, value in kept.items()}
            for parameter, kept in self.state.items()
        }
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over settings and state that `state_dict()` of a like optimizer returned.

        Raises:
            EngineError: the groups are of other sizes.
        """
        groups = state_dict["param_groups"]
        sizes = [len(group["params"]) for group in groups]
        wanted = [len(group["params"]) for group in self.param_groups]
        if sizes != wanted:
            raise EngineError(Message("error.optim.groups", found=str(sizes), wanted=str(wanted)))
        for mine, theirs in zip(self.param_groups, groups, strict=True):
            mine.update({name: value for name, value in theirs.items() if name != "params"})
        numbers = self._numbers()
        saved: Mapping[int, Mapping[str, Array]] = state_dict["state"]
        self.state = {
            parameter: {name: np.array(value) for name, value in saved[number].items()}
            for group in self.param_groups
            for parameter in group["params"]
            if (number := numbers[id(parameter)]) in saved
        }

    def _numbers(self) -> dict[int, int]:
        parameters = [p for group in self.param_groups for p in group["params"]]
        return {id(parameter): number for number, parameter in enumerate(parameters)}

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__} ("]
        for number, group in enumerate(self.param_groups):
            lines.append(f"Parameter Group {number}")
            settings = sorted(name for name in group if name != "params")
            lines += [f"    {name}: {group[name]}" for name in settings]
        return "\n".join([*lines, ")"])


Params = Iterable[Tensor] | Iterable[Group]


class SGD(Optimizer):
    """Stochastic gradient descent: a step of `lr` against the gradient.

    Source of the momentum: Sutskever et al., On the importance of initialization and momentum in
    deep learning, 2013, in the form that PyTorch has.

    Shapes: parameters any.

    Args:
        params: the parameters, or groups of them.
        lr: the learning rate η.
        momentum: how much of the last step goes on, 0 … 1.
        dampening: how much less of the gradient enters the momentum.
        weight_decay: strength of the L2 penalty `weight_decay / 2 * p**2`.
        nesterov: look ahead along the momentum; needs momentum and no dampening.
        l1: strength of the L1 penalty `l1 * abs(p)`; PyTorch has none.

    Raises:
        ArgumentError: a setting is out of range.
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
        *,
        l1: float = 0.0,
    ) -> None:
        settings = {"lr": lr, "momentum": momentum, "dampening": dampening}
        settings |= {"weight_decay": weight_decay, "nesterov": nesterov, "l1": l1}
        super().__init__(params, settings)

    def _check(self, group: Group) -> None:
        super()._check(group)
        if group["nesterov"] and (group["momentum"] <= 0 or group["dampening"] != 0):
            raise ArgumentError(Message("error.optim.nesterov"))

    def _make_rule(self, settings: Group) -> UpdateRule:
        return rules.sgd(**settings)


class Adam(Optimizer):
    """Adam: a step along the rolling mean of the gradient, divided by its usual size.

    Source: Kingma and Ba, Adam: A Method for Stochastic Optimization, 2015.
    Shapes: parameters any.

    Args:
        params: the parameters, or groups of them.
        lr: the learning rate η.
        betas: how slowly the two rolling means forget: of the gradient, of its square.
        eps: keeps the divisor away from zero.
        weight_decay: strength of the L2 penalty `weight_decay / 2 * p**2`.
        amsgrad: divide by the largest usual size so far.
        l1: strength of the L1 penalty `l1 * abs(p)`; PyTorch has none.

    Raises:
        ArgumentError: a setting is out of range.
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
        *,
        l1: float = 0.0,
    ) -> None:
        settings: Group = {"lr": lr, "betas": betas, "eps": eps}
        settings |= {"weight_decay": weight_decay, "amsgrad": amsgrad, "l1": l1}
        super().__init__(params, settings)

    def _make_rule(self, settings: Group) -> UpdateRule:
        return rules.adam(**settings)


class AdamW(Adam):
    """Adam whose weight decay shrinks the parameter directly instead of through the gradient.

    The arguments are those of `Adam`; `weight_decay` is the share of `lr` by which a
    parameter shrinks in a step.

    Source: Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019.
    Shapes: parameters any.

    Raises:
        ArgumentError: a setting is out of range.
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        l1: float = 0.0,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, l1=l1)

    def _make_rule(self, settings: Group) -> UpdateRule:
        return rules.adamw(**settings)


class RMSprop(Optimizer):
    """RMSprop: each entry's step is divided by its usual size.

    Source: Tieleman and Hinton, lecture 6.5 of Neural Networks for Machine Learning, 2012.
    Shapes: parameters any.

    Args:
        params: the parameters, or groups of them.
        lr: the learning rate η.
        alpha: how slowly the rolling mean of the squared gradient forgets.
        eps: keeps the divisor away from zero.
        weight_decay: strength of the L2 penalty `weight_decay / 2 * p**2`.
        momentum: how much of the last step goes on, 0 … 1.
        centered: divide by the spread around the mean gradient instead.
        l1: strength of the L1 penalty `l1 * abs(p)`; PyTorch has none.

    Raises:
        ArgumentError: a setting is out of range.
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
        *,
        l1: float = 0.0,
    ) -> None:
        settings: Group = {"lr": lr, "alpha": alpha, "eps": eps, "weight_decay": weight_decay}
        settings |= {"momentum": momentum, "centered": centered, "l1": l1}
        super().__init__(params, settings)

    def _make_rule(self, settings: Group) -> UpdateRule:
        return rules.rmsprop(**settings)


class Adagrad(Optimizer):
    """Adagrad: each entry's step shrinks with the squares of all its gradients so far.

    Source: Duchi, Hazan and Singer, Adaptive Subgradient Methods, 2011.
    Shapes: parameters any.

    Args:
        params: the parameters, or groups of them.
        lr: the learning rate η.
        lr_decay: how fast the learning rate falls with the number of steps.
        weight_decay: strength of the L2 penalty `weight_decay / 2 * p**2`.
        initial_accumulator_value: what the sum of squares starts with.
        eps: keeps the divisor away from zero.
        l1: strength of the L1 penalty `l1 * abs(p)`; PyTorch has none.

    Raises:
        ArgumentError: a setting is out of range.
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1e-2,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
        *,
        l1: float = 0.0,
    ) -> None:
        settings: Group = {"lr": lr, "lr_decay": lr_decay, "weight_decay": weight_decay}
        settings |= {"initial_accumulator_value": initial_accumulator_value, "eps": eps, "l1": l1}
        super().__init__(params, settings)

    def _make_rule(self, settings: Group) -> UpdateRule:
        return rules.adagrad(**settings)
