"""Which people each app knows by an openid. WeChat Pay takes orders for those alone."""

from sandbox.identity import people
from sandbox.world import World

KIND = "weixin.openid"


def note(this: World, appid: str, person: people.Person) -> str:
    openid = people.word_of(person, appid)
    if this.store.get(appid, KIND, openid) is None:
        this.store.insert(appid, KIND, {"id": openid, "name": person.name})
    return openid


def owner(this: World, openid: str) -> str:
    """The app whose openid it is, or nothing."""
    found = this.store.find(KIND, openid)
    return found[0] if found else ""
