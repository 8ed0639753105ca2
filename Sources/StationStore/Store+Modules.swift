import StationKit

extension Store {
  /// Names a state in which no commit is under way; nil while one is.
  package var quietState: UInt64? { quiet }

  /// Runs `body` on a snapshot as a module, on a reader thread.
  package func read(
    as name: String, _ context: CallContext,
    _ body: @escaping @Sendable (any ReadTransaction) throws -> JSONValue,
    done: @escaping @Sendable (Result<JSONValue, RPCError>) -> Void
  ) {
    let posted = read(
      { [self] db, keys in
        let catalog = catalog
        guard let module = catalog.registry.modules[name] else {
          return done(.failure(RPCError(.unavailable)))
        }
        let transaction = SQLReadTransaction(
          db: db, catalog: catalog, module: module, context: context, tracksReads: false, keys: keys)
        do {
          let result = try body(transaction)
          if let error = transaction.unreadable { report("\(context.method): \(error)") }
          done(.success(result))
        } catch {
          if !(error is RPCError) { report("\(context.method): \(error)") }
          done(.failure(error as? RPCError ?? RPCError(.internalError)))
        }
      },
      failed: { [report] error in
        report("\(context.method): \(error)")
        done(.failure(RPCError(.unavailable, retryAfterMs: 1000)))
      })
    if !posted { done(.failure(RPCError(.queueFull, retryAfterMs: 100))) }
  }

  /// The number of a module's series that was given out last; 0 for none.
  package func lastNumber(
    of series: String, module: String, done: @escaping @Sendable (Result<Int, RPCError>) -> Void
  ) {
    let posted = read(
      { [report] db, _ in
        do {
          let statement = try SQL("SELECT value FROM series WHERE name = ?", on: db)
            .bind(1, "\(module)/\(series)")
          defer { statement.done() }
          done(.success(try statement.step() ? statement.int(0) : 0))
        } catch {
          report("\(module): \(error)")
          done(.failure(RPCError(.unavailable)))
        }
      }, failed: { _ in done(.failure(RPCError(.unavailable))) })
    if !posted { done(.failure(RPCError(.queueFull, retryAfterMs: 100))) }
  }

  /// Makes a changed set of modules count, once the database is up to it.
  /// - Parameter change: applied to the set that counts at that time.
  package func adopt(
    _ change: @escaping @Sendable (Registry) throws -> Registry,
    done: @escaping @Sendable (Result<Registry, RPCError>) -> Void
  ) {
    write(
      WriteJob(cause: .unrecorded, work: .adopt(change)) { [self] answer in
        done(answer.map { _ in catalog.registry })
      })
  }
}
