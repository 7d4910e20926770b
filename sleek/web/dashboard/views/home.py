"""The page for strangers, and the documents that they agree to."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from sleek.web.dashboard import documents


def show(request: HttpRequest) -> HttpResponse:
    return render(request, "dashboard/home/show.html")


def document(request: HttpRequest, document: str) -> HttpResponse:
    if document not in documents.VERSIONS:
        raise Http404
    return render(request, "dashboard/legal/show.html", {"document": documents.read(document)})
