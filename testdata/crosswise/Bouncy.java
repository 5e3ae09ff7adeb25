import java.io.*;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.security.*;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.*;
import org.bouncycastle.asn1.*;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.gm.GMObjectIdentifiers;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.*;
import org.bouncycastle.cert.*;
import org.bouncycastle.cert.jcajce.*;
import org.bouncycastle.cms.*;
import org.bouncycastle.cms.jcajce.*;
import org.bouncycastle.crypto.engines.SM4Engine;
import org.bouncycastle.jcajce.spec.SM2ParameterSpec;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.*;
import org.bouncycastle.operator.*;
import org.bouncycastle.operator.jcajce.*;
import org.bouncycastle.pkcs.*;
import org.bouncycastle.pkcs.jcajce.*;
import org.bouncycastle.util.CollectionStore;

/**
 * Makes and reads SM2 files with BouncyCastle.
 *
 *   Bouncy make DIR CONTENT PASSWORDFILE
 *   Bouncy read LIST PASSWORDFILE
 *   Bouncy version
 *
 * The files that are made and the lines of LIST and of the answer are described in README.md.
 */
public class Bouncy {
    static final String BC = "BC";
    static final ASN1ObjectIdentifier GM_DATA = new ASN1ObjectIdentifier("1.2.156.10197.6.1.4.2.1");
    static final ASN1ObjectIdentifier GM_SIGNED = new ASN1ObjectIdentifier("1.2.156.10197.6.1.4.2.2");
    static final long HOUR = 3_600_000L, DAY = 24 * HOUR;

    public static void main(String[] arguments) throws Exception {
        BouncyCastleProvider provider = new BouncyCastleProvider();
        Security.addProvider(provider);
        if (arguments.length == 4 && arguments[0].equals("make")) {
            new Maker(Path.of(arguments[1])).all(Files.readAllBytes(Path.of(arguments[2])), password(arguments[3]));
        } else if (arguments.length == 3 && arguments[0].equals("read")) {
            PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
            for (String line : Files.readAllLines(Path.of(arguments[1]))) {
                out.println(new Row(line.split("\t", -1)).answer(password(arguments[2])));
            }
        } else if (arguments.length == 1 && arguments[0].equals("version")) {
            System.out.println(provider.getVersionStr());
        } else {
            System.err.println("usage: Bouncy make DIR CONTENT PASSWORDFILE | read LIST PASSWORDFILE | version");
            System.exit(2);
        }
    }

    static char[] password(String file) throws IOException {
        return Files.readString(Path.of(file)).toCharArray();
    }

    // --- making

    record Identity(KeyPair keys, X509CertificateHolder certificate) {
        PrivateKey key() {
            return keys.getPrivate();
        }
    }

    static ContentSigner signer(PrivateKey key) throws OperatorCreationException {
        return new JcaContentSignerBuilder("SM3withSM2").setProvider(BC).build(key);
    }

    static String pem(String label, byte[] der) {
        String text = Base64.getMimeEncoder(64, "\n".getBytes()).encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + text + "\n-----END " + label + "-----\n";
    }

    static class Maker {
        final Path dir;
        final StringBuilder manifest = new StringBuilder();
        final Date now = new Date();

        Maker(Path dir) {
            this.dir = dir;
        }

        void write(String name, String format, byte[] data) throws IOException {
            Files.write(dir.resolve(name), data);
            if (format != null) manifest.append(name).append('\t').append(format).append('\n');
        }

        Date in(long milliseconds) {
            return new Date(now.getTime() + milliseconds);
        }

