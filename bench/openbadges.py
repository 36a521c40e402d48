"""openbadgeslib's verifier, with all the checks that it has."""

from __future__ import annotations

from itertools import cycle

from openbadgeslib.ob3 import OB3LdpVerifier

from bench.district import District
from bench.measuring import Operation
from verifier.evidence import Fetched


def judging(district: District, size: str, list_form: str) -> Operation:
    """Bytes in, its verdict out: proof, issuer, period and status, with keys and lists at hand as bytes.

    One verifier for all rounds: it keeps the keys that it has read. A status list with a proof inside is not
    within its powers: it reads the list and leaves the proof unchecked, where ours checks it. Of a list that
    is a token both check the signature.
    """
    held = {
        answer.need.url: answer.data
        for answer in district.evidence(size, list_form=list_form).gathered
        if isinstance(answer, Fetched)
    }
    verifier = OB3LdpVerifier.for_issuer_did(district.world.did)
    following = cycle(district.signed[size])
    signature_too = list_form == "jwt"

    def judge() -> None:
        verifier.verify(
            next(following), check_status=True, download=held.__getitem__, verify_status_list=signature_too
        )

    return Operation(judge)
