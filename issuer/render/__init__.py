"""Pictures, codes and papers: badges, QR codes, certificates. Pure and repeatable; no network, no clock.

Each part is asked by its own name: whoever names a picture need not load what draws it.
"""