        void all(byte[] content, char[] password) throws Exception {
            Identity root = issue("root", 1, null, true);
            Identity sub = issue("sub", 2, root, true);
            Identity leaf = issue("leaf", 3, sub, false);
            issue("other", 4, sub, false);
            crl(sub);
            byte[] request = new JcaPKCS10CertificationRequestBuilder(name("leaf"), leaf.keys.getPublic())
                .build(signer(leaf.key())).getEncoded();
            write("leaf.csr", "request", request);
            signatures(leaf, content);
            keys(leaf, sub, password);
            for (boolean attributes : new boolean[] {false, true}) {
                for (boolean attached : new boolean[] {false, true}) {
                    signedData(leaf, content, attributes, attached);
                }
            }
            Files.writeString(dir.resolve("manifest.tsv"), manifest.toString());
        }

        X500Name name(String text) {
            return new X500Name("C=CN,O=交叉验证,CN=BouncyCastle " + text);
        }

        Identity issue(String text, long serial, Identity issuer, boolean ca) throws Exception {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", BC);
            generator.initialize(new ECGenParameterSpec("sm2p256v1"));
            KeyPair keys = generator.generateKeyPair();
            PublicKey above = issuer == null ? keys.getPublic() : issuer.keys.getPublic();
            X500Name by = issuer == null ? name(text) : issuer.certificate.getSubject();
            JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
            int usage = ca ? KeyUsage.keyCertSign | KeyUsage.cRLSign : KeyUsage.digitalSignature | KeyUsage.nonRepudiation;
            X509CertificateHolder certificate = new JcaX509v3CertificateBuilder(
                    by, BigInteger.valueOf(serial), in(-HOUR), in(365 * DAY), name(text), keys.getPublic())
                .addExtension(Extension.basicConstraints, ca, new BasicConstraints(ca))
                .addExtension(Extension.keyUsage, true, new KeyUsage(usage))
                .addExtension(Extension.subjectKeyIdentifier, false, ids.createSubjectKeyIdentifier(keys.getPublic()))
                .addExtension(Extension.authorityKeyIdentifier, false, ids.createAuthorityKeyIdentifier(above))
                .build(signer(issuer == null ? keys.getPrivate() : issuer.key()));
            write(text + ".crt", text.equals("leaf") ? "certificate" : null,
                pem("CERTIFICATE", certificate.getEncoded()).getBytes());
            return new Identity(keys, certificate);
        }

        void crl(Identity sub) throws Exception {
            X509v2CRLBuilder list = new X509v2CRLBuilder(sub.certificate.getSubject(), in(-HOUR));
            list.setNextUpdate(in(30 * DAY));
            list.addCRLEntry(BigInteger.valueOf(4), in(-2 * HOUR), CRLReason.keyCompromise);
            list.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(7)));
            list.addExtension(Extension.authorityKeyIdentifier, false,
                new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(sub.keys.getPublic()));
            write("sub.crl", "crl-v2", list.build(signer(sub.key())).getEncoded());

