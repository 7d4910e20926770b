-- What events add to the figures. The consumer adds it to the roll-ups; a page adds what the consumer
-- has not read yet, in the statement that reads them. Functions, so that a page does not plan all
-- this anew each time, and so that row-level security, which they keep themselves, hides no index.

-- The events beyond the consumer's place: of one merchant, or, without one, of all.
CREATE FUNCTION reports_unread(merchant bigint, kinds text[]) RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    place record;
BEGIN
    SELECT transaction_id::text::xid8 AS transaction_id, event_id INTO place
    FROM events_cursor WHERE consumer = 'reports';
    RETURN ARRAY (
        SELECT id FROM events_event
        WHERE (transaction_id, id) > (coalesce(place.transaction_id, '0'), coalesce(place.event_id, 0))
          AND kind = ANY (kinds)
          AND merchant_id = coalesce(merchant, merchant_id)
          AND merchant_id = coalesce(sleek_merchant(), merchant_id)
    );
END $$;

-- One row for each thing to add: whose, by what, when (`at`), and how much. What an event adds never
-- depends on when this is asked: moments and amounts come from what is never changed again.
CREATE FUNCTION reports_deltas(events bigint[]) RETURNS TABLE (
    merchant_id bigint, currency varchar, channel varchar, method varchar, at timestamptz,
    amount bigint, payment_count bigint, succeeded_count bigint, failed_count bigint,
    canceled_count bigint, amount_refunded bigint, refund_count bigint
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
#variable_conflict use_column
BEGIN
    IF cardinality(events) = 0 THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH news AS MATERIALIZED (
        SELECT e.kind, e.merchant_id, e.subject, e.data->>'attempt' AS attempt,
               e.data->>'refund' AS refund,
               e.kind IN ('payment.succeeded', 'payment.surplus_received') AS brought_money
        FROM events_event e
        WHERE e.id = ANY (events) AND e.merchant_id = coalesce(sleek_merchant(), e.merchant_id)
    )
    SELECT n.merchant_id, p.currency, a.channel, a.method, p.succeeded_at,
           p.amount_paid, 1::bigint, 0::bigint, 0::bigint, 0::bigint, 0::bigint, 0::bigint
    FROM news n
    JOIN payments_payment p ON p.public_id = n.subject
    JOIN payments_attempt a ON a.public_id = n.attempt
    WHERE n.kind = 'payment.succeeded'
    UNION ALL
    -- How tries ended, at the time when they began.
    SELECT n.merchant_id, a.currency, a.channel, a.method, a.created_at,
           0, 0, n.brought_money::int, (n.kind = 'attempt.failed')::int,
           (n.kind = 'attempt.canceled')::int, 0, 0
    FROM news n JOIN payments_attempt a ON a.public_id = n.attempt
    WHERE n.brought_money OR n.kind IN ('attempt.failed', 'attempt.canceled')
    UNION ALL
    -- How a try had ended before its money came after all is taken back.
    SELECT n.merchant_id, a.currency, a.channel, a.method, a.created_at,
           0, 0, 0, -(e.kind = 'attempt.failed')::int, -(e.kind = 'attempt.canceled')::int, 0, 0
    FROM news n
    JOIN payments_attempt a ON a.public_id = n.attempt
    JOIN events_event e ON e.subject = n.subject
        AND e.kind IN ('attempt.failed', 'attempt.canceled') AND e.data->>'attempt' = n.attempt
    WHERE n.brought_money
    UNION ALL
    -- By the journal, where a refund that bounced comes back.
    SELECT n.merchant_id, r.currency, a.channel, a.method, j.event_at, 0, 0, 0, 0, 0,
           CASE n.kind WHEN 'refund.succeeded' THEN r.amount ELSE -r.amount END,
           CASE n.kind WHEN 'refund.succeeded' THEN 1 ELSE -1 END
    FROM news n
    JOIN refunds_refund r ON r.public_id = n.refund
    JOIN payments_attempt a ON a.id = r.attempt_id
    JOIN ledger_journalentry j ON j.subject = n.refund AND j.kind = ANY (
        CASE n.kind WHEN 'refund.succeeded' THEN ARRAY['refund_succeeded', 'refund_paid_by_bank']
        ELSE ARRAY['refund_bounced', 'refund_sent_back_by_bank'] END)
    WHERE n.kind IN ('refund.succeeded', 'refund.failed');
END $$;

-- The links that anything happened to by which they may have become payable, or no longer are.
CREATE FUNCTION reports_touched(events bigint[]) RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF cardinality(events) = 0 THEN
        RETURN '{}';
    END IF;
    RETURN ARRAY (
        SELECT l.id FROM events_event e JOIN links_paymentlink l ON l.public_id = e.subject
        WHERE e.id = ANY (events) AND e.kind LIKE 'link.%'
          AND e.merchant_id = coalesce(sleek_merchant(), e.merchant_id)
        UNION
        SELECT p.single_link_id FROM events_event e JOIN payments_payment p ON p.public_id = e.subject
        WHERE e.id = ANY (events) AND e.kind = 'payment.succeeded' AND p.single_link_id IS NOT NULL
          AND e.merchant_id = coalesce(sleek_merchant(), e.merchant_id)
    );
END $$;
