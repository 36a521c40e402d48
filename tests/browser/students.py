"""The students' site of a district, served on this machine, with a student for every page."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import uvicorn
from playwright.sync_api import BrowserContext

from credential.withdrawal import Reason
from issuer import consents
from issuer.app import create_app
from issuer.carry.paper import Printing
from issuer.claiming import claims, contacts, sessions
from issuer.claiming.slips import print_slips
from issuer.correction import Correction, correct
from issuer.revocation import revoke
from issuer.roster.report import Student
from issuer.sharing.policy import Audience
from issuer.store import students
from issuer.store.migrations import migrate
from issuer.store.session import Store
from issuer.store.students import Incoming
from tests.house import House

MAYA, MINOR, NEW = "100000001", "100000002", "100000003"
"""Of age, with badges of every state; under 18, whose family said nothing; without a badge."""
LONG = "Maximiliana-Guadalupe Wolfeschlegelsteinhausenbergerdorff de la Cruz y Montenegro"


@dataclass(frozen=True, slots=True)
class Site:
    """What is served.

    Attributes:
        address: Its origin.
        house: Its district.
        badges: The path of a badge of Maya's by its state, and of the minor's.
        claims: The path of a link by its state.
        slips: The printed slips.
    """

    address: str
    house: House
    badges: dict[str, str]
    claims: dict[str, str]
    slips: bytes

    def sign_in(self, context: BrowserContext, student_id: str = MAYA) -> None:
        """Give a browser the session of a student."""
        house = self.house
        with house.store.of(house.district.id).transaction() as session:
            token = sessions.begin(
                session,
                house.district.id,
                student_id,
                sessions.Method.LINK,
                now=house.time,
                entropy=house.entropy,
            )
        context.add_cookies([{"name": "cairn-student", "value": token, "url": self.address}])

    @property
    def open_pages(self) -> dict[str, str]:
        """What anybody can see, by name; the last are refusals."""
        return {
            "claim": self.claims["open"],
            "claim-wrong": f"{self.claims['open']}/wrong",
            "claim-used": self.claims["used"],
            "claim-ended": self.claims["ended"],
            "claim-unknown": "/my/claim/" + "Z" * 32,
            "way-in": "/my/way-in",
            "slip": "/my/slip",
            "slip-scanned": self.claims["slip"],
            "code": "/my/code",
            "code-enter": "/my/code/enter",
            "passkey": "/my/passkey",
            "nowhere": "/my/nowhere",
        }

    @property
    def own_pages(self) -> dict[str, str]:
        """What a student sees who is signed in and of age, by name."""
        badges = {name: path for name, path in self.badges.items() if name not in {"minor", "long"}}
        return badges | {
            "wall": "/my/badges",
            "share": f"{self.badges['valid']}/share",
            "share-withdrawn": f"{self.badges['withdrawn']}/share",
            "wallet": f"{self.badges['valid']}/wallet",
            "about-me": "/my/about-me",
            "ways-back": "/my/ways-back",
            "passkey-add": "/my/ways-back/passkey",
            "hand-over": "/my/ways-back/confirm",
            "problem": f"/my/problem?badge={self.badges['valid'].rpartition('/')[2]}",
            "not-mine": self.badges["minor"],
        }

    @property
    def minor_pages(self) -> dict[str, str]:
        """What looks otherwise for a student under 18."""
        return {
            "minor-wall": "/my/badges",
            "minor-badge": self.badges["minor"],
            "minor-share": f"{self.badges['minor']}/share",
            "minor-about": "/my/about-me",
        }

    @property
    def new_pages(self) -> dict[str, str]:
        """What looks otherwise for a student who has nothing yet."""
        return {"empty-wall": "/my/badges", "empty-about": "/my/about-me"}


@contextmanager
def serving(folder: Path) -> Iterator[Site]:
    """The students' site on a free port, for as long as the block lasts."""
    store = Store.open(str(folder / "cairn.db"))
    migrate(store)
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://localhost:{listener.getsockname()[1]}"
    house = House.build(store, origin=address)
    site = _filled(house, address)
    app = create_app(
        store,
        clock=house.clock,
        entropy=house.entropy,
        signer_of=lambda _district: house.signer,
        printing=Printing("https://verify.example.edu"),
    )
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.should_exit = True
        thread.join(timeout=60)
        listener.close()
        store.close()


