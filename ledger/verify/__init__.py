"""The offline verifier: what a bundle, a ledger file, a folder or a server proves, and to whom.

It imports nothing but ledger/, believes nothing but its own anchors, and recomputes everything else.
Source: docs/proof.md.
"""
