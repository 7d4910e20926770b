"""What a race asserts is told as if it stood in the test itself."""

import pytest

pytest.register_assert_rewrite(
    "tests.races.batches",
    "tests.races.dividing",
    "tests.races.paying",
    "tests.races.returning",
    "tests.races.voiding",
)
