"""Ask a district's single sign-on whom an answer stands for: for staff and for students alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from issuer.access import sign_on
from issuer.access.openid import Client, Vouched
from issuer.outbound import Outbound


def vouched(
    outbound: Outbound, client: Client, query: Sequence[tuple[str, str]], held: str, now: datetime
) -> Vouched:
    """Redeem the code that a browser came back with, and check what the provider says.

    Args:
        outbound: How the provider is asked.
        client: What the district is to it.
        query: Names and values of the address that the browser came back to.
        held: The random bits that the browser holds.
        now: The time.

    Raises:
        AccessError: `sign_on_refused`, `sign_on_unreachable`.
    """
    found = sign_on.read_metadata(outbound.get(sign_on.metadata_url(client.issuer)), client.issuer)
    begun = sign_on.begin(held, client)
    code = sign_on.read_answer(query, found, begun)
    body, authorization = sign_on.token_request(code, client, begun)
    id_token, access_token = sign_on.read_tokens(outbound.post_form(found.token, body, authorization))
    listed = sign_on.read_keys(outbound.get(found.keys))
    if sign_on.names_unknown_key(id_token, listed):
        listed = sign_on.read_keys(outbound.get(found.keys, anew=True))
    return sign_on.check_id_token(id_token, listed, client, begun, access_token=access_token, now=now)
