"""Codes that a browser brings back: each names a person to one app, once, for five minutes."""

from sandbox import world
from sandbox.identity import people
from sandbox.world import World

KIND = "weixin.code"
VALID_S = 300


def new(this: World, appid: str, person: people.Person, scope: str) -> str:
    grant = {
        "id": f"0{world.token(31)}",
        "person": people.to_json(person),
        "scope": scope,
        "expires_at": this.clock.now() + VALID_S,
        "is_used": False,
    }
    this.store.insert(appid, KIND, grant)
    return str(grant["id"])
