"""What a sheet leaves open: a question with its choices, and the name under which it is answered."""

from __future__ import annotations

from dataclasses import dataclass

from issuer.roster.words import Said


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: what is given as the answer, and what a person is shown."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """Something that only a person can say.

    Args:
        code: What kind of question.
        key: The name of the answer: `--answer KEY=VALUE`.
        choices: Its answers. Where there are none, any text is one.
        words: The question.
        taken: The answer that was taken for granted meanwhile, "" where the rows in question wait.
    """

    code: str
    key: str
    choices: tuple[Choice, ...]
    words: Said
    taken: str = ""

    def text(self, language: str = "en") -> str:
        """The question as a sentence."""
        return self.words.text(language)
