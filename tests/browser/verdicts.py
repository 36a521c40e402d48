"""Every verdict that a page can show, and how a district brings it about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from credential.qr import new_code, new_token
from credential.withdrawal import Reason
from tests.determinations import Story
from tests.pictures import png
from tests.world import NOW, World
from verifier.evidence import Failure, Fetched, Need

SHARE = f"/S/RIVER-{new_token(bytes(range(20)))}"
CODE = f"/C/RIVER-{new_code(bytes(range(7)))}"
KEPT = NOW - timedelta(days=3)


class Archive(World):
    """A district whose answers were kept three days ago."""

    def fetch(self, need: Need) -> Fetched | Failure:
        answer = super().fetch(need)
        return replace(answer, archived=True, at=KEPT) if isinstance(answer, Fetched) else answer


@dataclass(frozen=True)
class Shown:
    """A verdict on its page.

    Args:
        headline: What the page says, in English and in Spanish.
        family: How it looks.
        world: Makes the district.
        data: What is uploaded: made by the world; None where `link` is opened instead.
        link: The address that a QR code carries.
    """

    headline: tuple[str, str]
    family: str
    world: Callable[[], World] = World
    data: Callable[[World], bytes] | None = World.badge
    link: str = SHARE


def changed(part: str, value: object) -> Callable[[], World]:
    """A world whose badge was signed with this member."""

    def made() -> World:
        world = World()
        world.edit["badge"] = lambda badge: badge.update({part: value})
        return world

    return made


def paused() -> World:
    world = World(paused={5})
    world.edit["badge"] = lambda badge: badge["credentialStatus"].update(
        statusPurpose="suspension", statusListCredential=world.suspension_url
    )
    return world


def withdrawn(reason: Reason) -> Callable[[], World]:
    def made() -> World:
        world = World()
        world.revoke(reason=reason)
        return world

    return made


def tampered() -> World:
    world = World()
    world.tamper["badge"] = lambda badge: badge.update(name="Forged")
    return world


def silent() -> World:
    world = World()
    world.fail[world.list_url] = "timeout"
    return world


def ended(code: str) -> Callable[[], World]:
    def made() -> World:
        world = World()
        world.fail[f"{world.origin}/retrieve"] = code
        return world

    return made


def altered(world: World) -> bytes:
    return Story(world, inside=lambda data: data.replace(b"Workplace", b"Workshop")).signed()


VERDICTS = {
    "valid": Shown(("This badge is valid", "Esta insignia es válida"), "accept"),
    "expired": Shown(
        ("This badge was real, but it expired on May 20, 2026", "venció el 20 de mayo de 2026"),
        "not_current",
        changed("validUntil", "2026-05-20T00:00:00Z"),
    ),
    "not_yet_valid": Shown(
        ("This badge starts on September 1, 2026", "empieza a valer el 1 de septiembre de 2026"),
        "not_current",
        changed("validFrom", "2026-09-01T00:00:00Z"),
    ),
    "suspended": Shown(("This badge is paused by its issuer", "la puso en pausa"), "not_current", paused),
    "revoked": Shown(
        (
            "Do not accept: the issuer withdrew this badge",
            "No la acepte: quien otorgó esta insignia la retiró",
        ),
        "refuse",
        withdrawn(Reason.ISSUED_IN_ERROR),
    ),
    "replaced": Shown(
        ("This badge was corrected", "Esta insignia fue corregida"),
        "not_current",
        withdrawn(Reason.CORRECTED),
    ),
    "tampered": Shown(
        ("Do not accept: this badge has been changed", "No la acepte: esta insignia fue modificada"),
        "refuse",
        tampered,
    ),
    "evidence_fails": Shown(
        ("Do not accept: what is inside this badge does not bear it out", "lo que esta insignia contiene"),
        "refuse",
        World,
        altered,
    ),
    "issuer_unknown": Shown(
        ("Signed, but we don't know this issuer", "Firmada, pero no conocemos a quien la otorgó"),
        "cannot_tell",
        lambda: World(trusted=False),
    ),
    "incomplete": Shown(
        ("We could not finish checking", "No pudimos terminar la verificación"), "cannot_tell", silent
    ),
    "offline_valid": Shown(
        ("Valid as of May 29, 2026", "Válida al 29 de mayo de 2026"),
        "not_current",
        lambda: Archive(listed_at=KEPT - timedelta(hours=1)),
    ),
    "unreadable": Shown(
        ("We couldn't read a badge here", "No pudimos leer una insignia"),
        "cannot_tell",
        World,
        lambda _: png(),
    ),
    "not_shared": Shown(
        ("The student stopped sharing this", "El estudiante dejó de compartir esto"),
        "cannot_tell",
        ended("not_shared"),
        None,
    ),
    "share_ended": Shown(
        ("This link has ended", "Este enlace venció"),
        "cannot_tell",
        ended("share_ended"),
        None,
    ),
    "not_found": Shown(
        ("No badge has this code", "Ninguna insignia tiene este código"),
        "cannot_tell",
        ended("not_found"),
        None,
        CODE,
    ),
}
