"""Witnesses: what they remember and sign, and the policy by which their cosignatures are judged."""
