"""How many of a group something is true of, as it may be written: by number, or by the state's tokens."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from issuer.catalog.suppression import Band, SuppressionRules
from issuer.reports.figures import Figures, Rate
from issuer.reports.shown import ShownRate

NOTHING_SHOWN = "(-)"
"""The graduation workbook's token for every cell of a subgroup of a small group."""
_HUNDRED = Decimal(100)


class Mode(StrEnum):
    """How a report writes its rates."""

    ASSESSMENT = "assessment"
    """As numbers, where the group has 16 people and neither those nor the others are fewer than 4."""
    GRADUATION = "graduation"
    """With the tokens of the state's graduation workbook."""


def shown_rates(figures: Figures, rules: SuppressionRules, mode: Mode, *, few: bool) -> tuple[ShownRate, ...]:
    """The rates as they may be shown.

    Rates of one group share its size, and another table may show the same people. So where one of them leaves
    fewer than 4 of the group over, the size itself is not shown, for none of them.

    Args:
        figures: What the rates belong to.
        rules: The rules of the day.
        mode: How they are written.
        few: Whether the report is of too few people to show anything else. The state's tokens are for small
            groups too, so in graduation mode it changes nothing.
    """
    if mode is Mode.GRADUATION:
        sizes = {rate.group: rate.of for rate in figures.rates if not rate.subgroup and rate.of is not None}
        return tuple(
            _graduation(
                rate,
                rules,
                max(sizes.values(), default=None) if rate.subgroup else rate.of,
                exact=not (figures.tables and _tells(figures, rate, rules)),
                beside=bool(figures.tables),
            )
            for rate in figures.rates
        )
    return tuple(
        _assessment(rate, rules, exact=not _tells(figures, rate, rules), few=few) for rate in figures.rates
    )


def _tells(figures: Figures, rate: Rate, rules: SuppressionRules) -> bool:
    """Whether the size of this rate's group would tell of a few people that something is not true of them."""
    return any(
        other.group == rate.group
        and other.met is not None
        and other.of is not None
        and other.of - other.met < rules.assessment_min_cell
        for other in figures.rates
    )


def _assessment(rate: Rate, rules: SuppressionRules, *, exact: bool, few: bool) -> ShownRate:
    shown = ShownRate(rate.name, rate.title, None, None, None, None, rate.met is not None)
    if rate.met is None or (rate.of is not None and rate.of < rules.assessment_min_n):
        return shown
    # Where nobody says of how many, or all else is of too few, the number must itself be a group to show.
    least = rules.assessment_min_n if few or rate.of is None else rules.assessment_min_cell
    met = rate.met if rate.met >= least else None
    if rate.of is None:
        return replace(shown, met=met)
    if not exact:
        return replace(shown, met=met)
    if met is None:
        return replace(shown, base=str(rate.of))
    share = _percent(rate.met, rate.of)
    return replace(shown, met=met, base=str(rate.of), percent=f"{_tenths(share)}%", share=share)


def _graduation(
    rate: Rate, rules: SuppressionRules, whole: int | None, *, exact: bool, beside: bool
) -> ShownRate:
    """By the bands. Between the tokens a rate stands as a number: whole per cents for a small group.

    Where counts of the same people stand beside it, a rate that would give away a few of them does not.
    """
    shown = ShownRate(rate.name, rate.title, None, None, None, None, rate.met is not None)
    if rate.of is None:
        return shown
    if rate.subgroup and whole and band_of(whole, rules).subgroup_token == NOTHING_SHOWN:
        return replace(shown, base=NOTHING_SHOWN, percent=NOTHING_SHOWN)
    if rate.of == 0:
        return replace(shown, base=rules.empty_token, percent=rules.empty_token)
    own = _own_band(rate, rules)
    token = own.subgroup_token if rate.subgroup or (own.base_token is None and not exact) else own.base_token
    shown = replace(shown, base=token or str(rate.of))
    if rate.met is None:
        return shown
    share = _percent(rate.met, rate.of)
    if share <= own.low_at or share >= own.high_at:
        return replace(shown, percent=own.low_token if share <= own.low_at else own.high_token)
    if beside and (not exact or rate.met < rules.assessment_min_cell):
        return shown
    written = share.quantize(Decimal("0.1") if token is None else Decimal(1), ROUND_HALF_UP)
    return replace(shown, percent=f"{written}%", share=written)


def _own_band(rate: Rate, rules: SuppressionRules) -> Band:
    """The band of the rate's own group. A subgroup is said to be of 50 or fewer, never of 15 or fewer."""
    fitting = [band for band in rules.graduation if band.upto is None or (rate.of or 0) <= band.upto]
    if rate.subgroup:
        fitting = [band for band in fitting if band.subgroup_token != NOTHING_SHOWN]
    return fitting[0]


def band_of(people: int, rules: SuppressionRules) -> Band:
    """The band of a group of so many."""
    return next(band for band in rules.graduation if band.upto is None or people <= band.upto)


def _percent(met: int, of: int) -> Decimal:
    return Decimal(met) * _HUNDRED / Decimal(of)


def _tenths(share: Decimal) -> Decimal:
    return share.quantize(Decimal("0.1"), ROUND_HALF_UP)
