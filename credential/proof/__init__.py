"""How a credential is secured, and how that is checked.

`data_integrity` adds and checks proofs inside the document, `vc_jwt` makes and checks a token around it. Both
end in the same value, `verified.Verified`, and nothing else makes one.
"""
