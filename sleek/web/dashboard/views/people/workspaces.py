"""Going from one workspace to another, for people who work in several."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from sleek.web.dashboard import access


@access.person
@require_POST
def switch(request: access.PersonRequest) -> HttpResponse:
    """A workspace where the person has no place is as absent as one that never was: 404."""
    wanted = request.POST.get("to")
    if wanted is None:
        return redirect("overview")
    if wanted not in {place.merchant.public_id for place in request.places}:
        raise Http404
    access.work_at(request, wanted)
    return redirect("overview")
