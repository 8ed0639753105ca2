import StationClient
import StationJSON

/// Says on standard error what went wrong, and gives the program's exit code for it.
enum Report {
  static func usage(_ error: UsageError, language: Language) -> ExitCode {
    print(ErrorText(message: error.text(language)), language: language)
    return .usage
  }

  static func failure(_ error: any Error, json: Bool, language: Language) -> ExitCode {
    switch error {
    case let error as ClientError:
      if error == .interrupted { return .ok }
      if json {
        Terminal.err(document(error).encodedString + "\n")
      } else {
        print(ErrorText(error, language: language), language: language)
      }
      return ExitCode(error)
    case let error as LogFault:
      print(ErrorText(message: error.text(language)), language: language)
      return .error
    case let error as UsageError:
      return usage(error, language: language)
    case let error as OutputFault:
      print(ErrorText(message: error.text(language)), language: language)
      return .unreachable
    default:
      print(ErrorText(message: "\(error)"), language: language)
      return .error
    }
  }

  static func print(_ text: ErrorText, language: Language) {
    Terminal.err("stationctl: \(text.message)\n")
    if let hint = text.hint { Terminal.err("  \(language.pick("hint: ", zh: "提示："))\(hint)\n") }
  }

  /// One document for programs, whatever the language of this run: the daemon's error object, or one in its form.
  private static func document(_ error: ClientError) -> JSONValue {
    if case .rpc(let error) = error { return ["error": error.json] }
    let kind: String
    switch error {
    case .unreachable, .pathTooLong: kind = "unreachable"
    case .timedOut: kind = "timed_out"
    case .closed: kind = "closed"
    default: kind = "protocol_error"
    }
    return [
      "error": [
        "message": .string(ErrorText(error, language: .en).message),
        "data": [
          "kind": .string(kind), "message_zh": .string(ErrorText(error, language: .zh).message),
        ],
      ]
    ]
  }
}
