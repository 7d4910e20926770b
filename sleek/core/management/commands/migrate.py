"""Django's own `migrate`, without drawing most models anew for each that is created.

Django keeps the models before and after each operation apart. So it draws a new model, and with it
all that it is related to, near and far: on an empty database nearly all of the time. But going
forward, nobody asks what was before a model was created. And where Django itself puts off to draw
what is far from a changed model, what is near can wait as long.
"""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ModelState, ProjectState


class Growing(ProjectState):
    """Takes a new model in as Django does at start-up: beside those that are there."""

    def add_model(self, model_state: ModelState) -> None:
        drawn = self.__dict__.pop("apps", None)  # where it is not there, nothing is drawn
        super().add_model(model_state)
        if drawn is not None:
            self.__dict__["apps"] = drawn
            drawn.render_multiple([model_state])

    def reload_model(self, app_label: str, model_name: str, delay: bool = False) -> None:
        """Put off, all of it is drawn before a migration's Python sees a model."""
        if delay and "apps" in self.__dict__:
            self.is_delayed = True
            self.apps.unregister_model(app_label, model_name)
            self.apps.render_multiple([self.models[app_label, model_name]])
        else:
            super().reload_model(app_label, model_name, delay)


class Executor(MigrationExecutor):
    def migrate(
        self,
        targets: Any,
        plan: Any = None,
        state: ProjectState | None = None,
        fake: bool = False,
        fake_initial: bool = False,
    ) -> ProjectState:
        """Backward, Django makes its own states."""
        grows = state and Growing(state.models, state.real_apps)
        return super().migrate(targets, plan, grows, fake, fake_initial)


class Command(migrate.Command):
    """Found before Django's, as our packages come later among the installed."""


# Django's command looks this name up and offers no other way to give it an executor.
migrate.MigrationExecutor = Executor  # type: ignore[attr-defined]
