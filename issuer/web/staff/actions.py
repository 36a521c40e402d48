"""What is done once a second person has confirmed it: pages join with the kinds that are theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from issuer.access.approvals import Request
from issuer.access.policy import Kind
from issuer.store.session import Session
from issuer.web.access import Visit


@dataclass(frozen=True, slots=True)
class Action:
    """How one kind of request is shown, checked and done.

    Attributes:
        show: From what was asked for to what the second person reads: name to text, in order. It must say
            everything that will be done.
        still_true: Whether what the request rests on is as it was when it was asked for, so that it could be
            done at this moment.
        perform: Does it, in the name of both people. Doing it again must change nothing: it is finished by
            doing it again where it broke off.
    """

    show: Callable[[Session, Mapping[str, Any]], Mapping[str, str]]
    still_true: Callable[[Session, Request, datetime], bool]
    perform: Callable[[Visit, Request], None]


_ACTIONS: dict[Kind, Action] = {}


def join(kind: Kind, action: Action) -> None:
    """Be responsible for a kind of request. A module does this once, when it is imported."""
    _ACTIONS[kind] = action


def action_of(kind: Kind) -> Action | None:
    """Who is responsible for a kind; None where no page is."""
    return _ACTIONS.get(kind)
