"""What a person has to look at before what was read of a file is signed."""

from __future__ import annotations

from api.importers.errors import Problem as FileProblem
from api.importers.rows import Taken


def notices_of(taken: Taken) -> list[FileProblem]:
    """Rows that call in force what is not, then printed totals that are not what the rows add up to."""
    differ = [
        FileProblem(
            0,
            one.name,
            "total-differs",
            f"надруковано {one.printed}, за рядками виходить {one.counted}",
            f"{one.printed} is printed, the rows give {one.counted}",
        )
        for one in taken.totals
        if not one.agrees
    ]
    return [*taken.noticed, *differ]
