-- The one way in. It writes entries that were never posted before, or nothing at all: when one of
-- them is known, it only says so. Whatever can be computed without looking was computed by the
-- caller, before anything is locked:
--   accounts touched, each once (p_owners … p_totals): how many postings it gets, and their sum;
--   entries (p_merchants … p_event_at), each with the number of its postings;
--   postings (p_entry … p_amounts): the entry's and the account's place above (from 1), the
--     number among that account's postings here, their sum up to this one, and its amount.
-- Gives back the ids of the new entries, or of those already known (null for the others).
CREATE FUNCTION ledger_post(
    p_at timestamptz,
    p_owners bigint[], p_codes text[], p_currencies text[], p_guarded boolean[],
    p_counts bigint[], p_totals bigint[],
    p_merchants bigint[], p_kinds text[], p_subjects text[], p_sizes smallint[],
    p_event_at timestamptz[],
    p_entry int[], p_account int[], p_nth bigint[], p_running bigint[], p_amounts bigint[],
    OUT entry_ids bigint[], OUT known_ids bigint[]
) LANGUAGE plpgsql
-- Members of a merchant (sleek/core/tenancy.py) may write nothing here but by calling this.
SECURITY DEFINER SET search_path = public, pg_temp
-- A session keeps its plans, so they must not depend on statistics from a day when the tables were
-- empty.
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
DECLARE
    accounts bigint[];
BEGIN
    IF current_setting('role') = 'sleek_member' THEN
        IF EXISTS (
            SELECT FROM unnest(p_owners || p_merchants) AS books (owner)
            WHERE books.owner IS DISTINCT FROM sleek_merchant()
        ) THEN
            RAISE EXCEPTION 'members post to the books of their own merchant only'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
    END IF;

    FOR attempt IN 1..2 LOOP
        SELECT array_agg(a.id ORDER BY t.number) INTO accounts
        FROM unnest(p_owners, p_codes, p_currencies)
            WITH ORDINALITY AS t (owner, code, currency, number)
        LEFT JOIN ledger_account a
            ON a.merchant_id = t.owner AND a.code = t.code AND a.currency = t.currency;
        EXIT WHEN array_position(accounts, NULL) IS NULL;

        -- In a fixed order, so that two posts which open the same accounts never wait for each
        -- other crosswise.
        INSERT INTO ledger_account (merchant_id, code, currency, is_guarded, sequence, balance)
        SELECT t.owner, t.code, t.currency, t.guarded, 0, 0
        FROM unnest(p_owners, p_codes, p_currencies, p_guarded)
            AS t (owner, code, currency, guarded)
        ORDER BY 1, 2, 3
        ON CONFLICT DO NOTHING;
    END LOOP;

    -- A merchant's books are locked as one, and merchants in a fixed order, for the same reason. It
    -- is no row lock: that would write, and those who wait for a row then follow its versions one
    -- by one. It is one of a few buckets, since the server has room for a limited number of such
    -- locks.
    PERFORM pg_advisory_xact_lock(hashtext('ledger_post'), locks.bucket)
    FROM (
        SELECT DISTINCT (owner % 256)::int AS bucket FROM unnest(p_owners) AS owner ORDER BY 1
    ) locks;

    -- From here on the books are ours, and each statement sees what others committed while we
    -- waited.
    SELECT array_agg(e.id ORDER BY g.number) INTO known_ids
    FROM unnest(p_kinds, p_subjects) WITH ORDINALITY AS g (kind, subject, number)
    LEFT JOIN ledger_journalentry e ON e.subject = g.subject AND e.kind = g.kind;
    IF array_remove(known_ids, NULL) <> '{}' THEN
        RETURN;
    END IF;

    FOR number IN 1..cardinality(p_kinds) LOOP
        entry_ids[number] := nextval('ledger_journalentry_id_seq');
    END LOOP;

    -- One statement, so that the triggers see entries, postings and heads whole.
    WITH entries AS (
        INSERT INTO ledger_journalentry (id, merchant_id, kind, subject, size, event_at, created_at)
        SELECT g.*, p_at
        FROM unnest(entry_ids, p_merchants, p_kinds, p_subjects, p_sizes, p_event_at) AS g
    ), postings AS (
        INSERT INTO ledger_posting (account_id, sequence, entry_id, amount, balance, posted_at)
        SELECT a.id, a.sequence + p.nth, entry_ids[p.entry], p.amount, a.balance + p.running,
               greatest(p_at, a.posted_at)
        FROM unnest(p_entry, p_account, p_nth, p_running, p_amounts)
            AS p (entry, account, nth, running, amount)
        JOIN ledger_account a ON a.id = accounts[p.account]
    )
    UPDATE ledger_account a
    SET sequence = a.sequence + t.count,
        balance = a.balance + t.total,
        posted_at = greatest(p_at, a.posted_at)
    FROM unnest(accounts, p_counts, p_totals) AS t (id, count, total)
    WHERE a.id = t.id;
END $$;
REVOKE EXECUTE ON FUNCTION ledger_post FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_post TO sleek_member;

-- Heads are updated in place all day long; room on the page keeps their indexes out of it.
ALTER TABLE ledger_account SET (fillfactor = 50);
