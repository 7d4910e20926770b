"""SMS and chat messages the demo sends, as a gateway takes them: Apprise's JSON, by POST."""

import json
import sqlite3
import time

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import world

KINDS = ("sms", "im")
MAX_BODY = 64 * 1024  # bytes
KEPT = 200  # messages


def routes() -> list[Route]:
    return [Route("/inbox/{kind}", receive, methods=["POST"])]


async def receive(request: Request) -> Response:
    kind = request.path_params["kind"]
    body = await request.body()
    if kind not in KINDS or len(body) > MAX_BODY:
        return JSONResponse({"error": "kind is sms or im"}, 404)
    try:
        said = json.loads(body)
        title, text = str(said["title"]), str(said["message"])
    except (ValueError, KeyError, TypeError):
        return JSONResponse({"error": "title or message is missing"}, 400)
    store = world.of(request).store
    with store.transaction():
        store.execute(
            "INSERT INTO inbox (kind, title, text, at) VALUES (?, ?, ?, ?)",
            kind,
            title,
            text,
            time.time(),
        )
        store.execute("DELETE FROM inbox WHERE id <= (SELECT max(id) FROM inbox) - ?", KEPT)
    return JSONResponse({"status": "kept"})


def latest(this: world.World) -> list[sqlite3.Row]:
    return this.store.rows("SELECT * FROM inbox ORDER BY id DESC LIMIT ?", KEPT)
