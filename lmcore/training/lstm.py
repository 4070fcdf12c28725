"""A projected LSTM for training, with its gradients written out.

PyTorch's own loop multiplies and adds the gradient of every weight once a step. Here the steps of
the backward pass only hand on what the step before needs; the weights' gradients are one product
each over all steps (about twice as many words a second on a CPU).
"""

from typing import Any

import torch
from torch import Tensor, nn


def _cell(gates: Tensor, c: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """One step from the summed inputs of the gates: activations, new cell, what is projected."""
    i, f, g, o = gates.chunk(4, dim=-1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    return torch.cat([i, f, g, o], dim=-1), c, (o * c.tanh()).to(gates.dtype)


def _cell_backward(
    to_output: Tensor, to_cell: Tensor, active: Tensor, c: Tensor, before: Tensor
) -> tuple[Tensor, Tensor]:
    """Gradients of one step: at the gates' inputs, and at the cell of the step before."""
    i, f, g, o = active.float().chunk(4, dim=-1)
    squashed = c.tanh()
    to_output = to_output.float()
    to_cell = to_cell + to_output * o * (1 - squashed * squashed)
    parts = [
        to_cell * g * i * (1 - i),
        to_cell * before * f * (1 - f),
        to_cell * i * (1 - g * g),
        to_output * squashed * o * (1 - o),
    ]
    return torch.cat(parts, dim=-1).to(active.dtype), to_cell * f


class _ProjectedLstm(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, x: Tensor, w_in: Tensor, w_back: Tensor, bias: Tensor, w_out: Tensor
    ) -> Tensor:
        driven = torch.addmm(bias, x.flatten(0, 1), w_in.T).unflatten(0, x.shape[:2])
        h = x.new_zeros(x.shape[1:])
        c = x.new_zeros(x.shape[1], w_out.shape[1], dtype=torch.float32)
        kept: tuple[list[Tensor], ...] = ([], [], [], [])
        for now in driven:
            active, c, raised = _cell(torch.addmm(now, h, w_back.T), c)
            h = raised @ w_out.T
            for values, value in zip(kept, (active, c, raised, h), strict=True):
                values.append(value)
        active, cells, raised, y = map(torch.stack, kept)
        ctx.save_for_backward(x, w_in, w_back, w_out, active, cells, raised, y)
        return y

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, ...]:
        x, w_in, w_back, w_out, active, cells, raised, y = ctx.saved_tensors
        to_gates, to_h = torch.empty_like(active), torch.empty_like(y)
        to_cell, nothing = torch.zeros_like(cells[0]), torch.zeros_like(cells[0])
        for t in range(len(x) - 1, -1, -1):
            now = gradients[0][t]
            if t + 1 < len(x):
                now = torch.addmm(now, to_gates[t + 1], w_back)
            before = cells[t - 1] if t else nothing
            to_gates[t], to_cell = _cell_backward(now @ w_out, to_cell, active[t], cells[t], before)
            to_h[t] = now
        flat = to_gates.flatten(0, 1)
        return (
            (flat @ w_in).view_as(x),
            flat.T @ x.flatten(0, 1),
            to_gates[1:].flatten(0, 1).T @ y[:-1].flatten(0, 1),
            flat.sum(0),
            to_h.flatten(0, 1).T @ raised.flatten(0, 1),
        )


def compile_cells() -> None:
    """Let the element-wise parts of a step be compiled (needs a C++ compiler; a third faster)."""
    global _cell, _cell_backward
    _cell = torch.compile(_cell, dynamic=False)
    _cell_backward = torch.compile(_cell_backward, dynamic=False)


def projected_lstm(x: Tensor, lstm: nn.LSTM) -> Tensor:
    """What an LSTM of one layer with ``proj_size`` gives from a zero state, to rounding.

    ``x [T, B, D]``, all rows of one length, to ``[T, B, D]``.
    """
    w: Any = lstm
    bias = w.bias_ih_l0 + w.bias_hh_l0
    return _ProjectedLstm.apply(x, w.weight_ih_l0, w.weight_hh_l0, bias, w.weight_hr_l0)


def cudnn_lstm(x: Tensor, lstm: nn.LSTM) -> Tensor:
    """The same ``[T, B, D]`` by PyTorch's own LSTM, which cuDNN runs in one call on a GPU."""
    y: Tensor = lstm(x.transpose(0, 1))[0]
    return y.transpose(0, 1)
