/* SM2 and SM3 of the system's OpenSSL, for the tests beside this file.
 *
 * Each request is an operation (1 byte), the length of what follows (4 bytes, little endian), and that; each
 * answer a length and that. Lengths inside have 2 bytes, little endian.
 *
 *   H  bytes                                        the SM3 of them, 32 bytes
 *   G  k (32)                                       [k]G, 65 bytes
 *   S  d (32) public (65) length id message         a signature in DER
 *   D  d (32) public (65) e (32)                    a signature in DER over a digest
 *   V  public (65) length id length DER message     1 or 0
 *   E  public (65) length DER e (32)                1 or 0
 */
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define LARGEST (1 << 20)

static unsigned char request[LARGEST], answer[256];

static void must(int fine, const char *what) {
    if (!fine) {
        fprintf(stderr, "openssl oracle: %s\n", what);
        exit(1);
    }
}

/* What is left of the request. */
static const unsigned char *at;
static size_t left;

static const unsigned char *take(size_t length) {
    const unsigned char *taken = at;
    must(length <= left, "a request that ends early");
    at += length;
    left -= length;
    return taken;
}

static size_t take_length(void) {
    const unsigned char *two = take(2);
    return two[0] | (size_t)two[1] << 8;
}

/* A key from its public bytes and, unless NULL, its private ones; NULL if OpenSSL refuses it. */
static EVP_PKEY *key_of(const unsigned char *public, const unsigned char *d) {
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    BIGNUM *number = d ? BN_bin2bn(d, 32, NULL) : NULL;
    EVP_PKEY *key = NULL;
    must(OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "SM2", 0), "group");
    must(OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, public, 65), "public key");
    if (number) must(OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, number), "private key");
    OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
    must(parameters && context && EVP_PKEY_fromdata_init(context) == 1, "context");
    if (EVP_PKEY_fromdata(context, &key, d ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, parameters) != 1) key = NULL;
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(build);
    BN_free(number);
    return key;
}

/* A context that makes or checks signatures over messages; the id is given before it is begun. */
static EVP_MD_CTX *message_context(EVP_PKEY *key, const unsigned char *id, size_t id_length, EVP_PKEY_CTX **inner) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    *inner = EVP_PKEY_CTX_new(key, NULL);
    must(context && *inner, "context");
    must(id_length == 0 || EVP_PKEY_CTX_set1_id(*inner, id, (int)id_length) == 1, "id");
    EVP_MD_CTX_set_pkey_ctx(context, *inner);
    return context;
}

static size_t digest(void) {
    unsigned length = 0;
    must(EVP_Digest(at, left, answer, &length, EVP_sm3(), NULL) == 1, "SM3");
    return length;
}

static size_t generator_times(void) {
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_sm2);
    BIGNUM *k = BN_bin2bn(take(32), 32, NULL);
    EC_POINT *point = EC_POINT_new(group);
    must(EC_POINT_mul(group, point, k, NULL, NULL, NULL) == 1, "[k]G");
    size_t length = EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, answer, sizeof answer, NULL);
    EC_POINT_free(point);
    BN_free(k);
    EC_GROUP_free(group);
    return length;
}

static size_t sign_message(void) {
    const unsigned char *d = take(32), *public = take(65);
    size_t id_length = take_length(), length = sizeof answer;
    const unsigned char *id = take(id_length);
    EVP_PKEY *key = key_of(public, d);
    EVP_PKEY_CTX *inner;
    must(key != NULL, "a key pair is refused");
    EVP_MD_CTX *context = message_context(key, id, id_length, &inner);
    must(EVP_DigestSignInit(context, NULL, EVP_sm3(), NULL, key) == 1, "sign");
    must(EVP_DigestSign(context, answer, &length, at, left) == 1, "sign");
    EVP_MD_CTX_free(context);
    EVP_PKEY_CTX_free(inner);
    EVP_PKEY_free(key);
    return length;
}

static size_t sign_digest(void) {
    const unsigned char *d = take(32), *public = take(65);
    size_t length = sizeof answer;
    EVP_PKEY *key = key_of(public, d);
    must(key != NULL, "a key pair is refused");
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    must(EVP_PKEY_sign_init(context) == 1, "sign");
    must(EVP_PKEY_sign(context, answer, &length, take(32), 32) == 1, "sign");
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(key);
    return length;
}

static size_t verify_message(void) {
    const unsigned char *public = take(65);
    size_t id_length = take_length();
    const unsigned char *id = take(id_length);
    size_t der_length = take_length();
    const unsigned char *der = take(der_length);
    EVP_PKEY *key = key_of(public, NULL);
    answer[0] = 0;
    if (key) {
        EVP_PKEY_CTX *inner;
        EVP_MD_CTX *context = message_context(key, id, id_length, &inner);
        must(EVP_DigestVerifyInit(context, NULL, EVP_sm3(), NULL, key) == 1, "verify");
        answer[0] = EVP_DigestVerify(context, der, der_length, at, left) == 1;
        EVP_MD_CTX_free(context);
        EVP_PKEY_CTX_free(inner);
        EVP_PKEY_free(key);
    }
    return 1;
}

static size_t verify_digest(void) {
    const unsigned char *public = take(65);
    size_t der_length = take_length();
    const unsigned char *der = take(der_length);
    EVP_PKEY *key = key_of(public, NULL);
    answer[0] = 0;
    if (key) {
        EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
        must(EVP_PKEY_verify_init(context) == 1, "verify");
        answer[0] = EVP_PKEY_verify(context, der, der_length, take(32), 32) == 1;
        EVP_PKEY_CTX_free(context);
        EVP_PKEY_free(key);
    }
    return 1;
}

int main(void) {
    unsigned char head[5];
    while (fread(head, 1, sizeof head, stdin) == sizeof head) {
        size_t length;
        left = head[1] | (size_t)head[2] << 8 | (size_t)head[3] << 16 | (size_t)head[4] << 24;
        must(left <= LARGEST, "a request that is too long");
        must(fread(request, 1, left, stdin) == left, "a request that ends early");
        at = request;
        switch (head[0]) {
        case 'H': length = digest(); break;
        case 'G': length = generator_times(); break;
        case 'S': length = sign_message(); break;
        case 'D': length = sign_digest(); break;
        case 'V': length = verify_message(); break;
        case 'E': length = verify_digest(); break;
        default: must(0, "an operation that is not known"); return 1;
        }
        unsigned char out[4] = {(unsigned char)length, (unsigned char)(length >> 8), 0, 0};
        must(fwrite(out, 1, 4, stdout) == 4 && fwrite(answer, 1, length, stdout) == length, "output");
        must(fflush(stdout) == 0, "output");
    }
    return 0;
}