            // BouncyCastle has no builder for version 1, but encodes and signs what it is given.
            V2TBSCertListGenerator old = new V2TBSCertListGenerator();
            old.setIssuer(sub.certificate.getSubject());
            old.setThisUpdate(new Time(in(-HOUR)));
            old.setNextUpdate(new Time(in(30 * DAY)));
            ContentSigner signer = signer(sub.key());
            old.setSignature(signer.getAlgorithmIdentifier());
            old.addCRLEntry(new ASN1Integer(4), new Time(in(-2 * HOUR)), 0);
            ASN1EncodableVector fields = new ASN1EncodableVector();
            ASN1Sequence two = (ASN1Sequence) old.generateTBSCertList().toASN1Primitive();
            for (int i = 1; i < two.size(); i++) fields.add(two.getObjectAt(i));
            ASN1Sequence one = new DERSequence(fields);
            signer.getOutputStream().write(one.getEncoded(ASN1Encoding.DER));
            byte[] crl = new DERSequence(new ASN1Encodable[] {
                one, signer.getAlgorithmIdentifier(), new DERBitString(signer.getSignature())}).getEncoded();
            write("sub-v1.crl", "crl-v1", crl);
        }

        void signatures(Identity leaf, byte[] content) throws Exception {
            Signature maker = Signature.getInstance("SM3withSM2", BC);
            maker.initSign(leaf.key());
            maker.update(content);
            byte[] der = maker.sign();
            write("signature.der", "raw-der", der);
            ASN1Sequence pair = ASN1Sequence.getInstance(der);
            byte[] raw = new byte[64];
            for (int i = 0; i < 2; i++) {
                byte[] number = ASN1Integer.getInstance(pair.getObjectAt(i)).getPositiveValue().toByteArray();
                int length = Math.min(number.length, 32);
                System.arraycopy(number, number.length - length, raw, 32 * i + 32 - length, length);
            }
            write("signature.rs", "raw-rs", raw);
        }

        void keys(Identity leaf, Identity sub, char[] password) throws Exception {
            PrivateKeyInfo info = PrivateKeyInfo.getInstance(leaf.key().getEncoded());
            write("key.p8", "key-pkcs8", info.getEncoded());
            write("key.sec1", "key-sec1", info.parsePrivateKey().toASN1Primitive().getEncoded());
            OutputEncryptor encryptor = new JceOpenSSLPKCS8EncryptorBuilder(NISTObjectIdentifiers.id_aes256_CBC)
                .setProvider(BC).setPassword(password)
                .setPRF(new AlgorithmIdentifier(PKCSObjectIdentifiers.id_hmacWithSHA256, DERNull.INSTANCE)).build();
            PKCS8EncryptedPrivateKeyInfoBuilder builder = new JcaPKCS8EncryptedPrivateKeyInfoBuilder(leaf.key());
            write("key-aes-sha256.p8e", "key-aes-sha256", builder.build(encryptor).getEncoded());
            write("key-sm4-sm3.p8e", "key-sm4-sm3", sm4(info, password));

            KeyStore store = KeyStore.getInstance("PKCS12", BC);
            store.load(null, null);
            JcaX509CertificateConverter converter = new JcaX509CertificateConverter().setProvider(BC);
            X509Certificate[] chain = {converter.getCertificate(leaf.certificate), converter.getCertificate(sub.certificate)};
            store.setKeyEntry("leaf", leaf.key(), null, chain);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            store.store(out, password);
            write("key-ber.p12", "key-pkcs12-legacy", out.toByteArray());
            write("key.p12", "key-pkcs12-legacy", pkcs12(leaf, sub, password));
        }

        /** PBES2 with SM4 and HMAC-SM3, put together from BouncyCastle's parts: its builders stop at AES. */
        byte[] sm4(PrivateKeyInfo info, char[] password) throws Exception {
            byte[] salt = new byte[16], iv = new byte[16];
            new SecureRandom().nextBytes(salt);
            new SecureRandom().nextBytes(iv);
            var derive = new org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator(
                new org.bouncycastle.crypto.digests.SM3Digest());
            derive.init(org.bouncycastle.crypto.PBEParametersGenerator.PKCS5PasswordToUTF8Bytes(password), salt, 2048);
            var cipher = new org.bouncycastle.crypto.paddings.PaddedBufferedBlockCipher(
                new org.bouncycastle.crypto.modes.CBCBlockCipher(new SM4Engine()));
            cipher.init(true, new org.bouncycastle.crypto.params.ParametersWithIV(derive.generateDerivedParameters(128), iv));
            byte[] plain = info.getEncoded(), encrypted = new byte[cipher.getOutputSize(plain.length)];
            int done = cipher.processBytes(plain, 0, plain.length, encrypted, 0);
            cipher.doFinal(encrypted, done);
            var kdf = new org.bouncycastle.asn1.pkcs.KeyDerivationFunc(PKCSObjectIdentifiers.id_PBKDF2,
                new org.bouncycastle.asn1.pkcs.PBKDF2Params(salt, 2048, 16, new AlgorithmIdentifier(GMObjectIdentifiers.hmac_sm3)));
            var scheme = new org.bouncycastle.asn1.pkcs.EncryptionScheme(GMObjectIdentifiers.sms4_cbc, new DEROctetString(iv));
            var parameters = new org.bouncycastle.asn1.pkcs.PBES2Parameters(kdf, scheme);
            return new org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo(
                new AlgorithmIdentifier(PKCSObjectIdentifiers.id_PBES2, parameters), encrypted).getEncoded();
        }

        /** What the builders of bcpkix make: 3DES for the key, 40 bit RC2 for the certificates, definite lengths. */
        byte[] pkcs12(Identity leaf, Identity sub, char[] password) throws Exception {
            byte[] id = new JcaX509ExtensionUtils().createSubjectKeyIdentifier(leaf.keys.getPublic()).getKeyIdentifier();
            PKCS12SafeBagBuilder key = new JcaPKCS12SafeBagBuilder(leaf.key(), new JcePKCSPBEOutputEncryptorBuilder(
                PKCSObjectIdentifiers.pbeWithSHAAnd3_KeyTripleDES_CBC).setProvider(BC).build(password));
            key.addBagAttribute(PKCSObjectIdentifiers.pkcs_9_at_localKeyId, new DEROctetString(id));
            PKCS12SafeBagBuilder own = new PKCS12SafeBagBuilder(leaf.certificate);
            own.addBagAttribute(PKCSObjectIdentifiers.pkcs_9_at_localKeyId, new DEROctetString(id));
            PKCS12PfxPduBuilder pfx = new PKCS12PfxPduBuilder();
            pfx.addData(key.build());
            pfx.addEncryptedData(
                new JcePKCSPBEOutputEncryptorBuilder(PKCSObjectIdentifiers.pbeWithSHAAnd40BitRC2_CBC).setProvider(BC).build(password),
                new PKCS12SafeBag[] {own.build(), new PKCS12SafeBagBuilder(sub.certificate).build()});
            return pfx.build(new JcePKCS12MacCalculatorBuilder().setProvider(BC), password).getEncoded(ASN1Encoding.DL);
        }

        void signedData(Identity leaf, byte[] content, boolean attributes, boolean attached) throws Exception {
            String middle = attributes ? "-attributes" : "", end = attached ? "-attached" : "";
            for (boolean gm : new boolean[] {false, true}) {
                CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
                JcaSignerInfoGeneratorBuilder signer = new JcaSignerInfoGeneratorBuilder(
                    new JcaDigestCalculatorProviderBuilder().setProvider(BC).build());
                signer.setDirectSignature(!attributes);
                generator.addSignerInfoGenerator(signer.build(signer(leaf.key()), leaf.certificate));
                generator.addCertificates(new CollectionStore<>(List.of(leaf.certificate)));
                CMSTypedData data = new CMSProcessableByteArray(gm ? GM_DATA : PKCSObjectIdentifiers.data, content);
                ContentInfo made = generator.generate(data, attached).toASN1Structure();
                // The outer type is fixed in BouncyCastle; products that build on it put the GM one there.
                ContentInfo outer = new ContentInfo(gm ? GM_SIGNED : made.getContentType(), made.getContent());
                String format = (gm ? "sd-gm-501" : "sd-pkcs-501") + middle + end;
                write(format + ".p7", format, outer.getEncoded(ASN1Encoding.DER));
            }
        }
    }

    // --- reading

    static class Unknown extends Exception {
        static final long serialVersionUID = 1;
    }

    record Row(String id, String format, Path dir, String file, String content, String userId) {
        Row(String[] f) {
            this(f[0], f[1], Path.of(f[2]), f[3], f[4], f[5]);
        }

        String answer(char[] password) {
            try {
                read(password);
                return id + "\tok\t";
            } catch (Unknown e) {
                return id + "\tunknown\t";
            } catch (Exception e) {
                return id + "\trefused\t" + e.toString().replaceAll("\\s+", " ");
            }
        }

        byte[] decoded(String name) throws IOException {
            byte[] data = Files.readAllBytes(dir.resolve(name));
            String text = new String(data, StandardCharsets.ISO_8859_1);
            if (!text.startsWith("-----BEGIN")) return data;
            return Base64.getMimeDecoder().decode(text.replaceAll("-----[^-]*-----", ""));
        }

        X509CertificateHolder certificate(String name) throws Exception {
            return new X509CertificateHolder(decoded(name));
        }

        PublicKey key(X509CertificateHolder certificate) throws Exception {
            return new JcaX509CertificateConverter().setProvider(BC).getCertificate(certificate).getPublicKey();
        }

        ContentVerifierProvider verifier(X509CertificateHolder certificate) throws Exception {
            return new JcaContentVerifierProviderBuilder().setProvider(BC).build(certificate);
        }

        void check(boolean good, String why) {
            if (!good) throw new IllegalArgumentException(why);
        }

        void read(char[] password) throws Exception {
            byte[] data = decoded(file);
            // BouncyCastle's own readers take the first element and leave the rest.
            if (!format.equals("raw-rs")) ASN1Primitive.fromByteArray(data);
            X509CertificateHolder leaf = certificate("leaf.crt"), sub = certificate("sub.crt");
            if (format.equals("certificate")) {
                path(List.of(new X509CertificateHolder(data), sub), certificate("root.crt"), null);
            } else if (format.startsWith("crl-")) {
                X509CRLHolder list = new X509CRLHolder(data);
                check(list.isSignatureValid(verifier(sub)), "signature");
                check(list.getRevokedCertificates().size() == 1, "entries");
                path(List.of(leaf), sub, list);
                try {
                    path(List.of(certificate("other.crt")), sub, list);
                } catch (CertPathValidatorException revoked) {
                    check(revoked.getMessage().contains("revocation"), revoked.toString());
                    return;
                }
                check(false, "other is not revoked");
            } else if (format.equals("request")) {
                JcaPKCS10CertificationRequest request = new JcaPKCS10CertificationRequest(data).setProvider(BC);
                check(request.isSignatureValid(new JcaContentVerifierProviderBuilder().setProvider(BC)
                    .build(request.getPublicKey())), "signature");
                check(request.getPublicKey().equals(key(leaf)), "another key");
            } else if (format.startsWith("key-")) {
                readKey(data, password, leaf);
            } else if (format.startsWith("raw-")) {
                byte[] der = data;
                if (format.equals("raw-rs")) {
                    check(data.length == 64, "not 64 bytes");
                    der = new DERSequence(new ASN1Encodable[] {
                        new ASN1Integer(new BigInteger(1, Arrays.copyOfRange(data, 0, 32))),
                        new ASN1Integer(new BigInteger(1, Arrays.copyOfRange(data, 32, 64)))}).getEncoded();
                }
                Signature reader = Signature.getInstance("SM3withSM2", BC);
                reader.setParameter(new SM2ParameterSpec(userId.getBytes(StandardCharsets.UTF_8)));
                reader.initVerify(key(leaf));
                reader.update(Files.readAllBytes(Path.of(content)));
                check(reader.verify(der), "signature");
            } else if (format.startsWith("sd-")) {
                readSignedData(data, Files.readAllBytes(Path.of(content)), sub);
            } else {
                throw new Unknown();
            }
        }

        /** A path under an anchor (RFC 5280 6.1), and what a CRL says about it. */
        void path(List<X509CertificateHolder> certificates, X509CertificateHolder anchor, X509CRLHolder list)
                throws Exception {
            JcaX509CertificateConverter converter = new JcaX509CertificateConverter().setProvider(BC);
            List<X509Certificate> path = new ArrayList<>();
            for (X509CertificateHolder certificate : certificates) path.add(converter.getCertificate(certificate));
            PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(converter.getCertificate(anchor), null)));
            parameters.setRevocationEnabled(list != null);
            if (list != null) {
                parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(
                    List.of(new JcaX509CRLConverter().setProvider(BC).getCRL(list))), BC));
            }
            CertPath whole = CertificateFactory.getInstance("X.509", BC).generateCertPath(path);
            CertPathValidator.getInstance("PKIX", BC).validate(whole, parameters);
        }

        void readKey(byte[] data, char[] password, X509CertificateHolder leaf) throws Exception {
            PrivateKeyInfo info;
            switch (format) {
                case "key-pkcs8" -> info = PrivateKeyInfo.getInstance(data);
                case "key-sec1" -> {
                    String text = pem("EC PRIVATE KEY", data);
                    info = ((PEMKeyPair) new PEMParser(new StringReader(text)).readObject()).getPrivateKeyInfo();
                }
                case "key-aes-sha256", "key-aes-sha1", "key-sm4-sha256", "key-sm4-sm3" -> info = new PKCS8EncryptedPrivateKeyInfo(data).decryptPrivateKeyInfo(
                    new JcePKCSPBEInputDecryptorProviderBuilder().setProvider(BC).build(password));
                case "key-pkcs12", "key-pkcs12-legacy", "key-pkcs12-sm4", "key-pkcs12-sm3" -> {
                    KeyStore store = KeyStore.getInstance("PKCS12", BC);
                    store.load(new ByteArrayInputStream(data), password);
                    String alias = null;
                    for (String name : Collections.list(store.aliases())) if (store.isKeyEntry(name)) alias = name;
                    check(alias != null, "no key");
                    check(Arrays.equals(store.getCertificate(alias).getEncoded(), leaf.getEncoded()), "another certificate");
                    info = PrivateKeyInfo.getInstance(store.getKey(alias, password).getEncoded());
                }
                default -> throw new Unknown();
            }
            PrivateKey own = new JcaPEMKeyConverter().setProvider(BC).getPrivateKey(info);
            Signature pair = Signature.getInstance("SM3withSM2", BC);
            pair.initSign(own);
            byte[] signature = pair.sign();
            pair.initVerify(key(leaf));
            check(pair.verify(signature), "another key");
        }

        void readSignedData(byte[] data, byte[] content, X509CertificateHolder sub) throws Exception {
            ContentInfo outer = ContentInfo.getInstance(data);
            boolean gm = outer.getContentType().equals(GM_SIGNED);
            check(gm || outer.getContentType().equals(PKCSObjectIdentifiers.signedData), "outer type");
            ContentInfo plain = new ContentInfo(PKCSObjectIdentifiers.signedData, outer.getContent());
            var inner = org.bouncycastle.asn1.cms.SignedData.getInstance(plain.getContent()).getEncapContentInfo();
            check(inner.getContentType().equals(gm ? GM_DATA : PKCSObjectIdentifiers.data), "inner type");
            CMSSignedData signed;
            if (inner.getContent() == null) {
                signed = new CMSSignedData(new CMSProcessableByteArray(inner.getContentType(), content), plain);
            } else {
                check(Arrays.equals(ASN1OctetString.getInstance(inner.getContent()).getOctets(), content), "another content");
                signed = new CMSSignedData(plain);
            }
            Collection<SignerInformation> signers = signed.getSignerInfos().getSigners();
            check(signers.size() == 1, "not one signer");
            SignerInformation signer = signers.iterator().next();
            @SuppressWarnings("unchecked")
            Collection<X509CertificateHolder> found = signed.getCertificates().getMatches(signer.getSID());
            check(found.size() == 1, "no certificate");
            X509CertificateHolder own = found.iterator().next();
            check(own.isSignatureValid(verifier(sub)), "certificate");
            check(signer.verify(new JcaSimpleSignerInfoVerifierBuilder().setProvider(BC).build(own)), "signature");
        }
    }
}
