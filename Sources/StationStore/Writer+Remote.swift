import GRDB
import StationKit

/// What a changed set of modules is refused for.
private protocol AdoptionError: Error, CustomStringConvertible {}
extension RegistryError: AdoptionError {}
extension StoreError: AdoptionError {}

extension Writer {
  /// Hands due deadlines to the processes that their handlers are in. Each comes back as a job of its own; until
  /// then the row stays as it is, so that a crash loses nothing.
  func lend() {
    let lending = lending
    self.lending = []
    for (deadline, kind, module) in lending {
      state.lent.insert(deadline.lent)
      run(deadline, kind, module, attempt: 1)
    }
  }

  private func run(_ deadline: DueDeadline, _ kind: String, _ module: any RemoteModule, attempt: Int) {
    let now = environment.clock.now()
    let context = environment.context(
      environment.systemPrincipal, method: "deadline:\(deadline.kind)", now: now, purpose: nil, reason: nil)
    let cause = environment.ownCause(context.method)
    let call = RemoteCall(
      name: kind, work: .deadline(deadline.deadline(kind, context)), context: context, attempt: attempt)
    module.run(call) { [self] outcome in
      let remote = RemoteDeadline(outcome: outcome, attempt: attempt)
      let job = WriteJob(cause: cause, work: .fired(deadline, remote)) { [self] _ in
        if remote.runsAgain { run(deadline, kind, module, attempt: attempt + 1) }
      }
      _ = post(job, limit: .max)
      (try? outcome.get())?.posted()
    }
  }

  /// Makes a changed set of modules count: their new collections first, then the set as a whole.
  func adopt(_ change: (Registry) throws -> Registry, _ job: WriteJob) {
    let former = catalog.now
    do {
      let next = Catalog(try change(former.registry), vault: former.vault, after: former)
      let plans = next.plans(notIn: former)
      if !plans.isEmpty {
        try pool.writeWithoutTransaction { db in
          try db.inTransaction {
            for plan in plans { try plan.migrate(db) }
            return .commit
          }
          log = try Store.sealAdopted(plans, next, log, environment, db)
        }
      }
      catalog.set(next)
      state.forgetAll()
      clockChanged()
      answer([(job, .success([]))])
    } catch let error as any AdoptionError {
      answer([(job, .failure(RPCError(.conflict, Text("\(error)", zh: "模块无法注册：\(error)"))))])
    } catch {
      hooks.report("bringing the database up to changed modules: \(error)")
      answer([(job, .failure(RPCError(.unavailable)))])
    }
  }
}
