from __future__ import annotations

import re

from sleek.core import clock, ids


def test_an_id_says_what_it_is_of_and_is_unguessable():
    assert re.fullmatch(r"pay_[0-9a-hjkmnp-tv-z]{26}", ids.new("pay"))
    assert len({ids.new("pay") for _ in range(1000)}) == 1000


def test_later_ids_sort_later(frozen_clock):
    earlier = ids.new("pay")
    frozen_clock.advance(milliseconds=1)
    assert ids.new("pay") > earlier


def test_ids_repeat_when_time_and_chance_do(frozen_clock, chance):
    with ids.use(lambda bits: 7):
        assert ids.new("evt") == ids.new("evt")
    assert ids.new("evt") != ids.new("evt")


def test_a_token_is_short_and_has_no_letter_that_looks_like_another():
    words = {ids.token() for _ in range(1000)}
    assert len(words) == 1000
    assert all(len(word) == ids.TOKEN_LENGTH for word in words)
    assert not set("".join(words)) & set("01OIl")


def test_the_clock_runs_again_after_it_was_frozen(frozen_clock):
    with clock.frozen(frozen_clock.now):
        assert clock.now() == frozen_clock.now
