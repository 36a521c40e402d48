"""Pictures: badges and QR codes. Pure and repeatable; no font, no network, no clock."""

from issuer.render.badge import BadgeDesign, alt_text, badge_scene, design_for
from issuer.render.colour import Colour
from issuer.render.errors import DesignError
from issuer.render.png import to_png
from issuer.render.qr import qr_modules, qr_png, qr_svg, qr_terminal
from issuer.render.shapes import Shape
from issuer.render.svg import to_svg

__all__ = [
    "BadgeDesign",
    "Colour",
    "DesignError",
    "Shape",
    "alt_text",
    "badge_scene",
    "design_for",
    "qr_modules",
    "qr_png",
    "qr_svg",
    "qr_terminal",
    "to_png",
    "to_svg",
]
