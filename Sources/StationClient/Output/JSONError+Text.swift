import StationJSON

extension JSONError {
  /// Where and why, as the end of a sentence for people.
  package func text(_ language: Language) -> String {
    language.pick(description, zh: "第 \(offset) 字节处\(kind.chinese)")
  }
}

extension JSONErrorKind {
  fileprivate var chinese: String {
    switch self {
    case .unexpectedEnd: "文本不完整"
    case .byteOrderMark: "不得有字节顺序标记"
    case .expectedValue: "应为 JSON 值"
    case .expectedKey: "应为双引号中的键"
    case .expectedColon: "应为冒号"
    case .expectedComma: "应为逗号或对应的右括号"
    case .invalidLiteral: "不带引号的只能是 true、false、null"
    case .invalidNumber: "不是 JSON 数字"
    case .invalidEscape: "不是 JSON 转义"
    case .loneSurrogate: "代理对不完整"
    case .controlCharacter: "控制字符须转义"
    case .invalidUTF8: "不是 UTF-8"
    case .depth: "嵌套过深"
    case .duplicateKey: "键重复"
    case .trailingBytes: "值之后有多余内容"
    }
  }
}
