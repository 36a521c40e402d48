"""A badge as the files that people keep: the credential, and pictures that carry it."""

from __future__ import annotations

from credential.baking.png import bake_png
from credential.baking.svg import bake_svg
from issuer.catalog import Entry
from issuer.render.badge import badge_scene, design_for
from issuer.render.badge_picture import Picture
from issuer.render.png import to_png
from issuer.render.svg import to_svg


def badge_files(
    document: bytes, jwt: str | None, entry: Entry | None, picture: Picture | None = None
) -> dict[str, bytes]:
    """The content of each file, by its suffix.

    Args:
        document: The credential with its proof, as it is given out.
        jwt: The same as a compact JWS, or None.
        entry: What it was given for, which decides the picture; None for no pictures.
        picture: The one that the district chose for it; None for Cairn's own.

    Raises:
        issuer.render.errors.DesignError: The entry's picture cannot be drawn.
        credential.errors.CredentialError: The picture cannot carry it.
    """
    files = {".json": document}
    if jwt is not None:
        files[".jwt"] = jwt.encode("ascii")
    if picture is not None:
        text = document.decode("utf-8")
        files[".png"] = bake_png(picture.png(), text)
        files[".svg"] = bake_svg(picture.svg().encode("utf-8"), text)
    elif entry is not None:
        scene = badge_scene(design_for(entry))
        text = document.decode("utf-8")
        files[".png"] = bake_png(to_png(scene), text)
        files[".svg"] = bake_svg(to_svg(scene).encode("utf-8"), text)
    return files
