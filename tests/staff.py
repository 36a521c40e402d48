"""The people of a district, signed in and out by the product's own functions. All of them are invented."""

from __future__ import annotations

from dataclasses import dataclass, field

from issuer.access import people
from issuer.access.people import Person
from issuer.access.roles import Role
from issuer.access.sign_in import sign_in
from issuer.store import audit, queries
from issuer.store.tables import School
from tests.house import House

PASSWORD = "kayak moth lantern orbit"
SCHOOL = "0187"
ADDRESS = "192.0.2.7"
NAMES = {
    Role.ADMINISTRATOR: "Ada Fenn",
    Role.REGISTRAR: "Rosa Delgado",
    Role.COORDINATOR: "Cora Whitfield",
    Role.APPROVER: "Piet Aalders",
    Role.CLERK: "Cleo Marsh",
    Role.AUDITOR: "Otis Grane",
}


@dataclass
class Staff:
    """Somebody for each role, with a password."""

    house: House
    added: dict[str, Person] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with self.house.store.of(self.district).transaction() as session:
            if SCHOOL not in queries.schools(session, self.district):
                session.add(School(district_id=self.district, code=SCHOOL, name="Riverbend High School"))

    @property
    def district(self) -> str:
        return self.house.district.id

    def link(self, role: Role = Role.REGISTRAR, number: int = 1) -> people.Link:
        """Add somebody, who has no password yet."""
        name = NAMES[role] if number == 1 else f"{NAMES[role]} {number}"
        return people.add(
            self.house.store,
            self.district,
            email=f"{role.value}{number}@{self.district}.example",
            name=name,
            role=role,
            school=SCHOOL if role is Role.CLERK else None,
            now=self.house.time,
            entropy=self.house.entropy,
            actor="test",
        )

    def person(self, role: Role = Role.REGISTRAR, number: int = 1) -> Person:
        """Somebody with a password."""
        known = f"{role.value}{number}"
        if known not in self.added:
            link = self.link(role, number)
            self.set_password(link)
            self.added[known] = people.find(self.house.store, self.district, link.person.id)
        return self.added[known]

    def set_password(self, link: people.Link, password: str = PASSWORD) -> Person:
        token = link.url.rpartition("/")[2]
        return people.set_password(self.house.store, self.district, token, password, now=self.house.time)

    def sign_in(self, person: Person, password: str = PASSWORD, address: str = ADDRESS) -> str:
        """The token of a new session."""
        return sign_in(
            self.house.store,
            self.district,
            email=person.email,
            password=password,
            address=address,
            now=self.house.time,
            entropy=self.house.entropy,
        )

    def audited(self) -> list[tuple[str, str, str]]:
        """What the audit trail says: actor, action, subject."""
        with self.house.store.of(self.district).reading() as session:
            rows = audit.read(session, self.district, audit.Wanted())
            return [(row.actor, row.action, row.subject) for row in reversed(rows)]
