"""The read side: what the log adds up to on a given date, as known at a given position.

schema.sql, generation.py, writer.py, follower.py, rebuild.py keep the tables; the other
modules are one read model each: `read(reading, …, as_of, known)`.
"""
