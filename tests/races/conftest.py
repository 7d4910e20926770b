"""What a race asserts is told as if it stood in the test itself."""

import pytest

pytest.register_assert_rewrite("tests.races.paying", "tests.races.returning")
