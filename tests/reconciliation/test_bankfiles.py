"""Banks' files: read whole or refused, and every line that is left out says why."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sleek.core.money import Money
from sleek.reconciliation.rules.bankfiles import (
    Columns,
    FileFlaw,
    FileKind,
    Statement,
    Unreadable,
    Why,
    guess,
    kind_of,
    read,
    table_of,
)
from sleek.reconciliation.rules.lines import Row, fingerprints

IBAN = "DE89370400440532013000"
MONDAY = date(2026, 3, 2)

CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}">
 <BkToCstmrStmt><Stmt><Id>S1</Id>
  <Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct>
  <Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">100.00</Amt>
   <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-01</Dt></Dt></Bal>
  <Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{closing}</Amt>
   <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-02</Dt></Dt></Bal>
  {entries}
 </Stmt></BkToCstmrStmt>
</Document>"""
ENTRY = """<Ntry><Amt Ccy="EUR">50.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>{status}</Sts>
 <BookgDt><Dt>2026-03-02</Dt></BookgDt><AcctSvcrRef>B-1</AcctSvcrRef>
 <NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>
  <RltdPties><Dbtr>{debtor}</Dbtr><DbtrAcct><Id><IBAN>FR7630006000011234567890189</IBAN></Id>
  </DbtrAcct></RltdPties>
  <RmtInf>{info}</RmtInf></TxDtls></NtryDtls></Ntry>"""
SPENT = """<Ntry><Amt Ccy="EUR">20.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
 <BookgDt><Dt>2026-03-02</Dt></BookgDt></Ntry>"""


def camt(*entries: str, closing: str = "150.00", version: str = "02") -> bytes:
    return CAMT.format(entries="".join(entries), closing=closing, version=version).encode()


def entry(
    *, info: str = "<Ustrd>SK7Q</Ustrd>", status: str = "BOOK", debtor: str = "<Nm>Anna</Nm>"
) -> str:
    return ENTRY.format(info=info, status=status, debtor=debtor)


def rows(content: bytes, **how: object) -> Statement:
    facts: dict[str, object] = {"account": IBAN, "currency": "EUR", "columns": Columns(), **how}
    return read(content, **facts)  # type: ignore[arg-type]


def flaw(content: bytes, **how: object) -> FileFlaw:
    with pytest.raises(Unreadable) as refusal:
        rows(content, **how)
    return refusal.value.flaw


# camt


@pytest.mark.parametrize(
    ("version", "status", "debtor"),
    [
        ("02", "BOOK", "<Nm>Anna</Nm>"),
        ("08", "<Cd>BOOK</Cd>", "<Pty><Nm>Anna</Nm></Pty>"),
    ],
)
def test_both_shapes_of_camt_are_read(version: str, status: str, debtor: str) -> None:
    statement = rows(camt(entry(status=status, debtor=debtor), version=version))
    assert statement.rows == [
        Row(
            number=1,
            booked_on=MONDAY,
            amount=Money(5000, "EUR"),
            payer_name="Anna",
            payer_account="FR7630006000011234567890189",
            text="SK7Q",
            reference="B-1",
        )
    ]
    assert statement.left_out == []


@pytest.mark.parametrize(
    "info",
    [
        "<Strd><CdtrRefInf><Ref>SK7Q</Ref></CdtrRefInf></Strd>",
        "<Ustrd>SK7Q</Ustrd>",
        "</RmtInf><Refs><InstrId>SK7Q</InstrId></Refs><RmtInf>",
        "</RmtInf><AddtlTxInf>SK7Q</AddtlTxInf><RmtInf>",
        "</RmtInf><SplmtryData><Envlp><Note>SK7Q</Note></Envlp></SplmtryData><RmtInf>",
    ],
)
def test_the_reference_is_read_wherever_the_bank_puts_it(info: str) -> None:
    [row] = rows(camt(entry(info=info))).rows
    assert row.text == "SK7Q"


def test_what_goes_out_and_what_is_not_booked_is_left_out_and_said() -> None:
    statement = rows(camt(entry(), SPENT, entry(status="PDNG"), closing="130.00"))
    assert len(statement.rows) == 1
    assert [(out.number, out.why) for out in statement.left_out] == [
        (2, Why.OUTGOING),
        (3, Why.PENDING),
    ]


def test_a_reversal_is_left_out_and_is_nothing_usual() -> None:
    back = entry().replace("</Amt>", "</Amt><RvslInd>true</RvslInd>")
    [out] = rows(camt(back)).left_out
    assert (out.why, out.is_usual) == (Why.REVERSAL, False)


