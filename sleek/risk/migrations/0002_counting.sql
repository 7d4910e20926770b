-- What is counted costs no disk, and a crash of the server may forget it.
ALTER TABLE risk_tally SET UNLOGGED;
ALTER TABLE risk_admission SET UNLOGGED;

-- Hot rows are updated in place and old ones go by the minute.
ALTER TABLE risk_tally SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

CREATE FUNCTION risk_read(wanted text[], present int, spans int[])
RETURNS TABLE (key text, span int, tries int, wins int, losses int, oldest int)
LANGUAGE sql STABLE AS $$
    SELECT tally.key, span, sum(tally.tries)::int, sum(tally.wins)::int, sum(tally.losses)::int, min(tally.slot)
    FROM unnest(spans) AS span
    JOIN risk_tally tally ON tally.key = ANY (wanted) AND tally.slot >= present - span
    GROUP BY tally.key, span
$$;

-- Each statement in here sees what was committed before it began. So whoever waited for the lock reads what the
-- one before has counted, and of many tries at once none is overlooked.
CREATE FUNCTION risk_count(wanted text[], present int, spans int[], try_reference text)
RETURNS TABLE (key text, span int, tries int, wins int, losses int, oldest int)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(wanted[1], 0));
    RETURN QUERY SELECT * FROM risk_read(wanted, present, spans);
    -- In one order for everybody, or two tries that share two keys could wait for each other.
    INSERT INTO risk_tally AS tally (key, slot, tries, wins, losses)
        SELECT each, present, 1, 0, 0 FROM unnest(wanted) AS each ORDER BY each
        ON CONFLICT ON CONSTRAINT risk_tally_pkey DO UPDATE SET tries = tally.tries + 1;
    IF try_reference <> '' THEN
        INSERT INTO risk_admission (reference, keys, slot, is_won, is_lost)
            VALUES (try_reference, wanted, present, false, false);
    END IF;
END
$$;
