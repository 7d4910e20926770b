"""Who has an account at the simulated identity providers: some people, and any a tester adds."""

import base64
import hashlib
from dataclasses import asdict, dataclass

from sandbox.store import Json


@dataclass(frozen=True, slots=True)
class Person:
    """`key` makes the ids: the same key is the same human being."""

    key: str
    name: str
    email: str
    has_verified_email: bool = True


PEOPLE = (
    Person("lin@example.com", "林清", "lin@example.com"),
    Person("maria@example.com", "Maria Silva", "maria@example.com"),
    Person("omar@example.com", "Omar Haddad", "omar@example.com"),
    Person("pat@example.com", "Pat Doe", "pat@example.com", has_verified_email=False),
)


def chosen(form: Json) -> Person | None:
    """The one whose button was pressed, or the one whom the form describes."""
    for person in PEOPLE:
        if form.get("person") == person.key:
            return person
    name, email = str(form.get("name", "")).strip(), str(form.get("email", "")).strip()
    if not name and not email:
        return None
    key = (email or name).lower()
    return Person(key, name or email.partition("@")[0], email, "is_verified" in form)


def to_json(person: Person) -> Json:
    return asdict(person)


def from_json(data: Json) -> Person:
    return Person(**data)


def number_of(person: Person) -> str:
    """An id of 21 digits, as Google's `sub`."""
    digest = hashlib.sha256(f"google {person.key}".encode()).digest()
    return "1" + str(int.from_bytes(digest, "big"))[:20]


def word_of(person: Person, place: str) -> str:
    """An id of 28 characters, as WeChat's: another at each place, the same for ever."""
    digest = hashlib.sha256(f"{place} {person.key}".encode()).digest()
    return "o" + base64.urlsafe_b64encode(digest).decode()[:27]
