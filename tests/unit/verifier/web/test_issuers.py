"""The page that says whom the site knows, and why."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

from credential.trust_list import ListedIssuer
from tests.pictures import png
from tests.site import Answers, ask, upload
from tests.trust_lists import KEY, issuer, listing, other, signed
from tests.world import NOW, World
from verifier.app import create_app
from verifier.settings import Settings
from verifier.web.guard import Guard
from verifier.web.issuers import MOST_SHOWN

LOGO = "data:image/png;base64," + base64.b64encode(png()).decode()


def site(folder: Path, *issuers: ListedIssuer, world: World | None = None, **changes: Any) -> Guard:
    own = folder / "own.json"
    own.write_text(json.dumps({"version": 1, "name": "Our own", "entries": []}), "utf-8")
    (folder / "list.jwt").write_bytes(signed(*issuers, **changes))
    settings = Settings(
        trust=folder / "list.jwt",
        trust_key=KEY,
        trust_lists=[{"place": str(own)}],  # type: ignore[arg-type] # read as pydantic reads it
        data=folder / "data",
        hosts="check.example.org",  # type: ignore[arg-type] # likewise
    )
    return create_app(settings, source=Answers(world) if world else None, clock=lambda: NOW)


def test_every_list_is_told_in_both_languages(tmp_path: Path) -> None:
    made = site(tmp_path, issuer(logo=LOGO))
    english = ask(made, "/issuers")
    assert english.status_code == 200
    for words in (
        "State list",
        "Our own",
        "Riverbend School District",
        "Example State Department of Education",
        "August 29, 2026",
        "The first one that names an issuer decides",
    ):
        assert words in english.text
    assert str(tmp_path) not in english.text
    spanish = ask(made, "/issuers?lang=es").text
    assert "Distrito Escolar Riverbend" in spanish
    assert "Lista del estado" in spanish


def test_a_logo_is_served_from_the_site_itself_and_no_other_is(tmp_path: Path) -> None:
    made = site(tmp_path, issuer(logo=LOGO))
    page = ask(made, "/issuers").text
    assert "data:image" not in page
    (address,) = re.findall(r'<img src="(/issuers/logo/[0-9a-f]{24}\.png)"', page)
    answer = ask(made, address)
    assert (answer.status_code, answer.headers["content-type"], answer.content) == (200, "image/png", png())
    assert ask(made, "/issuers/logo/" + "0" * 24 + ".png").status_code == 404


def test_what_a_list_says_is_text_and_nothing_else(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    made = site(tmp_path, issuer(names={"en": evil}, city=evil), names={"en": evil})
    page = ask(made, "/issuers").text
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_an_ended_list_says_so(tmp_path: Path) -> None:
    made = site(tmp_path, starts=listing().starts, ends=NOW)
    assert "This list ended on June 1, 2026." in ask(made, "/issuers").text
    assert ask(made, "/readyz").status_code == 503


def test_a_site_without_a_list_knows_nobody() -> None:
    made = create_app(Settings(hosts="check.example.org"), clock=lambda: NOW)  # type: ignore[arg-type] # as above
    assert "It knows no issuer" in ask(made, "/issuers").text


def test_a_long_list_is_searched(tmp_path: Path) -> None:
    many = [other(f"Valley District {number}", f"d{number}.example") for number in range(MOST_SHOWN + 160)]
    made = site(tmp_path, issuer(), *many)
    first = ask(made, "/issuers")
    assert len(first.content) < 40_000
    assert "161 more are not shown" in first.text
    for asked in ("valley  DISTRICT 199", "d199.example"):
        found = ask(made, f"/issuers?q={asked}").text
        assert "Valley District 199" in found
        assert "Riverbend" not in found
    assert "Valley" not in ask(made, "/issuers?q=Riverbend").text
    assert "Valley" not in ask(made, "/issuers?q=%00%3Cscript%3E").text
    assert ask(made, "/issuers?q=" + "x" * 5_000).status_code == 200


def test_a_result_says_where_its_issuer_is_and_whom_to_ask_by_the_list_alone(tmp_path: Path) -> None:
    world = World()
    made = site(tmp_path, issuer(), world=world)
    text = upload(made, world.badge()).text
    told = ("Riverbend, CO", "https://riverbend.example/", "badges@riverbend.example")
    assert all(words in text for words in told)
    assert "¿Preguntas sobre esta insignia?" in upload(made, world.badge(), lang="es").text
    files = [("file", ("a", world.badge()))]
    (one,) = ask(made, "/check", "POST", files=files, headers={"Accept": "application/json"}).json()
    said = one["report"]["issuer"]
    assert (said["place"], said["website"], said["contact"]) == told
    world.tamper["badge"] = lambda badge: badge.update(name="Another")
    assert not any(words in upload(made, world.badge()).text for words in told)
    folder = tmp_path / "bare"
    folder.mkdir()
    bare = site(folder, issuer(city="", state="", website="", contact=""), world=World())
    assert "Questions about this badge?" not in upload(bare, World().badge()).text
