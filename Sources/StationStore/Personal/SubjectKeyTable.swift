import GRDB

/// Wrapped keys of subjects that several records of a module share.
enum SubjectKeyTable {
  static func find(_ module: String, _ subject: String, on db: Database) throws -> [UInt8]? {
    let statement = try SQL("SELECT wrapped FROM subject_key WHERE module = ? AND subject = ?", on: db)
    statement.bind(1, module).bind(2, subject)
    defer { statement.done() }
    return try statement.step() ? statement.blob(0) : nil
  }

  static func insert(_ module: String, _ subject: String, _ wrapped: [UInt8], on db: Database) throws {
    try SQL("INSERT INTO subject_key(module, subject, wrapped) VALUES (?, ?, ?)", on: db)
      .bind(1, module).bind(2, subject).bind(3, blob: wrapped).run()
  }

  static func delete(_ module: String, _ subject: String, on db: Database) throws {
    try SQL("DELETE FROM subject_key WHERE module = ? AND subject = ?", on: db)
      .bind(1, module).bind(2, subject).run()
  }
}
