import StationCalendar
import StationJSON

/// A consistent view of the store, as the module that runs may see it.
///
/// Every method throws ``RPCError``: `internal_error` for a name the module did not declare.
public protocol ReadTransaction: AnyObject {
  /// The record, or nil. The read is listed in the call's audit record.
  func get(_ collection: String, _ id: String) throws -> Record?
  /// One page along a declared index.
  func query(_ query: Query) throws -> Page
  /// How many records the query (without limit and cursor) covers.
  func count(_ query: Query) throws -> Int
  /// Every row the query covers (limit and cursor do not apply), as columns only, in index order,
  /// without loading bodies. For figures: choose an index that holds all `columns`.
  func forEach(_ query: Query, columns: [String], _ body: ([IndexValue]) throws -> Void) throws
  /// Calls a read method of another module that the module declared in `calls`.
  func call(_ method: String, _ params: JSONObject) throws -> JSONValue
}

extension ReadTransaction {
  /// All records that the query covers, read in pages of its `limit`. For what is bounded by something else.
  public func all(_ query: Query) throws -> [Record] {
    var query = query
    var records: [Record] = []
    repeat {
      let page = try self.query(query)
      records += page.records
      query.cursor = page.next
    } while query.cursor != nil
    return records
  }
}

/// A read-write transaction. All of it happens, with its audit record, or nothing.
public protocol Transaction: ReadTransaction {
  /// Stores a new record and returns it with version 1.
  /// - Parameter id: nil makes a UUIDv7 (RFC 9562, 5.7).
  /// - Throws: `already_exists` for an id or a unique index value that is taken;
  ///   `internal_error` for a body that does not fit the collection's schema.
  func create(_ collection: String, id: String?, _ body: JSONObject) throws -> Record
  /// Replaces the body.
  /// - Throws: `conflict` unless the stored version is `version`.
  func put(_ collection: String, _ id: String, version: Int, _ body: JSONObject) throws -> Record
  /// Removes the record.
  /// - Throws: `conflict` unless the stored version is `version`.
  func delete(_ collection: String, _ id: String, version: Int) throws
  /// Destroys what the module keeps about a subject: its key, every record with personal members that has this
  /// subject, and their index columns. The log and its proofs stay. A tombstone, if one is wanted, is a record
  /// of a collection without personal members.
  /// - Returns: how many records were destroyed.
  func erase(subject: String) throws -> Int
  /// The next number of a gapless series, from 1.
  func next(series: String) throws -> Int
  /// Sets the one deadline of (`kind`, `subject`), replacing an earlier one.
  /// - Throws: `invalid_params` for a subject that has not 1 to 128 bytes.
  func schedule(_ kind: String, subject: String, due: Instant, payload: JSONObject) throws
  /// Removes the deadline; nothing happens if there is none.
  func cancel(_ kind: String, subject: String) throws
  /// Emits a declared event; it is delivered once the transaction is on disk.
  func emit(_ event: String, _ payload: JSONObject) throws
}