def test_balances_that_do_not_add_up_refuse_the_file() -> None:
    with pytest.raises(Unreadable) as refusal:
        rows(camt(entry(), closing="151.00"))
    assert (refusal.value.flaw, refusal.value.detail) == (FileFlaw.UNBALANCED, "1.00 EUR")


def test_a_batch_is_as_many_lines_as_transfers() -> None:
    detail = "<TxDtls><Amt Ccy='EUR'>{}</Amt><RmtInf><Ustrd>{}</Ustrd></RmtInf></TxDtls>"
    batch = entry().replace("<TxDtls>", detail.format("20.00", "one") + "<TxDtls>")
    told = batch.replace("<RmtInf><Ustrd>SK7Q", "<Amt Ccy='EUR'>30.00</Amt><RmtInf><Ustrd>two")
    assert [(row.amount.minor, row.text) for row in rows(camt(told)).rows] == [
        (2000, "one"),
        (3000, "two"),
    ]
    whole = rows(camt(batch)).rows
    assert [(row.amount.minor, row.text) for row in whole] == [(5000, "one SK7Q")]


def test_another_accounts_statement_is_refused() -> None:
    assert flaw(camt(entry()), account="DE02120300000000202051") == FileFlaw.OTHER_ACCOUNT


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_never_unfolded(encoding: str) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">]><Document>&a;</Document>'
    assert flaw(bomb.encode(encoding)) == FileFlaw.FORBIDDEN


def test_an_encoding_that_could_hide_something_is_refused() -> None:
    assert flaw(b'<?xml version="1.0" encoding="utf-7"?><Document/>') == FileFlaw.ENCODING


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"  ", FileFlaw.EMPTY),
        (b"<Document><cut", FileFlaw.BROKEN),
        (b"<Document/>", FileFlaw.NO_STATEMENT),
        (b"a" * (10 * 1024 * 1024 + 1), FileFlaw.TOO_HEAVY),
    ],
)
def test_what_is_no_statement_is_refused_with_the_reason(content: bytes, why: FileFlaw) -> None:
    assert flaw(content) == why


# MT940

MT940 = """:20:STMT
:25:37040044/0532013000
:28C:00012/001
:60F:C260301EUR100,00
:61:2603020302C50,00NTRFSK7QNXY//BANK-77
:86:166?00GUTSCHRIFT?20SVWZ+Rechnung 7 SK?21Q4MXH?30COBADEFF?31DE02120300000000202051
?32Müller Keramik?33 GmbH
:61:2603020302D20,00NTRFNONREF
:86:116?00UEBERWEISUNG?20Rent
:61:2603020302RC5,00NTRFNONREF
:86:Returned
:62F:C260302EUR125,00
-
"""


def mt940(text: str = MT940) -> bytes:
    return text.encode()


def test_mt940_is_read_in_the_german_way() -> None:
    statement = rows(mt940(), account="DE89370400440532013000")
    assert statement.rows == [
        Row(
            number=1,
            booked_on=MONDAY,
            amount=Money(5000, "EUR"),
            payer_name="Müller Keramik GmbH",
            payer_account="DE02120300000000202051",
            text="SVWZ+Rechnung 7 SKQ4MXH SK7QNXY",
            reference="BANK-77",
        )
    ]
    assert [out.why for out in statement.left_out] == [Why.OUTGOING, Why.REVERSAL]


def test_mt940_with_free_words_is_read_too() -> None:
    free = MT940.replace("?20SVWZ+Rechnung 7 SK?21Q4MXH?30COBADEFF?31DE02120300000000202051", "")
    free = free.replace("166?00GUTSCHRIFT\n?32Müller Keramik?33 GmbH", "/ORDP//NAME/ANNA/REMI/SK7Q")
    [row] = rows(mt940(free)).rows
    assert (row.payer_name, "SK7Q" in row.text) == ("ANNA", True)


def test_mt940_that_does_not_add_up_or_is_cut_is_refused() -> None:
    assert flaw(mt940(MT940.replace("EUR125,00", "EUR126,00"))) == FileFlaw.UNBALANCED
    assert flaw(mt940(MT940.replace(":61:2603020302C50", ":61:26030C50"))) == FileFlaw.BROKEN
    assert flaw(mt940(), account="DE02120300000000202051") == FileFlaw.OTHER_ACCOUNT


def test_a_line_at_the_turn_of_the_year_is_booked_in_the_right_one() -> None:
    turn = MT940.replace(":61:2603020302C", ":61:2512311231C").replace("2512311231", "2601011231")
    assert rows(mt940(turn)).rows[0].booked_on == date(2025, 12, 31)


# Tables

