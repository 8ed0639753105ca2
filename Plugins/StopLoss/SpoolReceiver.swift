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
    /// It says nothing new: the same file of the same name, or a word that the final one overtook.
    case duplicate
    /// Dated some minutes ahead: to be tried again when its time has come.
    case later
    case refused
  }

  /// - Throws: what the stop's life cycle or rules refuse; then nothing was written.
  func receive(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    let digest = try params.string("digest")
    if let known = try tx.get("answer", digest) {
      // Of this name it may be the one that was taken, where the daemon was killed before it moved it.
      guard known["name"] == nil || known["name"] == params["name"] else {
        return try refuse(.duplicate, params, context, tx)
      }
      return try taken(.duplicate, params, context, tx)
    }
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
      return try apply(resolution, digest, params, context, tx)
    } catch let reason as SpoolReason {
      return try refuse(reason, params, context, tx)
    }
  }

  private func apply(
    _ resolution: Resolution, _ digest: String, _ params: Params, _ context: CallContext,
    _ tx: any Transaction
  ) throws -> JSONValue {
    guard let record = try tx.get("message", resolution.request), var message = SpoolMessage(record.body)
    else {
      throw SpoolReason.unknownMessage
    }
    guard message.state != .waiting, message.state != .dropped else { throw SpoolReason.notSent }
    let effect: Outcome
    if let word = try word(resolution, message) {
      if let known = message.final {
        throw known.agrees(with: word) ? SpoolReason.duplicate : .contradicts
      }
      message.state = try SpoolLife.message.next(message.state, .answer)
      message.final = word
      message.answered = context.now
      effect = .applied
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
        "name": .string(try params.string("name")), "at": .string(resolution.created.description),
        "ended": .string(context.now.description),
      ])
    return try taken(effect, params, context, tx)
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

  private var refusals: SpoolRefusals { SpoolRefusals(desk: steps.policy.desk) }

  private func refuse(
    _ reason: SpoolReason, _ params: Params, _ context: CallContext, _ tx: any Transaction
  ) throws -> JSONValue {
    try refusals.refuse(reason, rule: nil, params, context, tx)
  }

  private func taken(
    _ outcome: Outcome, _ params: Params, _ context: CallContext, _ tx: any Transaction
  ) throws -> JSONValue {
    try refusals.settle(params, tx)
    return ["outcome": .string(outcome.rawValue)]
  }
}
