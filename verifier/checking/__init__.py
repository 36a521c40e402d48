"""A check within a budget: the part that costs work, in a process that is ended when it takes too long.

`Desk` stands in the site; `job` is the module that a worker process runs. Both know the check as a whole, so
what a worker says is what `verifier.verify` says, and a worker that is killed has said nothing.
"""

from verifier.checking.desk import Desk, open_desk
from verifier.checking.wire import Badge, Question, Shown

__all__ = ["Badge", "Desk", "Question", "Shown", "open_desk"]
"""Who checks within a budget, and what is asked."""
