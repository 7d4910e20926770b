"""Addresses of bills."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from sleek.web.dashboard.views.bills import acting, editing, files, lists, pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("bills", lists.index, name="bill-index"),
    path("bills.csv", lists.export_csv, name="bill-export"),
    path("bills.xlsx", lists.export_xlsx, name="bill-export-xlsx"),
    path("bills/new", editing.create, name="bill-create"),
    path("bills/preview", editing.preview, name="bill-preview"),
    path("bills/matches", editing.matches, name="bill-matches"),
    path("bills/issue", lists.issue, name="bill-issue-several"),
    path("bills/void", lists.void, name="bill-void-several"),
    path("bills/send", lists.send, name="bill-send-several"),
    path("bills/word-template.docx", files.template, name="bill-template"),
    path("bills/word-template", files.keep_template, name="bill-template-keep"),
    path("bills/word-template/drop", files.drop_template, name="bill-template-drop"),
    path("bills/archive-<int:year>.zip", files.archive, name="bill-archive"),
    path("bills/<str:public_id>", pages.show, name="bill-show"),
    path("bills/<str:public_id>/paper.pdf", pages.pdf, name="bill-pdf"),
    path("bills/<str:public_id>/bill.xlsx", files.workbook, name="bill-xlsx"),
    path("bills/<str:public_id>/bill.docx", files.document, name="bill-docx"),
    path("bills/<str:public_id>/edit", editing.edit, name="bill-edit"),
    path("bills/<str:public_id>/submit", acting.submit, name="bill-submit"),
    path("bills/<str:public_id>/issue", acting.issue, name="bill-issue"),
    path("bills/<str:public_id>/approve", acting.approve, name="bill-approve"),
    path("bills/<str:public_id>/return", acting.send_back, name="bill-send-back"),
    path("bills/<str:public_id>/withdraw", acting.withdraw, name="bill-withdraw"),
    path("bills/<str:public_id>/copy", acting.copy, name="bill-copy"),
    path("bills/<str:public_id>/discard", acting.discard, name="bill-discard"),
    path("bills/<str:public_id>/void", acting.void, name="bill-void"),
    path("bills/<str:public_id>/replace", acting.replace_by, name="bill-replace"),
    path("bills/<str:public_id>/credit", acting.credit, name="bill-credit"),
    path("bills/<str:public_id>/write-off", acting.write_off, name="bill-write-off"),
    path("bills/<str:public_id>/note", acting.note, name="bill-note"),
    path("bills/<str:public_id>/send", acting.send, name="bill-send"),
    path("bills/<str:public_id>/sent", acting.mark_sent, name="bill-sent"),
    path("bills/<str:public_id>/follow-up", acting.follow_up, name="bill-follow-up"),
]
