"""The programming interface of an issuer: VCALM's routes, `/v1`, access tokens, and what describes them."""
