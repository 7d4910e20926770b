"""What a paper says, ready to be printed: words and finished figures, no markup, no decisions left.

A label is one text, or two where the paper speaks two languages; each layout decides how they stand
together. Whoever fills a sheet has translated, formatted and masked already; the drawing only
places. All of it is JSON, so that a paper can keep what it said.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Label = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Payer or payee: a name, and lines that may have a label each."""

    title: Label
    name: str
    lines: tuple[tuple[Label, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """`weight` shares the width out; 0 takes what its words need."""

    label: Label
    is_figure: bool = False
    weight: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One line, a text for each column; and what all lines so far come to, for a page that ends
    after it. `detail` stands below its first text, smaller.
    """

    cells: tuple[str, ...]
    running: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Total:
    label: Label
    amount: str
    is_strong: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """Some words below the totals, under a heading: remarks, terms, a policy."""

    title: Label
    text: str


@dataclass(frozen=True, slots=True)
class Pay:
    """Where it is paid: a button that is a link, and the same address as a code."""

    label: Label
    url: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Verify:
    """Where a reader learns whether the paper is genuine and still good."""

    label: Label
    url: str
    code: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """The seal's picture, by its public id, and where it stands."""

    picture: str
    width_mm: int
    place: str
    straddles: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that one paper says. Moments are texts; `made_at` is seconds of the epoch, in the file's
    own data, so that the same sheet gives the same bytes.
    """

    kind: str
    layout: str
    languages: tuple[str, ...]  # of its labels, the first one leading
    font: str  # "sans" or "serif"
    accent: str  # "#rrggbb"
    title: Label
    number: str
    made_at: int
    payee: Block
    payer: Block
    logo: str = ""  # a picture's public id
    watermark: Label = ()  # such as "Draft"
    facts: tuple[tuple[Label, str], ...] = ()  # dates, related documents
    opening: str = ""
    columns: tuple[Column, ...] = ()
    rows: tuple[Row, ...] = ()
    running_label: Label = ()  # "carried forward", below a page's last line
    brought_label: Label = ()  # "brought forward", above the next page's first
    totals: tuple[Total, ...] = ()
    in_words: tuple[tuple[Label, str], ...] = ()
    schedule_title: Label = ()
    schedule_columns: tuple[Column, ...] = ()
    schedule: tuple[Row, ...] = ()  # instalments
    notes: tuple[Note, ...] = ()
    signers: tuple[tuple[Label, str], ...] = ()  # who drew it up, who approved it
    pay: Pay | None = None
    verify: Verify | None = None
    seal: Stamp | None = None
    notice: str = ""  # that it is no tax invoice
    footer: str = ""
    page_label: str = "{page} / {pages}"
    attachments: tuple[str, ...] = field(default=())  # names of files within the PDF
