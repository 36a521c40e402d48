"""The worker's part of a check: as far as it comes with what is there."""

from __future__ import annotations

import time

from verifier.checking.wire import Answer, Question, Worked, pack, unpack
from verifier.evidence import Need


def answer(data: bytes) -> bytes:
    """What the check needs next, or what follows (`verifier.workers.child`)."""
    begun = time.process_time()
    question: Question = unpack(data)
    told = advance(question)
    return pack(Worked(told, time.process_time() - begun))


def advance(question: Question) -> Answer:
    """Run the check from its beginning until something is missing."""
    held = question.held
    walk = question.kind.walk(held.presented, held.seen, question.policy, question.now)
    try:
        need: Need = next(walk)
        while (got := held.answer(need)) is not None:
            need = walk.send(got)
    except StopIteration as end:
        verdict: Answer = end.value
        return verdict
    return need
