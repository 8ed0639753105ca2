#ifndef STATION_COPENSSL_SHIM_H
#define STATION_COPENSSL_SHIM_H

#include <stddef.h>
#include <stdint.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

/*
 * OpenSSL 3 deprecates the SHA256_* calls in favour of EVP. They stay here because they work on a context on
 * the stack: an EVP digest context is a heap object, and setting one up costs more than hashing a short leaf.
 * The deprecation is silenced for these few functions alone.
 */
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"

static inline void station_sha256_init(SHA256_CTX *context) {
  SHA256_Init(context);
}

static inline void station_sha256_update(SHA256_CTX *context, const void *bytes, size_t count) {
  SHA256_Update(context, bytes, count);
}

static inline void station_sha256_final(SHA256_CTX *context, void *digest) {
  SHA256_Final((unsigned char *)digest, context);
}

/* H(bytes). */
static inline void station_sha256(const void *bytes, size_t count, void *digest) {
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, bytes, count);
  SHA256_Final((unsigned char *)digest, &context);
}

/* H(prefix || bytes): a leaf of an RFC 6962 tree. */
static inline void station_sha256_prefixed(
    uint8_t prefix, const void *bytes, size_t count, void *digest) {
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, &prefix, 1);
  SHA256_Update(&context, bytes, count);
  SHA256_Final((unsigned char *)digest, &context);
}

#pragma clang diagnostic pop

#endif
