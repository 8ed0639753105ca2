import StationAudit
import StationCrypto
import Testing

/// The bytes that hexadecimal digits stand for.
func hex(_ digits: String) throws -> [UInt8] {
  try #require(Hex.decode(digits))
}

/// A log of eight leaves, signed with the key of RFC 8032 section 7.1, test 1.
enum Vectors {
  static let name = "stationd.example/audit"
  static let seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
  static let verifierKey = "stationd.example/audit+6a56edb5+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea"

  static let leaves = [
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
  ]

  static let roots = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
  ]

  static let checkpoint = """
    stationd.example/audit
    8
    XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=

    """

  static let signatureLine =
    "— stationd.example/audit "
    + "albttVQHPx0JHSa/kOeTbNUNwDf85YHBUuVu9pE0Zffj8bO5P5/96n6SZf9aZa2uO88qB/9QZwDgREZOADcWXYZvGAA="

  static let note = checkpoint + "\n" + signatureLine + "\n"

  static func signer() throws -> SignerKey {
    try SignerKey(name: name, key: Ed25519.SigningKey(seed: hex(seed)))
  }

  static func leafHashes() throws -> [Digest32] {
    try leaves.map { MerkleTree.leafHash(try hex($0)) }
  }
}
