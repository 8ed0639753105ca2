import StationKit

/// A report that was found valid, with nothing written yet.
struct Draft {
  let station: String
  let key: String?
  let digest: String?
  let fraudType: String
  let ageBand: String
  let occurred: Instant
  let reported: Instant
  let victim: Victim
  let summary: String?
  var parties: [Party]
  let transfers: [Transfer]

  /// Places of the victim's own accounts.
  var victims: [Int] { parties.indices.filter { parties[$0].isVictim } }
}
