"""The optimiser that all families share: AdamW on float32 weights."""

from typing import Any

import torch
from torch import Tensor, nn

GRADIENT_CLIP = 1.0
WEIGHT_DECAY = 0.05
BETAS = (0.9, 0.98)


class MasterWeights:
    """AdamW on float32 weights; where a network learns in bfloat16, on float32 copies of its own.

    Copies are twice as fast as autocast on this kind of CPU.
    """

    def __init__(self, network: nn.Module, low: torch.dtype) -> None:
        self.network = network
        self.names = [name for name, _ in network.named_parameters()]
        self.copies = low != torch.float32
        if self.copies:
            self.masters = [p.detach().float().clone() for p in network.parameters()]
            network.to(low)
        self.parameters = list(network.parameters())
        if not self.copies:
            self.masters = [p.detach() for p in self.parameters]
        matrices = [m for m in self.masters if m.dim() > 1]
        vectors = [m for m in self.masters if m.dim() <= 1]
        groups = [
            {"params": matrices, "weight_decay": WEIGHT_DECAY},
            {"params": vectors, "weight_decay": 0.0},
        ]
        fused = self.masters[0].device.type in ("cpu", "cuda", "mps")
        self.adam = torch.optim.AdamW(groups, lr=0.0, betas=BETAS, fused=fused)

    def step(self, rate: float) -> Tensor:
        """Clip, update the masters, copy them back; returns the gradient norm before clipping."""
        for master, parameter in zip(self.masters, self.parameters, strict=True):
            master.grad = None if parameter.grad is None else parameter.grad.float()
            parameter.grad = None
        norm = nn.utils.clip_grad_norm_(self.masters, GRADIENT_CLIP)
        for group in self.adam.param_groups:
            group["lr"] = rate
        self.adam.step()
        self._copy_back()
        return norm

    def _copy_back(self) -> None:
        if self.copies:
            with torch.no_grad():
                for master, parameter in zip(self.masters, self.parameters, strict=True):
                    parameter.copy_(master)

    def state(self) -> dict[str, Any]:
        """Everything needed to go on, as plain tensors and numbers."""
        return {
            "masters": dict(zip(self.names, self.masters, strict=True)),
            "adam": self.adam.state_dict(),
        }

    def load(self, state: dict[str, Any]) -> None:
        """Take up what :meth:`state` gave."""
        self.set_weights(state["masters"])
        self.adam.load_state_dict(state["adam"])

    def set_weights(self, weights: dict[str, Tensor]) -> None:
        """Put weights into the masters and the network; what is not named stays."""
        with torch.no_grad():
            for name, master in zip(self.names, self.masters, strict=True):
                if name in weights:
                    master.copy_(weights[name])
        self._copy_back()

    def weights(self) -> dict[str, Tensor]:
        """The float32 weights by name."""
        return dict(zip(self.names, self.masters, strict=True))
