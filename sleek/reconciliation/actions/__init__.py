"""Recording what reached the bank: channels' pay-outs, and payers' transfers line by line."""

from sleek.reconciliation.actions.anomalies import FOLLOWED, follow, look, review
from sleek.reconciliation.actions.decisions import (
    NeedsMore,
    NotDecidable,
    accept,
    apply_to,
    apply_to_bill,
    give_back,
    keep_for_payer,
    look_at,
    repay,
    settle,
    take,
)
from sleek.reconciliation.actions.settlements import NotInTransit, record_settlement
from sleek.reconciliation.actions.statements import (
    Contents,
    NotImportable,
    enter_line,
    import_file,
    keep_file,
    look_into,
    set_columns,
)
from sleek.reconciliation.actions.transfers import (
    NotMatchable,
    ignore_line,
    match_by_itself,
    match_line,
    reopen_line,
    token,
)

__all__ = [
    "FOLLOWED",
    "Contents",
    "NeedsMore",
    "NotDecidable",
    "NotImportable",
    "NotInTransit",
    "NotMatchable",
    "accept",
    "apply_to",
    "apply_to_bill",
    "enter_line",
    "follow",
    "give_back",
    "ignore_line",
    "import_file",
    "keep_file",
    "keep_for_payer",
    "look",
    "look_at",
    "look_into",
    "match_by_itself",
    "match_line",
    "record_settlement",
    "reopen_line",
    "repay",
    "review",
    "set_columns",
    "settle",
    "take",
    "token",
]
