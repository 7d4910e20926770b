"""The ECB's sheet of a day, and a process that has cached nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sleek.fx import queries

SHEET = b"""<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"
                 xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
    <gesmes:subject>Reference rates</gesmes:subject>
    <gesmes:Sender><gesmes:name>European Central Bank</gesmes:name></gesmes:Sender>
    <Cube><Cube time='2026-11-02'>
        <Cube currency='USD' rate='1.1200'/>
        <Cube currency='JPY' rate='176.40'/>
        <Cube currency='CNY' rate='7.4500'/>
    </Cube></Cube>
</gesmes:Envelope>"""


@pytest.fixture(autouse=True)
def nothing_cached() -> Iterator[None]:
    queries.forget()
    yield
    queries.forget()
