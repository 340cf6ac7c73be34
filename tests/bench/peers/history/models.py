"""A cell with its history. Who is the history's user id; act, point and kind stand beside it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.dispatch import receiver
from simple_history.models import HistoricalRecords
from simple_history.signals import pre_create_historical_record


def _user_of(historical: Any) -> Any:
    return historical.history_user_id


def _set_user(historical: Any, user: Any) -> None:
    historical.history_user_id = user


class Cause(models.Model):
    """What the history says beside simple-history's own fields."""

    act = models.CharField(max_length=64, null=True)
    point = models.CharField(max_length=64, null=True)
    kind = models.CharField(max_length=40)

    class Meta:
        abstract = True


class Cell(models.Model):
    """cause: the change that is being recorded."""

    cause: Any = None
    subject = models.CharField(max_length=80)
    path = models.CharField(max_length=200)
    value = models.TextField()
    history = HistoricalRecords(
        bases=[Cause],
        history_change_reason_field=models.TextField(null=True),
        history_user_id_field=models.CharField(max_length=64, null=True),
        history_user_getter=_user_of,
        history_user_setter=_set_user,
    )

    class Meta:
        unique_together = (("subject", "path"),)


@receiver(pre_create_historical_record, sender=Cell.history.model)
def _say_cause(instance: Any, history_instance: Any, **_: object) -> None:
    cause = instance.cause
    history_instance.act, history_instance.point = cause.act, cause.point
    history_instance.kind = cause.kind
