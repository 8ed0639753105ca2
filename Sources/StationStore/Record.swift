import StationKit

// GRDB has a `Record` of its own: here the word means the store's.
package typealias Record = StationKit.Record