def _filled(house: House, address: str) -> Site:
    _roster(house)
    made = _badges(house)
    links = _claims(house, made)
    slips = print_slips(house.store, house.district, now=house.time, entropy=house.entropy, actor="test")
    badges = {name: "/my/badges/" + one.removeprefix("urn:uuid:") for name, one in made.items()}
    return Site(address, house, badges, links, slips.pdf)


def _roster(house: House) -> None:
    born = {MAYA: date(2008, 3, 2), MINOR: date(2009, 9, 30), NEW: date(2008, 1, 1)}
    names = {MAYA: ("Maya", "Okafor"), MINOR: ("José", "Nuñez"), NEW: ("Noor", "Haddad")}
    people = [
        Student(number, *names[number], birth_date=born[number], school_code="0187", grade="12")
        for number in born
    ]
    with house.store.transaction() as session:
        students.take(
            session, house.district.id, [Incoming(one) for one in people], source="sheet", now=house.time,
            actor="test",
        )  # fmt: skip
    letter = f"student_id,email,language,teacher\n{MAYA},maya@riverbend.example,en,Ms. Brook\n"
    contacts.take(house.store, house.district.id, letter.encode(), now=house.time, actor="test")


def _badges(house: House) -> dict[str, str]:
    store, district = house.store, house.district.id
    made = {
        "valid": house.issue(also_jwt=True, evidence_url="https://riverbend.example/portfolio/maya"),
        "expiring": house.issue("A-2", last_day=date(2026, 9, 20), number="NA-000124"),
        "expired": house.issue("A-3", last_day=date(2026, 6, 20), number="NA-000125"),
    }
    house.later(days=70)  # on the pathways' first day and after it
    made |= {
        "withdrawn": house.issue("A-4", number="NA-000126"),
        "wrong": house.issue("A-5", achievement_id="osha10-con", number="", last_day=None),
        "minor": house.issue(
            "A-6", student_id=MINOR, recipient_name="José Nuñez", adult_on=date(2027, 9, 30)
        ),
        "long": house.issue("A-7", student_id="100000009", recipient_name=LONG, number="NA-7"),
    }
    found = {name: one.credential_id for name, one in made.items()}
    revoke(store, district, found["withdrawn"], reason=Reason.ISSUED_IN_ERROR, note="", now=house.time,
           actor="test")  # fmt: skip
    right = Correction("Maya Okafor", date(2026, 4, 17), None, "", None, None)
    correct(
        store, district, "A-5", right, signer=house.signer, now=house.time, entropy=house.entropy,
        actor="test",
    )  # fmt: skip
    agreed = consents.record_agreement(
        store, district, MINOR, {Audience.COLLEGE}, how="paper", given_on=date(2026, 7, 1), now=house.time,
        entropy=house.entropy, actor="test",
    )  # fmt: skip
    consents.end_consent(store, district, MINOR, agreed, now=house.time, actor="test")
    return found


def _claims(house: House, made: dict[str, str]) -> dict[str, str]:
    secrets = {}
    with house.store.of(house.district.id).transaction() as session:
        for name, badge in (("open", "valid"), ("used", "expiring"), ("ended", "withdrawn")):
            secrets[name] = claims.new_link(
                session, house.district.id, MAYA, made[badge], now=house.time, entropy=house.entropy
            )
    claims.keep(
        house.store, house.district, claims.Kind.LINK, secrets["used"], now=house.time, entropy=house.entropy
    )
    found = {name: f"/my/claim/{secret}" for name, secret in secrets.items()}
    with house.store.of(house.district.id).transaction() as session:
        codes = claims.new_codes(house.district, [NEW], entropy=house.entropy)
        claims.new_slips(
            session, house.district.id, codes, now=house.time, entropy=house.entropy, actor="test"
        )
    return found | {"slip": f"/my/slip/{codes[NEW].code}"}
