-- The one way in. Entries and postings come as parallel arrays; `p_entry` says which entry (from 1) a posting belongs to.
-- An entry whose (kind, subject) exists already is passed over, so a repeated notice cannot move money twice.
-- Returns one row per entry given, in order: its id, and whether it is new.
CREATE FUNCTION ledger_post(
    p_at timestamptz,
    p_merchants bigint[], p_kinds text[], p_subjects text[], p_event_at timestamptz[],
    p_entry int[], p_codes text[], p_currencies text[], p_amounts bigint[],
    p_guarded text[]
) RETURNS TABLE (entry_id bigint, is_new boolean) LANGUAGE plpgsql AS $$
BEGIN
    -- New accounts first, in a fixed order, so that two posts never wait for each other crosswise.
    INSERT INTO ledger_account (merchant_id, code, currency, is_guarded, sequence, balance)
    SELECT DISTINCT p_merchants[p.entry], p.code, p.currency, p.code = ANY (p_guarded), 0, 0
    FROM unnest(p_entry, p_codes, p_currencies) AS p (entry, code, currency)
    WHERE NOT EXISTS (
        SELECT FROM ledger_account a
        WHERE a.merchant_id = p_merchants[p.entry] AND a.code = p.code AND a.currency = p.currency
    )
    ORDER BY 1, 2, 3
    ON CONFLICT DO NOTHING;

    PERFORM a.id
    FROM ledger_account a
    JOIN (
        SELECT DISTINCT p_merchants[p.entry] AS merchant_id, p.code, p.currency
        FROM unnest(p_entry, p_codes, p_currencies) AS p (entry, code, currency)
    ) touched USING (merchant_id, code, currency)
    ORDER BY a.id FOR NO KEY UPDATE OF a;

    -- From here on the heads are ours; a new statement sees what others committed while we waited.
    RETURN QUERY
    WITH given AS (
        SELECT g.*, min(g.ord) OVER (PARTITION BY g.kind, g.subject) AS first_ord, e.id AS known_id
        FROM unnest(p_merchants, p_kinds, p_subjects, p_event_at)
            WITH ORDINALITY AS g (merchant_id, kind, subject, event_at, ord)
        LEFT JOIN ledger_journalentry e ON e.subject = g.subject AND e.kind = g.kind
    ), fresh AS MATERIALIZED (
        SELECT nextval(pg_get_serial_sequence('ledger_journalentry', 'id')) AS id, g.*
        FROM given g WHERE g.known_id IS NULL AND g.ord = g.first_ord ORDER BY g.ord
    ), lines AS MATERIALIZED (
        SELECT f.id AS entry_id, a.id AS account_id, p.amount,
               a.sequence + row_number() OVER account AS sequence,
               a.balance + sum(p.amount) OVER account AS balance,
               greatest(p_at, a.posted_at) AS posted_at,
               lead(1) OVER account IS NULL AS is_last
        FROM unnest(p_entry, p_codes, p_currencies, p_amounts)
            WITH ORDINALITY AS p (entry, code, currency, amount, ord)
        JOIN fresh f ON f.ord = p.entry
        JOIN ledger_account a
            ON a.merchant_id = f.merchant_id AND a.code = p.code AND a.currency = p.currency
        WINDOW account AS (PARTITION BY a.id ORDER BY p.ord)
    ), entries AS (
        INSERT INTO ledger_journalentry (id, merchant_id, kind, subject, size, event_at, created_at)
        SELECT f.id, f.merchant_id, f.kind, f.subject, count(l.entry_id), f.event_at, p_at
        FROM fresh f LEFT JOIN lines l ON l.entry_id = f.id
        GROUP BY f.id, f.merchant_id, f.kind, f.subject, f.event_at
    ), postings AS (
        INSERT INTO ledger_posting (account_id, sequence, entry_id, amount, balance, posted_at)
        SELECT l.account_id, l.sequence, l.entry_id, l.amount, l.balance, l.posted_at
        FROM lines l ORDER BY l.account_id, l.sequence
    ), heads AS (
        UPDATE ledger_account a
        SET sequence = l.sequence, balance = l.balance, posted_at = l.posted_at
        FROM lines l WHERE l.is_last AND l.account_id = a.id
    )
    SELECT coalesce(g.known_id, f.id), g.known_id IS NULL AND g.ord = g.first_ord
    FROM given g LEFT JOIN fresh f ON f.ord = g.first_ord
    ORDER BY g.ord;
END $$;
