import GRDB

/// The store's own tables, as migrations: each runs once, in a transaction of its own.
enum CoreSchema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { db in
      try db.execute(
        sql: """
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
          """)
    }
    migrator.registerMigration("2") { db in
      try db.execute(
        sql: """
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
          """)
    }
    return migrator
  }
}
