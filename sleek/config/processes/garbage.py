"""How often Python looks for garbage that reference counts do not find.

Its own thresholds are for small programs: while a process of Sleek loads its two thousand modules,
all that is there by then is searched again and again, in vain, which is a tenth of the time that a
start takes, and of the work that follows. Rarer looks let some megabytes lie a little longer.
"""

from __future__ import annotations

import gc

# New objects before the young ones are searched, and how often these before the older ones are.
THRESHOLDS = (20_000, 20, 50)


def look_rarely() -> None:
    gc.set_threshold(*THRESHOLDS)
