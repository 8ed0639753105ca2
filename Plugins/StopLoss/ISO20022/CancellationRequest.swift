import StationKit
import StationXML

/// What a bank is asked: to stop what came into one account by fraud. Written as ISO 20022 camt.056 (FI to FI
/// Payment Cancellation Request), reason `FRAD`.
package struct CancellationRequest: Sendable, Hashable {
  /// Who asks.
  package struct Sender: Sendable, Hashable {
    package let code: String
    package let name: String

    package init(code: String, name: String) {
      self.code = code
      self.name = name
    }
  }

  /// The bank that has the account.
  package enum Bank: Sendable, Hashable {
    case bic(String)
    /// A member of the China National Advanced Payment System: 12 or 14 digits.
    case clearing(String)
    case other(String)
    /// Only the card is known: the first digits of its number tell the issuer (ISO/IEC 7812-1).
    case issuer(String)
  }

  /// One transfer into the account.
  package struct Item: Sendable, Hashable {
    /// nil where only the sum is known.
    package let at: Instant?
    /// In fen.
    package let amount: Int
    /// The account that it came from.
    package let from: String?
    /// The bank's number of the transaction.
    package let reference: String?

    package init(at: Instant?, amount: Int, from: String? = nil, reference: String? = nil) {
      self.at = at
      self.amount = amount
      self.from = from
      self.reference = reference
    }
  }

  /// The message's own id, at most 30 characters: what the answer has to name as its case.
  package var id: String
  package var created: Instant
  package var sender: Sender
  package var bank: Bank
  /// The stop that it is for.
  package var stop: String
  /// What is to be held, in fen.
  package var hold: Int
  package var account: String
  package var holder: String?
  package var items: [Item]

  package init(
    id: String, created: Instant, sender: Sender, bank: Bank, stop: String, hold: Int, account: String,
    holder: String?, items: [Item]
  ) {
    self.id = id
    self.created = created
    self.sender = sender
    self.bank = bank
    self.stop = stop
    self.hold = hold
    self.account = account
    self.holder = holder
    self.items = items
  }
}

extension CancellationRequest.Bank {
  /// Tells the kinds of codes apart by their form (BIC: ISO 9362).
  ///
  /// - Parameter card: the number of the account where it is a card.
  /// - Returns: nil where there is neither a code nor a card.
  package init?(code: String?, card: String?) {
    if let code, !code.isEmpty {
      let bytes = Array(code.utf8)
      if Self.isBIC(bytes) {
        self = .bic(code)
      } else if bytes.count == 12 || bytes.count == 14, bytes.allSatisfy(Self.isDigit) {
        self = .clearing(code)
      } else {
        self = .other(code)
      }
    } else if let card {
      self = .issuer(String(card.prefix(8)))
    } else {
      return nil
    }
  }

  private static func isBIC(_ bytes: [UInt8]) -> Bool {
    (bytes.count == 8 || bytes.count == 11) && bytes.allSatisfy { isDigit($0) || isLetter($0) }
      && bytes[4..<6].allSatisfy(isLetter)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
  private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }
}
