"""A member's view meets the rows of the member's merchant alone: PostgreSQL sees to that.

It is the second lock: `access.own` narrows every look-up, and here a forgotten one finds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from typing import cast

from django.http import HttpResponseBase, StreamingHttpResponse
from django.template.response import SimpleTemplateResponse

from sleek.core import tenancy


def confined(
    merchant_id: int, person_id: int, answer: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """What `answer` gives, with all of its queries: those of a page that is put together after the
    view, and of a file that is read while it is sent, too.
    """

    confinement = partial(tenancy.acting_for, merchant_id, person_id)
    with confinement():
        response = answer()
        if isinstance(response, SimpleTemplateResponse):
            response.render()
    if isinstance(response, StreamingHttpResponse):
        content = cast(Iterable[bytes], response.streaming_content)
        response.streaming_content = _pieces(content, confinement)
    return response


def _pieces(
    content: Iterable[bytes], confinement: Callable[[], AbstractContextManager[None]]
) -> Iterator[bytes]:
    with confinement():
        yield from content
