import StationKit
import StationXML

/// Why a file of a bank is set aside, or a message to it is not sent. The raw values are stable codes.
package enum SpoolReason: String, Error, Sendable, CaseIterable {
  // What the file is.
  case empty
  case tooLarge = "too_large"
  case notRegular = "not_regular"
  case unreadable
  case badName = "bad_name"
  case notUTF8 = "not_utf8"
  case truncated
  case notXML = "not_xml"
  case doctype
  case encoding
  case tooComplex = "too_complex"
  // What the document says.
  case otherDocument = "other_document"
  case missingElement = "missing_element"
  case repeatedElement = "repeated_element"
  case badValue = "bad_value"
  case currency
  case unknownStatus = "unknown_status"
  case inconsistent
  case amountMissing = "amount_missing"
  case inFuture = "in_future"
  // What is known of the case.
  case unknownMessage = "unknown_message"
  case notSent = "not_sent"
  case contradicts
  case duplicate
  case amountAboveRequest = "amount_above_request"
  case unknownStop = "unknown_stop"
  case stopState = "stop_state"
  case refusedByRule = "refused_by_rule"
  case notApplied = "not_applied"
  // Why a message did not leave.
  case noBank = "no_bank"
  case notWritable = "not_writable"
  case stopMovedOn = "stop_moved_on"
  case gone

  package init(_ error: XMLError) {
    self =
      switch error {
      case .tooLarge: .tooLarge
      case .notUTF8: .notUTF8
      case .encoding: .encoding
      case .doctype: .doctype
      case .tooComplex: .tooComplex
      case .truncated: .truncated
      case .instruction, .malformed, .character, .mixed: .notXML
      }
  }

  /// Where the module's life cycle or rules refused what a file says.
  package init(_ error: RPCError) {
    self =
      switch error.kind {
      case .notFound: .unknownStop
      case .wrongState: .stopState
      case .refusedByRule: .refusedByRule
      default: .notApplied
      }
  }

  /// What it means, without anything of the file.
  package var text: Text {
    switch self {
    case .empty: Text("The file is empty", zh: "文件为空")
    case .tooLarge: Text("The file is larger than 256 KiB", zh: "文件超过 256 KiB")
    case .notRegular: Text("Not a regular file", zh: "不是普通文件")
    case .unreadable: Text("The daemon may not read the file", zh: "守护进程无权读取该文件")
    case .badName:
      Text(
        "The name has other characters than letters, digits, '.', '_' and '-', more than 128 of them, or an ID, card or mobile number",
        zh: "文件名含有字母、数字、“.”“_”“-”以外的字符，超过 128 个字符，或含公民身份号码、银行卡号、手机号码")
    case .notUTF8: Text("The content is not UTF-8", zh: "内容不是 UTF-8 编码")
    case .truncated: Text("The file ends before the document is complete", zh: "文件不完整，文档在结束前中断")
    case .notXML: Text("Not well-formed XML", zh: "不是格式正确的 XML")
    case .doctype: Text("It has a document type declaration", zh: "含有文档类型声明（DOCTYPE）")
    case .encoding:
      Text(
        "It declares another encoding than UTF-8, or another XML than 1.0", zh: "声明的编码不是 UTF-8，或不是 XML 1.0")
    case .tooComplex: Text("It has too many elements, attributes or levels", zh: "元素、属性或层级过多")
    case .otherDocument: Text("Not a camt.029 of versions 09 to 14", zh: "不是 camt.029（09 至 14 版）")
    case .missingElement: Text("An element that is needed is missing", zh: "缺少必需的元素")
    case .repeatedElement: Text("An element is there twice", zh: "元素重复")
    case .badValue: Text("A value has not the form that it must have", zh: "元素值格式不符")
    case .currency: Text("An amount is not in CNY", zh: "金额币种不是人民币（CNY）")
    case .unknownStatus:
      Text("The status is not one of CNCL, PECR, RJCR, PDCR, CWFW", zh: "状态不是 CNCL、PECR、RJCR、PDCR、CWFW 之一")
    case .inconsistent: Text("Its parts contradict each other", zh: "报文内容前后矛盾")
    case .amountMissing: Text("It does not say how much is held", zh: "未说明止付金额")
    case .inFuture: Text("It is dated in the future", zh: "报文时间晚于当前时间")
    case .unknownMessage: Text("It answers a message that was never written", zh: "所应答的报文不存在")
    case .notSent: Text("It answers a message that has not left", zh: "所应答的报文尚未发出")
    case .contradicts: Text("It contradicts an answer that was taken before", zh: "与此前已受理的应答矛盾")
    case .duplicate:
      Text("It says again what was taken already", zh: "与已受理的文件或应答重复")
    case .amountAboveRequest: Text("More is held than was asked for", zh: "止付金额超过请求金额")
    case .unknownStop: Text("There is no such stop any more", zh: "对应的止付不存在")
    case .stopState: Text("The stop is in a state in which it takes no answer", zh: "止付当前状态不能受理应答")
    case .refusedByRule: Text("A rule refuses the answer", zh: "应答不符合规则")
    case .notApplied: Text("The answer could not be applied", zh: "应答无法受理")
    case .noBank: Text("The account's bank is not known", zh: "账户所属银行不详")
    case .notWritable: Text("The particulars do not fit the message", zh: "账户信息无法写入报文")
    case .stopMovedOn: Text("The stop no longer waits for its bank", zh: "止付已不再等待银行应答")
    case .gone: Text("The file is no longer there", zh: "文件已不存在")
    }
  }
}
