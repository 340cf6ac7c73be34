"""The raw limit of HTTP: FastAPI that does nothing, under the same server settings."""

from __future__ import annotations

import sys

from fastapi import FastAPI, Request, Response


def create_bare() -> FastAPI:
    """POST /echo gives its body back, GET /hello a word."""
    app = FastAPI()

    @app.post("/echo")
    async def echo(request: Request) -> Response:
        return Response(await request.body(), media_type="application/json")

    @app.get("/hello")
    async def hello() -> Response:
        return Response(b"hello", media_type="text/plain")

    @app.get("/readyz")
    async def readyz() -> dict[str, str]:
        return {"status": "ready"}

    return app


if __name__ == "__main__":
    import uvicorn

    uvicorn.run(
        create_bare(),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
    )
