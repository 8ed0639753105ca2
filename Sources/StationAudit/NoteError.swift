/// Why a key, a note, a checkpoint or a portable proof is refused.
package enum NoteError: Error, Sendable, Hashable {
  /// Not a note: no signature block, a control character, bytes that are not UTF-8.
  case malformedNote
  /// The text of a note must end with a line feed and have no control characters.
  case malformedText
  /// A signature line is not `— name base64`.
  case malformedSignature
  /// More signature lines than `SignedNote.maximumSignatures`.
  case tooManySignatures
  /// A key name is empty or has a space or a plus.
  case malformedName
  /// A key is not written as it must be.
  case malformedKey
  /// The identifier in a key's text is not that of its key.
  case keyIDMismatch
  /// The key is for another algorithm than it must be.
  case unknownAlgorithm
  /// Two of the known keys have the same name and identifier.
  case ambiguousKey
  /// A known key's signature does not verify.
  case invalidSignature
  /// No known key has signed the note.
  case unsigned
  /// The text is not that of a checkpoint.
  case malformedCheckpoint
  /// The checkpoint is for another log than the key's.
  case wrongOrigin
  /// Not a portable proof.
  case malformedProof
  /// A line of a policy is not one that C2SP tlog-policy allows, or says what cannot be.
  case malformedPolicy(line: Int)
  /// libcrypto could not sign.
  case signingFailed
}
