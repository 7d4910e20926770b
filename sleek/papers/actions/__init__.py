"""The verbs of papers, one file per topic."""

from sleek.papers.actions.certificates import (
    CertificateRefused,
    current_certificate,
    import_certificate,
    make_certificate,
    rewrap_certificates,
)
from sleek.papers.actions.designs import (
    DesignLook,
    DesignRefused,
    archive_design,
    change_design,
    create_design,
    dressed,
    make_default_design,
)
from sleek.papers.actions.keeping import NotPrintable, keep, require_letters
from sleek.papers.actions.numbering import (
    NumberTaken,
    PatternRefused,
    archive_series,
    open_series,
    series_for,
    take_number,
)
from sleek.papers.actions.seals import SealRefused, archive_seal, keep_scanned_seal, keep_seal

__all__ = [
    "CertificateRefused",
    "DesignLook",
    "DesignRefused",
    "NotPrintable",
    "NumberTaken",
    "PatternRefused",
    "SealRefused",
    "archive_design",
    "archive_seal",
    "archive_series",
    "change_design",
    "create_design",
    "current_certificate",
    "dressed",
    "import_certificate",
    "keep",
    "keep_scanned_seal",
    "keep_seal",
    "make_certificate",
    "make_default_design",
    "open_series",
    "require_letters",
    "rewrap_certificates",
    "series_for",
    "take_number",
]
