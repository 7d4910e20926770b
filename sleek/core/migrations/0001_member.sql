-- The role that the back office works as: see sleek/core/tenancy.py. Roles belong to the whole
-- server, so another database may have made it already, or be making it right now; and where our
-- user may not make roles, an administrator did.
DO $$
DECLARE
    -- Since version 16 who makes a role belongs to it, but may not become it.
    may text := CASE WHEN current_setting('server_version_num')::int < 160000 THEN 'MEMBER' ELSE 'SET' END;
BEGIN
    FOR attempt IN 1..10 LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sleek_member') THEN
                CREATE ROLE sleek_member NOLOGIN NOINHERIT;
            END IF;
            IF NOT pg_has_role(current_user, 'sleek_member', may) THEN
                GRANT sleek_member TO CURRENT_USER;
            END IF;
            EXIT;
        EXCEPTION
            WHEN duplicate_object OR unique_violation OR internal_error THEN
                PERFORM pg_sleep(0.05);  -- somebody else did the same at the same moment
            WHEN insufficient_privilege THEN
                RAISE EXCEPTION 'the database user % may not make or become the role sleek_member', current_user
                    USING HINT = format('As an administrator: CREATE ROLE sleek_member NOLOGIN NOINHERIT; GRANT sleek_member TO %I; then migrate again.', current_user);
        END;
    END LOOP;
    IF NOT has_schema_privilege('sleek_member', current_schema(), 'USAGE') THEN
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO sleek_member', current_schema());
    END IF;
END $$;

-- Whom the session serves. Without a setting that is nobody, to whom nothing belongs.
CREATE FUNCTION sleek_merchant() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('sleek.merchant', true), '')::bigint;
CREATE FUNCTION sleek_person() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('sleek.person', true), '')::bigint;
