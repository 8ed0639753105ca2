-- The store as one would build it on PostgreSQL: the record table with its three secondary indexes,
-- and an audit row written by a trigger in the same transaction.
CREATE TABLE request (
  id uuid PRIMARY KEY,
  number bigserial,
  station text NOT NULL,
  department text NOT NULL,
  state text NOT NULL,
  body jsonb NOT NULL
);
CREATE INDEX request_station ON request (station, number);
CREATE INDEX request_department ON request (department, number);
CREATE INDEX request_state ON request (state, number);

CREATE TABLE audit (
  sequence bigserial PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  entry text NOT NULL
);

CREATE FUNCTION audit_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit (entry) VALUES (json_build_object(
    'principal', session_user, 'operation', TG_OP, 'table', TG_TABLE_NAME, 'id', NEW.id,
    'number', NEW.number, 'station', NEW.station, 'department', NEW.department, 'state', NEW.state,
    'digest', encode(sha256(NEW.body::text::bytea), 'hex'), 'body', left(NEW.body::text, 200))::text);
  RETURN NULL;
END
$$;

CREATE TRIGGER request_audit AFTER INSERT OR UPDATE OR DELETE ON request
  FOR EACH ROW EXECUTE FUNCTION audit_request();
