"""Obligations: against a naive computation, against the inbox, and case by case."""
