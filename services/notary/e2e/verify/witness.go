package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// witness is the key of a C2SP tlog-cosignature, which x/mod does not know: the signature says when it was made.
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (w witness) Name() string    { return w.name }
func (w witness) KeyHash() uint32 { return w.hash }

func (w witness) Verify(message, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(signature), message)
	return ed25519.Verify(w.key, []byte(signed), signature[8:])
}

func newWitness(vkey string) (witness, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return witness{}, fmt.Errorf("%q is no verifier key", vkey)
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 1+ed25519.PublicKeySize || key[0] != 4 {
		return witness{}, fmt.Errorf("%q is no verifier key of a witness", vkey)
	}
	digest := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	hash := binary.BigEndian.Uint32(digest[:])
	if fmt.Sprintf("%08x", hash) != parts[1] {
		return witness{}, fmt.Errorf("%q is mistyped", vkey)
	}
	return witness{parts[0], hash, key[1:]}, nil
}

// checkWitness checks that the witness has signed the checkpoint; with no key there is none to ask for.
func checkWitness(checkpoint []byte, vkey string) error {
	if vkey == "" {
		return nil
	}
	key, err := newWitness(vkey)
	if err != nil {
		return err
	}
	if _, err := note.Open(checkpoint, note.VerifierList(key)); err != nil {
		return fmt.Errorf("checkpoint: %s has not signed it: %w", key.name, err)
	}
	return nil
}
