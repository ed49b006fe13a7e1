"""Training on several GPUs or machines: processes that `torchrun` started."""

from __future__ import annotations

import atexit
import gc
from dataclasses import dataclass

import torch
from torch import Tensor, distributed


@dataclass(frozen=True, slots=True)
class Processes:
    """How many there are and which one this is; the first speaks and writes."""

    rank: int = 0
    count: int = 1

    @classmethod
    def join(cls) -> Processes:
        """Those of this `torchrun`, or this one alone."""
        if not distributed.is_torchelastic_launched():
            return cls()
        if not distributed.is_initialized():
            distributed.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
            if torch.cuda.is_available():
                torch.cuda.set_device(distributed.get_node_local_rank())
            atexit.register(_leave)
        return cls(distributed.get_rank(), distributed.get_world_size())

    @property
    def first(self) -> bool:
        return self.rank == 0

    def same(self, value: object) -> object:
        """The first one's `value`, on all of them."""
        if self.count == 1:
            return value
        told = [value]
        distributed.broadcast_object_list(told)
        return told[0]

    def any(self, value: bool) -> bool:
        """Whether it is so on any of them."""
        if self.count == 1:
            return value
        device = "cuda" if torch.cuda.is_available() else "cpu"
        flag = torch.tensor([float(value)], device=device)
        distributed.all_reduce(flag, distributed.ReduceOp.MAX)
        return bool(flag.item())

    def gathered(self, rows: Tensor) -> Tensor:
        """The rows of all of them, in the order of the processes; gradients flow into one's own alone."""
        if self.count == 1:
            return rows
        parts = [torch.empty_like(rows) for _ in range(self.count)]
        distributed.all_gather(parts, rows.detach().contiguous())
        parts[self.rank] = rows
        return torch.cat(parts)


def _leave() -> None:
    """Threads of the group that let go of a tensor once the interpreter is gone abort the process.

    They end with the group, which a model that is trained on it holds in a cycle of references.
    """
    gc.collect()
    distributed.destroy_process_group()
