"""The days on which a council decided about a programme, as the door's timeline says."""

from __future__ import annotations

from api.pages.frame import Frame


async def sessions_of(frame: Frame) -> list[str]:
    """Before the day shown, newest first; as many as the timeline names."""
    found = await frame.page.ask(frame.url("/timeline"), **frame.at, limit=1)
    return [row["date"] for row in found["sessions"] if row["date"] < frame.point.as_of]
