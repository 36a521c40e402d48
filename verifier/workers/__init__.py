"""Work on hostile bytes in a process of its own, with bounds on time, memory and output.

`Workers` starts `child` with the name of a module that has `answer(data: bytes) -> bytes`, hands it one piece
of work after the other, and kills it when it is late. What breaks there, breaks there alone.
"""

from verifier.workers.pool import WorkerFailed, Workers

__all__ = ["WorkerFailed", "Workers"]
