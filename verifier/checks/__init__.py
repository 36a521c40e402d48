"""The questions that a check of a badge consists of, one file each, all of them pure.

Each either raises a coded error of `contexts`, `keys` or `credential`, which `verifier.verify` turns into a
finding, or returns what it found. A question that needs something from outside is an `Asking`.
"""
