"""The steps of the committee, each a transaction with its audit row, over the rules of `issuer.decisions`."""
