"""Models of migrations, drawn one after the other as they are created."""

from __future__ import annotations

from django.db import models
from django.db.migrations.operations import AddField, CreateModel
from django.db.migrations.state import ProjectState

from sleek.core.management.commands.migrate import Growing

OPERATIONS = [
    CreateModel("Shop", [("id", models.BigAutoField(primary_key=True))]),
    CreateModel(
        "Payment",
        [
            ("id", models.BigAutoField(primary_key=True)),
            ("shop", models.ForeignKey("trade.Shop", models.PROTECT, related_name="payments")),
        ],
    ),
    CreateModel("Refund", [("id", models.BigAutoField(primary_key=True))]),
    AddField("Refund", "payment", models.ForeignKey("trade.Payment", models.CASCADE)),
    AddField("Payment", "amount", models.BigIntegerField(default=0)),
]


def drawn(state: ProjectState) -> dict[str, tuple[set[str], set[str]]]:
    """The fields of each model, and what points at it."""
    for operation in OPERATIONS:
        operation.state_forwards("trade", state)
    state.clear_delayed_apps_cache()
    return {
        model.__name__: (
            {field.name for field in model._meta.get_fields()},
            {relation.related_model.__name__ for relation in model._meta.related_objects},
        )
        for model in state.apps.get_models()
    }


def test_models_that_were_drawn_as_they_came_are_those_that_are_drawn_at_once() -> None:
    growing = Growing()
    assert not list(growing.apps.get_models())  # from now on each is drawn
    at_once = ProjectState()
    assert (
        drawn(growing)
        == drawn(at_once)
        == {
            "Shop": ({"id", "payments"}, {"Payment"}),
            "Payment": ({"id", "shop", "amount", "refund"}, {"Refund"}),
            "Refund": ({"id", "payment"}, set()),
        }
    )


def test_what_was_there_before_is_not_drawn_again() -> None:
    state = Growing()
    assert not list(state.apps.get_models())
    OPERATIONS[0].state_forwards("trade", state)
    shop = state.apps.get_model("trade", "Shop")
    OPERATIONS[1].state_forwards("trade", state)
    assert state.apps.get_model("trade", "Shop") is shop


def test_what_points_at_a_changed_model_waits_until_somebody_looks() -> None:
    state = Growing()
    assert not list(state.apps.get_models())
    for operation in OPERATIONS[:4]:
        operation.state_forwards("trade", state)
    refund = state.apps.get_model("trade", "Refund")
    OPERATIONS[4].state_forwards("trade", state)
    payment = state.apps.get_model("trade", "Payment")
    assert payment._meta.get_field("amount").get_default() == 0
    assert state.apps.get_model("trade", "Refund") is refund
    state.clear_delayed_apps_cache()  # as before a migration's Python
    [seen] = state.apps.get_model("trade", "Payment")._meta.related_objects
    assert seen.related_model is state.apps.get_model("trade", "Refund") is not refund
