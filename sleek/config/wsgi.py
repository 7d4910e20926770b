"""The WSGI application that granian serves.

Django, and beside it the lean path that takes providers' notices.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.wsgi import get_wsgi_application

from sleek.config.processes import garbage, lifeline

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

# This is a worker of granian's, which can't end its workers any more when it is killed itself.
lifeline.end_with_parent()
garbage.look_rarely()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sleek.config.settings")
_django = get_wsgi_application()

from sleek.web.callbacks import receive  # noqa: E402  # models can be imported only once Django is set up


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    if environ["PATH_INFO"].startswith(receive.PREFIX):
        return receive.application(environ, start_response)
    return _django(environ, start_response)
