-- Every rule is checked once per statement over all of its rows, so 256 entries cost little more
-- than one. `ledger_post` writes entries, postings and heads in one statement: these triggers see
-- it whole or not at all. Each refusal carries the broken rule's name where a constraint's would
-- be.

CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: % on % refused', lower(TG_OP), TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
END $$;

CREATE TRIGGER entries_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_journalentry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER postings_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_posting
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER accounts_stay BEFORE DELETE OR TRUNCATE ON ledger_account
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER accounts_stay_what_they_are
    BEFORE UPDATE OF id, merchant_id, code, currency, is_guarded ON ledger_account
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();


-- Each new entry sums to zero per currency; one without postings would claim its (kind, subject)
-- and move nothing.
CREATE FUNCTION ledger_check_entries() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE flaw record;
BEGIN
    SELECT f.kind, f.subject, sum(p.amount) AS total INTO flaw
    FROM fresh f
    LEFT JOIN ledger_posting p ON p.entry_id = f.id
    LEFT JOIN ledger_account a ON a.id = p.account_id
    GROUP BY f.id, f.kind, f.subject, a.currency
    HAVING sum(p.amount) IS DISTINCT FROM 0
    LIMIT 1;
    IF FOUND AND flaw.total IS NULL THEN
        RAISE EXCEPTION 'entry % % breaks the rule entry_has_postings', flaw.kind, flaw.subject
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'entry_has_postings';
    ELSIF FOUND THEN
        RAISE EXCEPTION 'entry % % breaks the rule entry_is_balanced: it is off by %',
            flaw.kind, flaw.subject, flaw.total
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'entry_is_balanced';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER entries_are_complete AFTER INSERT ON ledger_journalentry
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_entries();


CREATE FUNCTION ledger_check_postings() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE flaw record;
BEGIN
    -- Each posting lies in its merchant's books, follows its predecessor on the account and is not
    -- beyond the head, which another trigger holds to a posting that exists: together that makes
    -- the head the last one. Its entry has as many postings as it says, so nothing can be added to
    -- one that was balanced before.
    SELECT f.account_id, f.sequence,
           CASE WHEN a.id IS NULL OR a.merchant_id IS DISTINCT FROM e.merchant_id
                THEN 'posting_lies_in_its_books'
                WHEN f.sequence > 1 AND p.account_id IS NULL THEN 'posting_follows_predecessor'
                WHEN f.balance <> coalesce(p.balance, 0) + f.amount THEN 'posting_balance_runs_on'
                WHEN f.posted_at < p.posted_at THEN 'posting_time_runs_on'
                WHEN a.is_guarded AND f.balance < 0 THEN 'guarded_balance_is_not_negative'
                WHEN f.sequence > a.sequence THEN 'head_is_last_posting'
                ELSE 'entry_is_whole' END AS rule
    INTO flaw
    FROM fresh f
    LEFT JOIN ledger_account a ON a.id = f.account_id
    LEFT JOIN ledger_journalentry e ON e.id = f.entry_id
    LEFT JOIN ledger_posting p ON p.account_id = f.account_id AND p.sequence = f.sequence - 1
    WHERE a.id IS NULL OR a.merchant_id IS DISTINCT FROM e.merchant_id
       OR (f.sequence > 1 AND p.account_id IS NULL)
       OR f.balance <> coalesce(p.balance, 0) + f.amount
       OR f.posted_at < p.posted_at
       OR (a.is_guarded AND f.balance < 0)
       OR f.sequence > a.sequence
       OR e.size <> (SELECT count(*) FROM ledger_posting whole WHERE whole.entry_id = f.entry_id)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'posting % of account % breaks the rule %',
            flaw.sequence, flaw.account_id, flaw.rule
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = flaw.rule;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER postings_are_honest AFTER INSERT ON ledger_posting REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_postings();


-- A head only ever moves to the last posting.
CREATE FUNCTION ledger_check_heads() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE flaw record;
BEGIN
    SELECT f.id INTO flaw
    FROM fresh f
    LEFT JOIN ledger_posting p ON p.account_id = f.id AND p.sequence = f.sequence
    LEFT JOIN ledger_posting later ON later.account_id = f.id AND later.sequence = f.sequence + 1
    WHERE later.account_id IS NOT NULL
       OR f.sequence <> coalesce(p.sequence, 0)
       OR f.balance <> coalesce(p.balance, 0)
       OR f.posted_at IS DISTINCT FROM p.posted_at
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the head of account % must be its last posting', flaw.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'head_is_last_posting';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER heads_follow_postings AFTER UPDATE ON ledger_account REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_heads();


CREATE FUNCTION ledger_check_new_accounts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh WHERE sequence <> 0 OR balance <> 0 OR posted_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a new account is empty'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'new_account_is_empty';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER new_accounts_are_empty AFTER INSERT ON ledger_account REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_new_accounts();
