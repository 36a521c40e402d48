"""The real job, but for some words: a check that never ends, that takes its process with it, that is slow."""

from __future__ import annotations

import os
import time

from verifier.checking import job
from verifier.checking.wire import Question, Worked, pack, unpack


def answer(data: bytes) -> bytes:
    question: Question = unpack(data)
    if question.held.presented.detail == "spin":
        while True:
            pass
    if question.held.presented.detail == "die":
        os._exit(1)
    if question.held.presented.detail == "slow":
        begun = time.process_time()
        worked: Worked = unpack(job.answer(data))
        while time.process_time() < begun + 0.4:
            pass
        return pack(Worked(worked.answer, time.process_time() - begun))
    return job.answer(data)