CHINESE = (
    "账户明细,,,,,\n"
    "账号,6229080123456789,,,,\n"
    "交易日期,贷方发生额,借方发生额,对方户名,附言,交易流水号\n"
    '20260302,"1,280.00",,景德镇林家陶瓷有限公司,SK7Q-4MXH,F001\t\n'
    "20260302,,300.00,房东,房租,F002\n"
    '合计,"1,280.00",300.00,,,\n'
)


def test_a_chinese_banks_table_is_read_by_its_heads() -> None:
    content = CHINESE.encode("gb18030")
    columns = guess(table_of(content))
    assert (columns.booked_on, columns.credit, columns.debit) == (
        "交易日期",
        "贷方发生额",
        "借方发生额",
    )
    statement = rows(content, columns=columns, currency="CNY")
    assert statement.rows == [
        Row(
            number=4,
            booked_on=MONDAY,
            amount=Money(128_000, "CNY"),
            payer_name="景德镇林家陶瓷有限公司",
            text="SK7Q-4MXH",
            reference="F001",
        )
    ]
    assert [(out.number, out.why) for out in statement.left_out] == [
        (5, Why.OUTGOING),
        (6, Why.NO_DAY),
    ]


@pytest.mark.parametrize(
    ("day", "amount", "order", "mark"),
    [
        ("02.03.2026;02.03.2026", "1.280,50", "dmy", ","),
        ("03/15/2026;15", "1,280.50", "mdy", "."),
        ("2026-03-02", "1280.50", "ymd", "."),
    ],
)
def test_how_days_and_sums_are_written_is_seen(
    day: str, amount: str, order: str, mark: str
) -> None:
    table = table_of(f"Date\tAmount\tDescription\n{day}\t{amount}\tSK7Q\n".encode())
    columns = guess(table)
    assert (columns.order, columns.decimal_mark) == (order, mark)
    [row] = rows(f"Date\tAmount\tDescription\n{day}\t{amount}\tx\n".encode(), columns=columns).rows
    assert row.amount == Money(128_050, "EUR")


@pytest.mark.parametrize("sum_", ["-50.00", "50.00-", "(50.00)"])
def test_a_negative_sum_goes_out(sum_: str) -> None:
    content = f"Date,Amount,Description\n2026-03-02,{sum_},x\n".encode()
    [out] = rows(content, columns=guess(table_of(content))).left_out
    assert out.why == Why.OUTGOING


def test_more_decimals_than_the_currency_has_are_no_amount() -> None:
    content = b"Date,Amount,Description\n2026-03-02,50.005,x\n2026-03-02,0,y\n2026-03-02,?,z\n"
    left_out = rows(content, columns=guess(table_of(content))).left_out
    assert [out.why for out in left_out] == [Why.NO_AMOUNT, Why.NOTHING, Why.NO_AMOUNT]


def test_a_table_whose_columns_nobody_named_is_not_read() -> None:
    content = b"a,b,c\n1,2,3\n"
    assert flaw(content, columns=guess(table_of(content))) == FileFlaw.NO_COLUMNS
    assert flaw(b"one\n") == FileFlaw.NO_COLUMNS


def test_columns_survive_being_kept() -> None:
    columns = Columns(booked_on="日期", amount="金额", text=("附言", "用途"), decimal_mark=",")
    assert Columns.unpack(columns.pack()) == columns


def test_the_kind_is_told_by_the_content() -> None:
    assert kind_of(camt(entry())) == FileKind.CAMT
    assert kind_of(mt940()) == FileKind.MT940
    assert kind_of(CHINESE.encode()) == FileKind.TABLE


@given(st.binary(max_size=300))
def test_rubbish_is_refused_and_never_breaks_anything(content: bytes) -> None:
    for begin in (b"", b"<", b":20:", b"Date,Amount\n"):
        with suppress(Unreadable):  # anything else would have escaped the page
            statement = rows(begin + content, columns=Columns(booked_on="Date", amount="Amount"))
            assert all(row.amount.minor > 0 for row in statement.rows)


# Which lines are the same


def test_a_line_is_the_same_in_any_file_where_the_bank_numbers_it() -> None:
    one = Row(1, MONDAY, Money(5000, "EUR"), text="SK7Q", reference="B-1", payer_name="Anna")
    told_otherwise = Row(9, MONDAY, Money(5000, "EUR"), text="sk 7q", reference="b-1")
    assert fingerprints([one]) == fingerprints([told_otherwise])
    assert fingerprints([one]) != fingerprints([Row(1, MONDAY, Money(1, "EUR"), reference="B-1")])


def test_lines_that_are_told_alike_are_two_and_stay_two() -> None:
    coffee = Row(1, MONDAY, Money(300, "EUR"), text="coffee", reference="NONREF")
    prints = fingerprints([coffee, coffee])
    assert len(set(prints)) == 2
    assert fingerprints([coffee, coffee]) == prints
