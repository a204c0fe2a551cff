"""One process, or several under torchrun that share an epoch's work and average their gradients."""

import os
from dataclasses import dataclass

import torch
from torch import distributed


@dataclass(frozen=True, slots=True)
class Crew:
    """This process among `size`; `rank` 0 is the first, which writes."""

    rank: int = 0
    size: int = 1

    @classmethod
    def join(cls) -> "Crew":
        """The crew that torchrun's environment describes; a lone process without it."""
        size = int(os.environ.get("WORLD_SIZE", "1"))
        if size == 1:
            return cls()
        if not distributed.is_initialized():
            distributed.init_process_group("gloo")
        return cls(distributed.get_rank(), size)

    @property
    def first(self) -> bool:
        return self.rank == 0

    def average(self, net: torch.nn.Module) -> None:
        """Give every process the mean of all processes' gradients."""
        if self.size == 1:
            return
        gradients = [p.grad for p in net.parameters() if p.grad is not None]
        flat = torch.cat([g.reshape(-1) for g in gradients])
        distributed.all_reduce(flat)
        at = 0
        for gradient in gradients:
            gradient.copy_(flat[at : at + gradient.numel()].view_as(gradient) / self.size)
            at += gradient.numel()

    def most(self, value: float) -> float:
        """The largest of all processes' values."""
        return self._reduced(value, distributed.ReduceOp.MAX)

    def fewest(self, count: int) -> int:
        """The smallest of all processes' counts."""
        return int(self._reduced(float(count), distributed.ReduceOp.MIN))

    def any(self, flag: bool) -> bool:
        """Whether it is so in any process."""
        return self.most(float(flag)) > 0

    def _reduced(self, value: float, how: "distributed.ReduceOp.RedOpType") -> float:
        if self.size == 1:
            return value
        shared = torch.tensor([value], dtype=torch.float64)
        distributed.all_reduce(shared, op=how)
        return float(shared)

    def wait(self) -> None:
        """Until all processes are here."""
        if self.size > 1:
            distributed.barrier()

    def leave(self) -> None:
        if self.size > 1 and distributed.is_initialized():
            distributed.destroy_process_group()
