"""The OpenAPI document: what FastAPI derives, with every example and every error in place."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from api.models.imports import FileProblemDocument
from api.models.shape import AcknowledgeDocument, ProblemDocument, Shape
from api.openapi_parts import REF, SUBMITTED, finish, open_shapes, restore, shape_examples, share_problems
from api.rest import Rest
from api.version import VERSION

TITLE = "Pledger"
SUMMARY = "A public programme's promises, kept on the record."
DESCRIPTION = """\
Every amendment, financing change and reported actual of a public programme is an event, signed by the
official who answers for it and logged in a Merkle tree. Reading is open; the signature is the only
credential for writing. Every answer about a state names the effective date (`as_of`) and the position
(`known`) that it holds for; `known=<position>` freezes a link for ever.

Errors are problem documents (RFC 9457) of one shape, in Ukrainian and English.

Кожна зміна програми є подією, підписаною посадовою особою. Читання відкрите. Кожна відповідь про стан
називає дату (`as_of`) і позицію (`known`), на які вона чинна.
"""
CONTACT = {"name": "Who runs this server"}
TAGS = [
    {"name": "service", "description": "Which ledger this is, and whether it is well."},
    {"name": "events", "description": "Submitting and reading signed events."},
    {"name": "feed", "description": "Following the log by position: what is new, waited for or streamed."},
    {"name": "programmes", "description": "What a programme adds up to, on any date, as known at any time."},
    {"name": "registry", "description": "Acts, bodies, registrars, offices, persons, mandates and keys."},
    {"name": "inbox", "description": "What waits for an office or a person."},
    {"name": "consent", "description": "Proposals, what policies ask for, and observations."},
    {"name": "questions", "description": "The auditor's twenty questions, each with its evidence."},
    {"name": "findings", "description": "What needs attention, and what became of it. People judge."},
    {"name": "schemas", "description": "What may be said: the kinds of event."},
    {"name": "proofs", "description": "RFC 6962 proofs and checkpoints."},
    {"name": "exports", "description": "Whole tables, of one day and position, streamed."},
    {"name": "opendata", "description": "Data sets to take away: packages, № 835, the catalogue, the duty."},
    {"name": "imports", "description": "Workbooks and tables read as drafts to sign; nothing is stored."},
    {"name": "bundles", "description": "Answers with all that is needed to check them offline."},
    {"name": "print", "description": "Documents to print: PDF, XLSX, and the data they are made of."},
    {"name": "files", "description": "The bytes of documents that events name."},
]


def add_openapi(app: FastAPI, rest: Rest) -> None:
    """Let the application give our document, of all its routes."""

    def document() -> dict[str, Any]:
        rest.load()
        if app.openapi_schema is None:
            app.openapi_schema = build(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's own way of extending it


def build(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=TITLE,
        version=VERSION,
        summary=SUMMARY,
        description=DESCRIPTION,
        routes=app.routes,
        tags=_used_tags(app),
        servers=[{"url": "/", "description": "This server"}],
        contact=CONTACT,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    document["security"] = []  # nothing is asked of a reader, and who writes signs what is written
    schemas = document["components"]["schemas"]
    schemas |= SUBMITTED
    for model in (ProblemDocument, AcknowledgeDocument, FileProblemDocument):
        own = model.model_json_schema(ref_template=REF + "{model}")
        schemas |= own.pop("$defs", {})
        schemas[model.__name__] = own
    open_shapes(schemas)
    for name, example in shape_examples(Shape):  # FastAPI drops the nulls inside examples
        if name in schemas:
            schemas[name]["example"] = example
    for route in app.routes:
        if isinstance(route, APIRoute) and route.include_in_schema:
            for method in route.methods or ():
                restore(document["paths"][route.path_format][method.lower()], route)
    for item in document["paths"].values():
        for operation in item.values():
            finish(operation, schemas)
    share_problems(document)
    return document


def _used_tags(app: FastAPI) -> list[dict[str, str]]:
    routes = [route for route in app.routes if isinstance(route, APIRoute) and route.include_in_schema]
    used = {str(tag) for route in routes for tag in route.tags}
    return [tag for tag in TAGS if tag["name"] in used]
