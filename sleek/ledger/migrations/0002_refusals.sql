-- Every rule is checked once per statement over all of its rows, so 256 entries cost little more than one.
-- `ledger_post` writes entries, postings and heads in one statement: these triggers see it whole or not at all.

CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: % on % refused', lower(TG_OP), TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER entries_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_journalentry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER postings_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_posting
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER accounts_stay BEFORE DELETE OR TRUNCATE ON ledger_account
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();


-- An entry without its postings would claim its (kind, subject) and move nothing.
CREATE FUNCTION ledger_check_entries() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE flaw record;
BEGIN
    SELECT f.id, f.kind, f.subject INTO flaw FROM fresh f
    WHERE NOT EXISTS (SELECT FROM ledger_posting p WHERE p.entry_id = f.id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % % has no postings', flaw.kind, flaw.subject
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER entries_are_complete AFTER INSERT ON ledger_journalentry REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_entries();


CREATE FUNCTION ledger_check_postings() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE flaw record;
BEGIN
    -- Each posting follows its predecessor on the account: next number, running balance, never back in time.
    SELECT f.account_id, f.sequence INTO flaw
    FROM fresh f LEFT JOIN ledger_posting p ON p.account_id = f.account_id AND p.sequence = f.sequence - 1
    WHERE (f.sequence > 1 AND p.account_id IS NULL)
       OR f.balance <> coalesce(p.balance, 0) + f.amount
       OR f.posted_at < p.posted_at
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'posting % of account % does not follow its predecessor', flaw.sequence, flaw.account_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;

    -- The account's head is its last posting.
    SELECT f.account_id, f.sequence INTO flaw
    FROM (SELECT account_id, max(sequence) AS sequence FROM fresh GROUP BY account_id) f
    JOIN ledger_account a ON a.id = f.account_id
    WHERE a.sequence <> f.sequence LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the head of account % is not at its last posting %', flaw.account_id, flaw.sequence
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;

    -- Each entry is whole (nothing can be added to it later), within one merchant's books, and sums to zero per currency.
    SELECT e.id, e.kind, e.subject INTO flaw
    FROM (SELECT DISTINCT entry_id FROM fresh) f
    JOIN ledger_journalentry e ON e.id = f.entry_id
    JOIN LATERAL (
        SELECT sum(c.count) AS count, bool_and(c.total = 0 AND c.is_own) AS is_balanced
        FROM (
            SELECT count(*) AS count, sum(p.amount) AS total, bool_and(a.merchant_id = e.merchant_id) AS is_own
            FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
            WHERE p.entry_id = e.id GROUP BY a.currency
        ) c
    ) whole ON true
    WHERE whole.count <> e.size OR NOT whole.is_balanced LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % % is not balanced or not whole', flaw.kind, flaw.subject
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER postings_are_honest AFTER INSERT ON ledger_posting REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_postings();


-- A head only ever moves to a posting that exists, and nothing else about an account changes.
CREATE FUNCTION ledger_check_heads() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE flaw record;
BEGIN
    SELECT f.id INTO flaw
    FROM fresh f JOIN stale s ON s.id = f.id
    LEFT JOIN ledger_posting p ON p.account_id = f.id AND p.sequence = f.sequence
    WHERE (f.merchant_id, f.code, f.currency, f.is_guarded) IS DISTINCT FROM
          (s.merchant_id, s.code, s.currency, s.is_guarded)
       OR f.sequence < s.sequence
       OR (f.balance, f.posted_at) IS DISTINCT FROM (coalesce(p.balance, 0), p.posted_at)
    LIMIT 1;
    IF FOUND OR (SELECT count(*) FROM fresh f JOIN stale s ON s.id = f.id) <> (SELECT count(*) FROM fresh) THEN
        RAISE EXCEPTION 'the head of account % must be its last posting', flaw.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER heads_follow_postings AFTER UPDATE ON ledger_account
    REFERENCING NEW TABLE AS fresh OLD TABLE AS stale
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_heads();

CREATE FUNCTION ledger_check_new_accounts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh WHERE sequence <> 0 OR balance <> 0 OR posted_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a new account is empty' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER new_accounts_are_empty AFTER INSERT ON ledger_account REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_new_accounts();
