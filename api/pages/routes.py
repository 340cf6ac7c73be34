"""All pages."""

from __future__ import annotations

from itertools import chain

from api.pages import (
    act,
    acts,
    calendar,
    compare,
    data,
    evaluation,
    event,
    figure,
    findings,
    history,
    indicator,
    keys,
    money,
    offices,
    person,
    programme,
    questions,
    reference,
    search,
    sign,
    sign_keys,
    sign_submit,
    since_session,
    start,
    static_files,
    tree,
    verify,
    widgets,
    work,
    work_changes,
    work_files,
    work_import,
    work_oversight,
    work_reports,
)
from api.pages import help as help_page
from api.routes.router import new_router

PAGES = (
    start,
    programme,
    figure,
    calendar,
    indicator,
    tree,
    evaluation,
    widgets,
    findings,
    compare,
    since_session,
    history,
    event,
    money,
    questions,
    search,
    acts,
    act,
    offices,
    person,
    keys,
    verify,
    help_page,
    work,
    work_reports,
    work_changes,
    work_files,
    work_import,
    work_oversight,
    sign,
    sign_keys,
    sign_submit,
    data,
    reference,
    static_files,
)

router = new_router("pages")
# Included routers would be matched and wrapped once more on every request.
router.routes.extend(chain.from_iterable(page.router.routes for page in PAGES))
