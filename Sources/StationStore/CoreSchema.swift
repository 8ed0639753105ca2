import GRDB

/// The store's own tables, as formats that follow each other: each step runs once.
///
/// The steps that a database has are in `grdb_migrations`, as GRDB's own migrator keeps them, which wrote the first
/// ones. That runs each step in a transaction of its own; here all that a database lacks is one.
enum CoreSchema {
  /// By name, in their order.
  private static let steps: [(name: String, sql: String)] = [
    ("1", first), ("2", second), ("3", third),
  ]

  /// The newest format.
  static var newest: String { steps.last?.name ?? "" }

  /// The steps that a database has, whoever wrote it; none for an empty one.
  static func applied(_ db: Database) throws -> Set<String> {
    guard try db.tableExists("grdb_migrations") else { return [] }
    return try String.fetchSet(db, sql: "SELECT identifier FROM grdb_migrations")
  }

  /// Whether a newer version has written the database.
  static func isSuperseded(_ db: Database) throws -> Bool {
    try !applied(db).isSubset(of: steps.map(\.name))
  }

  /// A trigger or a view: it would run inside the daemon, and the store makes none.
  ///
  /// - Parameter prepare: compiles a statement on the connection that is looked at.
  static func foreignCode(_ prepare: (String) throws -> SQL) throws -> String? {
    let row = try prepare("SELECT type, name FROM sqlite_schema WHERE type IN ('trigger', 'view')")
    defer { row.done() }
    return try row.step() ? "\(row.text(0)) '\(row.text(1))'" : nil
  }

  /// A table or index that the formats of the database have and it lacks: somebody has taken it out.
  static func missing(_ db: Database) throws -> String? {
    let applied = try applied(db)
    let names = "SELECT name FROM sqlite_schema WHERE sql NOT NULL"
    let model = try DatabaseQueue()
    defer { try? model.close() }
    let meant = try model.write { model in
      for step in steps where applied.contains(step.name) { try model.execute(sql: step.sql) }
      return try String.fetchSet(model, sql: names)
    }
    return try meant.subtracting(String.fetchSet(db, sql: names)).min()
  }

  /// Runs what the database lacks, in the transaction that it is called in.
  static func migrate(_ db: Database) throws {
    try db.execute(sql: "CREATE TABLE IF NOT EXISTS grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
    let applied = try applied(db)
    for step in steps where !applied.contains(step.name) {
      try db.execute(sql: step.sql)
      try db.execute(sql: "INSERT INTO grdb_migrations(identifier) VALUES (?)", arguments: [step.name])
    }
  }

  private static let first = """
    -- One leaf of the audit log each. `detail` is what must stay erasable; the leaf holds its
    -- salted commitment.
    CREATE TABLE audit(
      seq INTEGER PRIMARY KEY, leaf BLOB NOT NULL, detail BLOB, salt BLOB) STRICT;
    -- Roots of complete subtrees of 256, 65,536, ... leaves.
    CREATE TABLE tile(
      level INTEGER NOT NULL, idx INTEGER NOT NULL, hash BLOB NOT NULL,
      PRIMARY KEY(level, idx)) STRICT, WITHOUT ROWID;
    CREATE TABLE deadline(
      kind TEXT NOT NULL, subject TEXT NOT NULL, due INTEGER NOT NULL, fire_at INTEGER NOT NULL,
      attempts INTEGER NOT NULL, payload BLOB NOT NULL,
      PRIMARY KEY(kind, subject)) STRICT, WITHOUT ROWID;
    CREATE INDEX deadline_fire_at ON deadline(fire_at);
    CREATE TABLE event(
      seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL,
      payload BLOB NOT NULL) STRICT;
    -- In the order of arrival: keys may be random, results are long.
    CREATE TABLE idempotency(
      seq INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, digest BLOB NOT NULL,
      result BLOB NOT NULL, at INTEGER NOT NULL) STRICT;
    -- What each collection's schema required of its fields at the last opening, and which of these
    -- fields records from before may lack all the same.
    CREATE TABLE collection(
      name TEXT PRIMARY KEY NOT NULL, required TEXT NOT NULL,
      lacking TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE series(
      name TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    """

  private static let second = """
    -- What the store knows of its keys (KeyTable.Name).
    CREATE TABLE keyring(name TEXT PRIMARY KEY NOT NULL, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
    -- Wrapped keys of subjects that several records of a module share.
    CREATE TABLE subject_key(
      module TEXT NOT NULL, subject TEXT NOT NULL, wrapped BLOB NOT NULL,
      PRIMARY KEY(module, subject)) STRICT, WITHOUT ROWID;
    -- What was personal, blind and kept how long when the collection's records were last gone through.
    ALTER TABLE collection ADD COLUMN handled TEXT;
    -- 1 where the result is encrypted, because the method discloses personal data.
    ALTER TABLE idempotency ADD COLUMN personal INTEGER;
    CREATE INDEX idempotency_personal ON idempotency(personal) WHERE personal NOT NULL;
    """

  private static let third = """
    -- 1 where the method discloses personal data: its result is encrypted. 0 where the call read or wrote some and
    -- tells none, or nothing is known of that, because the call is from before. NULL where there was none, or what
    -- there was is forgotten: then digest and result are empty. A version from before would take such a key for one
    -- that was never used.
    UPDATE idempotency SET personal = 0 WHERE personal IS NULL;
    """
}
