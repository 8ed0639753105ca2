// Calls a daemon through libjsonrpccpp's UnixDomainSocketClient, unmodified:
//   libjsonrpccpp_client SOCKET METHOD PARAMS_JSON
// prints `result JSON` or `error CODE KIND`.
#include <jsonrpccpp/client.h>
#include <jsonrpccpp/client/connectors/unixdomainsocketclient.h>

#include <iostream>
#include <memory>
#include <string>

int main(int count, char **arguments) {
  if (count != 4) return 2;
  jsonrpc::UnixDomainSocketClient connector(arguments[1]);
  jsonrpc::Client client(connector, jsonrpc::JSONRPC_CLIENT_V2);
  const std::string text = arguments[3];
  Json::Value params;
  std::string problem;
  const std::unique_ptr<Json::CharReader> reader(Json::CharReaderBuilder().newCharReader());
  if (!reader->parse(text.data(), text.data() + text.size(), &params, &problem)) {
    std::cerr << problem << '\n';
    return 2;
  }
  Json::StreamWriterBuilder writer;
  writer["indentation"] = "";
  try {
    const Json::Value result = client.CallMethod(arguments[2], params);
    std::cout << "result " << Json::writeString(writer, result) << '\n';
  } catch (jsonrpc::JsonRpcException &error) {
    std::cout << "error " << error.GetCode() << ' ' << error.GetData().get("kind", "").asString() << '\n';
  }
  return 0;
}
