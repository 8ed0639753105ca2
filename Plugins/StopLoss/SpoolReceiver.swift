import StationKit

/// Takes a bank's file: once, whatever order files come in.
struct SpoolReceiver: Sendable {
  let steps: StopSteps

  /// What a file led to. The raw values are stable codes.
  enum Outcome: String, Sendable, CaseIterable {
    /// The stop was told.
    case applied
    /// The bank is still at it.
    case noted
    /// It says nothing new: the same file, or the same answer again.
    case duplicate
    /// Dated some minutes ahead: to be tried again when its time has come.
    case later
    case refused
  }

  /// - Throws: what the stop's life cycle or rules refuse; then nothing was written.
  func receive(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    let digest = try params.string("digest")
    guard try tx.get("answer", digest) == nil else { return try taken(digest, .duplicate, context, tx) }
    let resolution: Resolution
    do {
      resolution = try Resolution(params.string("text"), zone: context.zone)
      if resolution.created > context.now {
        let rule = try steps.policy.rule(Spool.clock, on: context.now.date(in: context.zone))
        guard resolution.created <= context.now.adding(minutes: rule.int("minutes")) else {
          throw SpoolReason.inFuture
        }
        return ["outcome": .string(Outcome.later.rawValue)]
      }
      return try apply(resolution, digest, context, tx)
    } catch let reason as SpoolReason {
      let refusals = SpoolRefusals(desk: steps.policy.desk)
      return try refusals.refuse(reason, rule: nil, params, context, tx)
    }
  }

  private func apply(
    _ resolution: Resolution, _ digest: String, _ context: CallContext, _ tx: any Transaction
  ) throws -> JSONValue {
    guard let record = try tx.get("message", resolution.request), var message = SpoolMessage(record.body)
    else {
      throw SpoolReason.unknownMessage
    }
    guard message.state != .waiting, message.state != .dropped else { throw SpoolReason.notSent }
    let effect: Outcome
    if let word = try word(resolution, message) {
      if let known = message.final {
        guard known.agrees(with: word) else { throw SpoolReason.contradicts }
        effect = .duplicate
      } else {
        message.state = try SpoolLife.message.next(message.state, .answer)
        message.final = word
        message.answered = context.now
        effect = .applied
      }
    } else {
      // One that was on its way while the final word overtook it says nothing any more.
      if let final = message.final, resolution.created > final.at { throw SpoolReason.contradicts }
      message.state = try SpoolLife.message.next(message.state, .note)
      message.pending = max(message.pending ?? resolution.created, resolution.created)
      effect = message.final == nil ? .noted : .duplicate
    }
    if effect == .applied {
      _ = try steps.answered(
        stop: message.stop, answer(resolution), pointer: "/text", context, tx)
    }
    if effect != .duplicate { _ = try tx.put("message", record.id, version: record.version, message.body) }
    _ = try tx.create(
      "answer", id: digest,
      [
        "message": .string(record.id), "bank_id": .string(resolution.id), "effect": .string(effect.rawValue),
        "at": .string(resolution.created.description), "ended": .string(context.now.description),
      ])
    return try taken(digest, effect, context, tx)
  }

  /// The bank's final word; nil while it is still at it.
  private func word(_ resolution: Resolution, _ message: SpoolMessage) throws -> SpoolMessage.Final? {
    switch resolution.outcome {
    case .accepted(let amount):
      guard amount <= message.amount else { throw SpoolReason.amountAboveRequest }
      return SpoolMessage.Final(at: resolution.created, held: amount, reasons: [])
    case .refused(let reasons): return SpoolMessage.Final(at: resolution.created, held: nil, reasons: reasons)
    case .pending: return nil
    }
  }

  private func answer(_ resolution: Resolution) -> BankAnswer {
    switch resolution.outcome {
    case .accepted(let amount):
      return BankAnswer(.stopped(at: resolution.created, held: amount), reference: resolution.id)
    case .refused(let reasons):
      let mismatches = Resolution.mismatches(reasons)
      return BankAnswer(mismatches.isEmpty ? .none : .mismatch(mismatches), reference: resolution.id)
    case .pending: return BankAnswer(.none, reference: resolution.id)
    }
  }

  private func taken(
    _ digest: String, _ outcome: Outcome, _ context: CallContext, _ tx: any Transaction
  ) throws -> JSONValue {
    try SpoolRefusals(desk: steps.policy.desk).settle(digest, tx)
    return ["outcome": .string(outcome.rawValue)]
  }
}
