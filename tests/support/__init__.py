"""Builders that tests share: a town with its councils, officials, keys and clock."""
