"""Addresses of bank lines, of paying from a wallet and of taking a refund into one."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from sleek.web.dashboard.views.banking import balance, files, lines, proofs

urlpatterns: list[URLPattern | URLResolver] = [
    path("wallet/bank", lines.index, name="bank-line-index"),
    path("wallet/bank.csv", lines.export, name="bank-line-export"),
    path("wallet/bank/new", lines.create, name="bank-line-create"),
    path("wallet/bank/upload", files.upload, name="bank-file-upload"),
    path("wallet/bank/files/<str:public_id>", files.show, name="bank-file-show"),
    path("wallet/bank/files/<str:public_id>/columns", files.columns, name="bank-file-columns"),
    path("wallet/bank/lines/<str:public_id>", lines.show, name="bank-line-show"),
    path("wallet/bank/lines/<str:public_id>/match", lines.match, name="bank-line-match"),
    path("wallet/bank/lines/<str:public_id>/ignore", lines.ignore, name="bank-line-ignore"),
    path("wallet/bank/lines/<str:public_id>/reopen", lines.reopen, name="bank-line-reopen"),
    path("payments/proofs/<str:public_id>", proofs.show, name="proof-show"),
    path("balance/<str:public_id>", balance.pay, name="balance-pay"),
    path("balance/refunds/<str:token>", balance.take, name="refund-take"),
]
