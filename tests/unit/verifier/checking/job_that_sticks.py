"""The real job, but for two words: a check that never ends, and one that takes its process with it."""

from __future__ import annotations

import os

from verifier.checking import job
from verifier.checking.wire import Question, unpack


def answer(data: bytes) -> bytes:
    question: Question = unpack(data)
    if question.held.presented.detail == "spin":
        while True:
            pass
    if question.held.presented.detail == "die":
        os._exit(1)
    return job.answer(data)
