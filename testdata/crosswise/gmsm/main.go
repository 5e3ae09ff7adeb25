// Command gmsm makes and reads SM2 files with github.com/emmansun/gmsm.
//
//	gmsm make DIR CONTENT PASSWORDFILE
//	gmsm read LIST PASSWORDFILE
//
// The files that are made and the lines of LIST and of the answer are described in ../README.md.
package main

import (
	"bufio"
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/emmansun/gmsm/cfca"
	"github.com/emmansun/gmsm/pkcs"
	"github.com/emmansun/gmsm/pkcs7"
	"github.com/emmansun/gmsm/pkcs8"
	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
)

var errNotKnown = errors.New("gmsm has no such format")

func main() {
	var err error
	switch {
	case len(os.Args) == 5 && os.Args[1] == "make":
		err = makeAll(os.Args[2], os.Args[3], os.Args[4])
	case len(os.Args) == 4 && os.Args[1] == "read":
		err = readAll(os.Args[2], os.Args[3])
	default:
		err = errors.New("usage: gmsm make DIR CONTENT PASSWORDFILE | gmsm read LIST PASSWORDFILE")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// --- making

type identity struct {
	key         *sm2.PrivateKey
	certificate *smx509.Certificate
}

type maker struct {
	dir      string
	manifest *os.File
}

// write stores a file and names it in the manifest: file, format.
func (m maker) write(name, format string, data []byte, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := os.WriteFile(filepath.Join(m.dir, name), data, 0o600); err != nil {
		return err
	}
	if format != "" {
		_, err = fmt.Fprintf(m.manifest, "%s\t%s\n", name, format)
	}
	return err
}

func makeAll(dir, contentFile, passwordFile string) error {
	password, err := os.ReadFile(passwordFile)
	if err != nil {
		return err
	}
	content, err := os.ReadFile(contentFile)
	if err != nil {
		return err
	}
	manifest, err := os.Create(filepath.Join(dir, "manifest.tsv"))
	if err != nil {
		return err
	}
	defer manifest.Close()
	m := maker{dir, manifest}
	leaf, err := m.tree()
	if err != nil {
		return err
	}
	for _, step := range []func() error{
		func() error { return m.signatures(leaf, content) },
		func() error { return m.keys(leaf, password) },
		func() error { return m.signedData(leaf, content) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func subject(name string) pkix.Name {
	return pkix.Name{Country: []string{"CN"}, Organization: []string{"交叉验证"}, CommonName: "gmsm " + name}
}

func (m maker) issue(name string, serial int64, issuer *identity, ca bool) (*identity, error) {
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(serial),
		Subject:               subject(name),
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().AddDate(1, 0, 0),
		BasicConstraintsValid: true,
		IsCA:                  ca,
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
		SignatureAlgorithm:    smx509.SM2WithSM3,
	}
	if ca {
		template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	}
	parent, signer := template, key
	if issuer != nil {
		parent, signer = issuer.certificate.ToX509(), issuer.key
	}
	der, err := smx509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		return nil, err
	}
	certificate, err := smx509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	format := ""
	if name == "leaf" {
		format = "certificate"
	}
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return &identity{key, certificate}, m.write(name+".crt", format, block, nil)
}

// tree makes root, sub, leaf and another leaf which the CRL of sub revokes.
func (m maker) tree() (*identity, error) {
	root, err := m.issue("root", 1, nil, true)
	if err != nil {
		return nil, err
	}
	sub, err := m.issue("sub", 2, root, true)
	if err != nil {
		return nil, err
	}
	leaf, err := m.issue("leaf", 3, sub, false)
	if err != nil {
		return nil, err
	}
	if _, err := m.issue("other", 4, sub, false); err != nil {
		return nil, err
	}
	list := &x509.RevocationList{
		SignatureAlgorithm: smx509.SM2WithSM3,
		Number:             big.NewInt(7),
		ThisUpdate:         time.Now().Add(-time.Hour),
		NextUpdate:         time.Now().AddDate(0, 1, 0),
		RevokedCertificates: []pkix.RevokedCertificate{
			{SerialNumber: big.NewInt(4), RevocationTime: time.Now().Add(-2 * time.Hour)}},
	}
	crl, err := smx509.CreateRevocationList(rand.Reader, list, sub.certificate, sub.key)
	if err := m.write("sub.crl", "crl-v2", crl, err); err != nil {
		return nil, err
	}
	request := &x509.CertificateRequest{Subject: subject("leaf"), SignatureAlgorithm: smx509.SM2WithSM3}
	csr, err := smx509.CreateCertificateRequest(rand.Reader, request, leaf.key)
	return leaf, m.write("leaf.csr", "request", csr, err)
}

func (m maker) signatures(leaf *identity, content []byte) error {
	der, err := leaf.key.Sign(rand.Reader, content, sm2.DefaultSM2SignerOpts)
	if err := m.write("signature.der", "raw-der", der, err); err != nil {
		return err
	}
	r, s, err := sm2.SignWithSM2(rand.Reader, &leaf.key.PrivateKey, nil, content)
	if err != nil {
		return err
	}
	return m.write("signature.rs", "raw-rs", append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...), nil)
}

func (m maker) keys(leaf *identity, password []byte) error {
	plain, err := smx509.MarshalPKCS8PrivateKey(leaf.key)
	if err := m.write("key.p8", "key-pkcs8", plain, err); err != nil {
		return err
	}
	sec1, err := smx509.MarshalSM2PrivateKey(leaf.key)
	if err := m.write("key.sec1", "key-sec1", sec1, err); err != nil {
		return err
	}
	for _, form := range []struct {
		format    string
		encrypter pkcs.PBESEncrypter
	}{
		{"key-aes-sha256", pkcs.NewPBESEncrypter(pkcs.AES256CBC, pkcs.NewPBKDF2Opts(pkcs.SHA256, 16, 2048))},
		{"key-sm4-sm3", pkcs.NewPBESEncrypter(pkcs.SM4CBC, pkcs.NewPBKDF2Opts(pkcs.SM3, 16, 2048))},
	} {
		encrypted, err := pkcs8.MarshalPrivateKey(leaf.key, password, form.encrypter)
		if err := m.write(form.format+".p8e", form.format, encrypted, err); err != nil {
			return err
		}
	}
	own, err := cfca.MarshalSM2(password, leaf.key, leaf.certificate)
	return m.write("key.sm2", "key-cfca", own, err)
}

func (m maker) signedData(leaf *identity, content []byte) error {
	for _, form := range []struct {
		format     string
		gm         bool
		attributes bool
	}{
		{"sd-gm-301.1", true, false}, {"sd-gm-301.1-attributes", true, true},
		{"sd-pkcs-301.1", false, false}, {"sd-pkcs-301.1-attributes", false, true},
	} {
		for _, attached := range []bool{false, true} {
			name, format := form.format+".p7", form.format
			if attached {
				name, format = form.format+"-attached.p7", form.format+"-attached"
			}
			der, err := sign(leaf, content, form.gm, form.attributes, attached)
			if err := m.write(name, format, der, err); err != nil {
				return err
			}
		}
	}
	return nil
}

func sign(leaf *identity, content []byte, gm, attributes, attached bool) ([]byte, error) {
	start := pkcs7.NewSignedData
	if gm {
		start = pkcs7.NewSMSignedData
	}
	signed, err := start(content)
	if err != nil {
		return nil, err
	}
	signed.SetDigestAlgorithm(pkcs7.OIDDigestAlgorithmSM3)
	if attributes {
		err = signed.AddSigner(leaf.certificate, leaf.key, pkcs7.SignerInfoConfig{})
	} else {
		err = signed.SignWithoutAttr(leaf.certificate, leaf.key, pkcs7.SignerInfoConfig{})
	}
	if err != nil {
		return nil, err
	}
	if !attached {
		signed.Detach()
	}
	return signed.Finish()
}

// --- reading

type row struct{ id, format, dir, file, content, userID string }

func readAll(list, passwordFile string) error {
	password, err := os.ReadFile(passwordFile)
	if err != nil {
		return err
	}
	file, err := os.Open(list)
	if err != nil {
		return err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		f := strings.Split(lines.Text(), "\t")
		if len(f) != 6 {
			return fmt.Errorf("%s: %d columns", list, len(f))
		}
		state, why := "ok", ""
		if err := read(row{f[0], f[1], f[2], f[3], f[4], f[5]}, password); errors.Is(err, errNotKnown) {
			state = "unknown"
		} else if err != nil {
			state, why = "refused", strings.Join(strings.Fields(err.Error()), " ")
		}
		fmt.Printf("%s\t%s\t%s\n", f[0], state, why)
	}
	return lines.Err()
}

// decoded is a file's bytes, out of PEM when it is PEM.
func decoded(dir, name string) ([]byte, error) {
	data, err := os.ReadFile(filepath.Join(dir, name))
	if block, _ := pem.Decode(data); block != nil {
		return block.Bytes, err
	}
	return data, err
}

func certificate(dir, name string) (*smx509.Certificate, error) {
	der, err := decoded(dir, name)
	if err != nil {
		return nil, err
	}
	return smx509.ParseCertificate(der)
}

func read(r row, password []byte) error {
	data, err := decoded(r.dir, r.file)
	if err != nil {
		return err
	}
	leaf, err := certificate(r.dir, "leaf.crt")
	if err != nil {
		return err
	}
	switch {
	case r.format == "certificate":
		return readCertificate(r.dir, data)
	case strings.HasPrefix(r.format, "crl-"):
		return readCRL(r.dir, data)
	case r.format == "request":
		request, err := smx509.ParseCertificateRequest(data)
		if err != nil {
			return err
		}
		if !leaf.PublicKey.(*ecdsa.PublicKey).Equal(request.PublicKey) {
			return errors.New("another key")
		}
		return request.CheckSignature()
	case strings.HasPrefix(r.format, "key-"):
		return readKey(r.format, data, password, leaf)
	}
	content, err := os.ReadFile(r.content)
	if err != nil {
		return err
	}
	key := leaf.PublicKey.(*ecdsa.PublicKey)
	switch {
	case r.format == "raw-der":
		if !sm2.VerifyASN1WithSM2(key, []byte(r.userID), content, data) {
			return errors.New("signature wrong")
		}
	case r.format == "raw-rs":
		if len(data) != 64 {
			return errors.New("not 64 bytes")
		}
		r1, s1 := new(big.Int).SetBytes(data[:32]), new(big.Int).SetBytes(data[32:])
		if !sm2.VerifyWithSM2(key, []byte(r.userID), content, r1, s1) {
			return errors.New("signature wrong")
		}
	case strings.HasPrefix(r.format, "sd-"):
		return readSignedData(r.dir, data, content)
	default:
		return errNotKnown
	}
	return nil
}

func readCertificate(dir string, data []byte) error {
	root, err := certificate(dir, "root.crt")
	if err != nil {
		return err
	}
	sub, err := certificate(dir, "sub.crt")
	if err != nil {
		return err
	}
	leaf, err := smx509.ParseCertificate(data)
	if err != nil {
		return err
	}
	roots, others := smx509.NewCertPool(), smx509.NewCertPool()
	roots.AddCert(root)
	others.AddCert(sub)
	_, err = leaf.Verify(smx509.VerifyOptions{
		Roots: roots, Intermediates: others, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	return err
}

func readCRL(dir string, data []byte) error {
	sub, err := certificate(dir, "sub.crt")
	if err != nil {
		return err
	}
	list, err := smx509.ParseDERCRL(data)
	if err != nil {
		return err
	}
	if err := sub.CheckCRLSignature(list); err != nil {
		return err
	}
	found := map[int64]bool{}
	for _, entry := range list.TBSCertList.RevokedCertificates {
		found[entry.SerialNumber.Int64()] = true
	}
	if !found[4] || found[3] {
		return errors.New("should revoke 4 and not 3")
	}
	return nil
}

func readKey(format string, data, password []byte, leaf *smx509.Certificate) error {
	var key *sm2.PrivateKey
	var err error
	switch format {
	case "key-pkcs8":
		key, err = pkcs8.ParsePKCS8PrivateKeySM2(data)
	case "key-sec1":
		key, err = smx509.ParseSM2PrivateKey(data)
	case "key-aes-sha256", "key-aes-sha1", "key-sm4-sha256", "key-sm4-sm3":
		key, err = pkcs8.ParsePKCS8PrivateKeySM2(data, password)
	case "key-cfca":
		key, _, err = cfca.ParseSM2(password, data)
	default:
		return errNotKnown
	}
	if err != nil {
		return err
	}
	if !key.PublicKey.Equal(crypto.PublicKey(leaf.PublicKey)) {
		return errors.New("another key")
	}
	return nil
}

func readSignedData(dir string, data, content []byte) error {
	var outer asn1.RawValue
	if rest, err := asn1.Unmarshal(data, &outer); err != nil || len(rest) != 0 {
		return errors.New("not one element")
	}
	signed, err := pkcs7.Parse(data)
	if err != nil {
		return err
	}
	if len(signed.Content) == 0 {
		signed.Content = content
	} else if !bytes.Equal(signed.Content, content) {
		return errors.New("another content")
	}
	sub, err := certificate(dir, "sub.crt")
	if err != nil {
		return err
	}
	roots := smx509.NewCertPool()
	roots.AddCert(sub)
	return signed.VerifyWithChain(roots)
}
