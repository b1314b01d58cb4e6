package main

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// bundle is what was exported: an archive, or the folder that it was unpacked into.
type bundle struct {
	names []string
	open  func(name string) (io.ReadCloser, error)
}

var fileName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*$`)

// header is the one header that a file of a bundle has in an archive (POSIX ustar), so that no byte of it is free.
func header(name string, size int64) []byte {
	block := make([]byte, 512)
	copy(block, name)
	copy(block[100:], "0000644\x000000000\x000000000\x00")
	if size < 1<<33 {
		copy(block[124:], fmt.Sprintf("%011o\x00", size))
	} else {
		block[124] = 0x80
		binary.BigEndian.PutUint64(block[128:], uint64(size))
	}
	copy(block[136:], "00000000000\x00        0")
	copy(block[257:], "ustar\x0000")
	copy(block[329:], "0000000\x000000000\x00")
	sum := 0
	for _, b := range block {
		sum += int(b)
	}
	copy(block[148:], fmt.Sprintf("%06o\x00 ", sum))
	return block
}

func entryOf(block []byte) (name string, size int64, ok bool) {
	name = string(bytes.TrimRight(block[:100], "\x00"))
	if block[124] == 0x80 {
		size = int64(binary.BigEndian.Uint64(block[128:]))
	} else if n, err := strconv.ParseInt(string(block[124:135]), 8, 64); err == nil {
		size = n
	} else {
		return "", 0, false
	}
	ok = size >= 0 && fileName.MatchString(name) && bytes.Equal(header(name, size), block)
	return name, size, ok
}

type section struct {
	*io.SectionReader
}

func (section) Close() error { return nil }

func openArchive(file *os.File, length int64) (*bundle, error) {
	type place struct{ start, size int64 }
	places := map[string]place{}
	found := &bundle{open: func(name string) (io.ReadCloser, error) {
		at, ok := places[name]
		if !ok {
			return nil, fmt.Errorf("%s is missing", name)
		}
		return section{io.NewSectionReader(file, at.start, at.size)}, nil
	}}
	block := make([]byte, 512)
	for at := int64(0); ; {
		if _, err := file.ReadAt(block, at); err != nil {
			return nil, fmt.Errorf("the archive is cut at byte %d", at)
		}
		if bytes.Equal(block, make([]byte, 512)) {
			if _, err := file.ReadAt(block, at+512); err != nil || !bytes.Equal(block, make([]byte, 512)) || at+1024 != length {
				return nil, fmt.Errorf("the archive does not end at byte %d", at)
			}
			return found, nil
		}
		name, size, ok := entryOf(block)
		if !ok || places[name] != (place{}) {
			return nil, fmt.Errorf("byte %d of the archive is no file of a bundle", at)
		}
		padding := make([]byte, (512-size%512)%512)
		if n, _ := file.ReadAt(padding, at+512+size); n < len(padding) || !bytes.Equal(padding, make([]byte, len(padding))) {
			return nil, fmt.Errorf("the archive is cut in %s, or has something behind it", name)
		}
		places[name] = place{at + 512, size}
		found.names = append(found.names, name)
		at += 512 + size + int64(len(padding))
	}
}

func openFolder(root string) (*bundle, error) {
	found := &bundle{open: func(name string) (io.ReadCloser, error) {
		return os.Open(filepath.Join(root, filepath.FromSlash(name)))
	}}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if !entry.Type().IsRegular() || !fileName.MatchString(name) {
			return fmt.Errorf("%s is no file of a bundle", name)
		}
		found.names = append(found.names, name)
		return nil
	})
	return found, err
}

func openBundle(path string) (*bundle, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return openFolder(path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return openArchive(file, info.Size())
}

func (b *bundle) has(name string) bool {
	for _, one := range b.names {
		if one == name {
			return true
		}
	}
	return false
}

func (b *bundle) whole(name string) ([]byte, error) {
	if !b.has(name) {
		return nil, fmt.Errorf("%s is missing", name)
	}
	file, err := b.open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(file)
}

func (b *bundle) digest(name string) (string, error) {
	file, err := b.open(name)
	if err != nil {
		return "", err
	}
	defer file.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// lines calls take with every line of the files of a folder, in the order of their names.
func (b *bundle) lines(folder, extension string, take func(line []byte) error) error {
	var names []string
	for _, name := range b.names {
		if strings.HasPrefix(name, folder+"/") && strings.HasSuffix(name, extension) {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	for _, name := range names {
		file, err := b.open(name)
		if err != nil {
			return err
		}
		reader := bufio.NewReaderSize(file, 1<<20)
		for {
			line, err := reader.ReadBytes('\n')
			if err == io.EOF && len(line) == 0 {
				break
			}
			if err != nil {
				return fmt.Errorf("%s: its last line has no end", name)
			}
			if err := take(line[:len(line)-1]); err != nil {
				return err
			}
		}
		file.Close()
	}
	return nil
}

type manifest struct {
	Origin   string `json:"origin"`
	Size     int64  `json:"size"`
	Root     string `json:"root"`
	Complete struct {
		Kind    string           `json:"kind"`
		Streams map[string]int64 `json:"streams"`
		Project string           `json:"project"`
		Leaves  int64            `json:"leaves"`
		First   int64            `json:"first"`
		End     int64            `json:"end"`
	} `json:"complete"`
	Leaves    int64 `json:"leaves"`
	Messages  int64 `json:"messages"`
	Artifacts struct {
		Included bool     `json:"included"`
		Absent   []string `json:"absent"`
	} `json:"artifacts"`
}

// openManifest checks the DSSE envelope and reads the in-toto statement in it. The envelope has one spelling only.
func openManifest(text []byte, verifier note.Verifier) (sums string, said manifest, err error) {
	var envelope struct {
		Payload     string `json:"payload"`
		PayloadType string `json:"payloadType"`
		Signatures  []struct{ KeyID, Sig string }
	}
	bad := func(why string) (string, manifest, error) {
		return "", manifest{}, fmt.Errorf("manifest.dsse.json: %s", why)
	}
	if json.Unmarshal(text, &envelope) != nil || len(envelope.Signatures) != 1 {
		return bad("it is no DSSE envelope")
	}
	signature := envelope.Signatures[0]
	body, err1 := base64.StdEncoding.Strict().DecodeString(envelope.Payload)
	sig, err2 := base64.StdEncoding.Strict().DecodeString(signature.Sig)
	again := fmt.Sprintf(`{"payload":"%s","payloadType":"application/vnd.in-toto+json","signatures":[{"keyid":"%s","sig":"%s"}]}`+"\n",
		envelope.Payload, signature.KeyID, signature.Sig)
	if err1 != nil || err2 != nil || again != string(text) {
		return bad("it is no DSSE envelope in its canonical form")
	}
	if signature.KeyID != fmt.Sprintf("%s+%08x", verifier.Name(), verifier.KeyHash()) {
		return bad("another key has signed it")
	}
	signed := fmt.Sprintf("DSSEv1 %d %s %d %s", len(envelope.PayloadType), envelope.PayloadType, len(body), body)
	if !verifier.Verify([]byte(signed), sig) {
		return bad("its signature does not hold")
	}
	var statement struct {
		Type          string `json:"_type"`
		PredicateType string `json:"predicateType"`
		Subject       []struct {
			Name   string
			Digest struct{ Sha256 string }
		}
		Predicate manifest
	}
	if json.Unmarshal(body, &statement) != nil || statement.Type != "https://in-toto.io/Statement/v1" ||
		statement.PredicateType != "urn:runledger:evidence:v1" || len(statement.Subject) != 1 || statement.Subject[0].Name != "SHA256SUMS" {
		return bad("it is no statement about evidence")
	}
	return statement.Subject[0].Digest.Sha256, statement.Predicate, nil
}

// checkFiles checks that every file is there, none besides, and each as it was signed.
func checkFiles(b *bundle, sums string) error {
	list, err := b.whole("SHA256SUMS")
	if err != nil {
		return err
	}
	if digest, _ := b.digest("SHA256SUMS"); digest != sums {
		return fmt.Errorf("SHA256SUMS is not the file that was signed")
	}
	listed := map[string]bool{"SHA256SUMS": true, "manifest.dsse.json": true}
	for _, line := range strings.Split(strings.TrimSuffix(string(list), "\n"), "\n") {
		want, name, ok := strings.Cut(line, "  ")
		if !ok || !b.has(name) {
			return fmt.Errorf("%s is missing", name)
		}
		digest, err := b.digest(name)
		if err != nil {
			return err
		}
		if digest != want || (strings.HasPrefix(name, "artifacts/") && name != "artifacts/"+digest) {
			return fmt.Errorf("%s is not the file that was signed", name)
		}
		listed[name] = true
	}
	for _, name := range b.names {
		if !listed[name] {
			return fmt.Errorf("%s was not there when the bundle was signed", name)
		}
	}
	return nil
}

// tree computes the log's root from the leaves that are here and the roots of what lies between them.
type tree struct {
	size  int64
	stack []struct {
		level int
		hash  tlog.Hash
	}
}

func (t *tree) push(level int, hash tlog.Hash) error {
	if level > 62 || t.size%(1<<level) != 0 {
		return fmt.Errorf("tree: no subtree of level %d begins at leaf %d", level, t.size)
	}
	t.size += 1 << level
	for n := len(t.stack); n > 0 && t.stack[n-1].level == level; n = len(t.stack) {
		hash = tlog.NodeHash(t.stack[n-1].hash, hash)
		t.stack = t.stack[:n-1]
		level++
	}
	t.stack = append(t.stack, struct {
		level int
		hash  tlog.Hash
	}{level, hash})
	return nil
}

func (t *tree) root() tlog.Hash {
	root := t.stack[len(t.stack)-1].hash
	for i := len(t.stack) - 2; i >= 0; i-- {
		root = tlog.NodeHash(t.stack[i].hash, root)
	}
	return root
}

type leaf struct {
	Stream        string  `json:"stream"`
	StreamSeq     int64   `json:"stream_seq"`
	Project       *string `json:"project"`
	ProjectSeq    int64   `json:"project_seq"`
	PayloadDigest string  `json:"payload_digest"`
	Segment       *struct {
		Messages int64  `json:"messages"`
		Root     string `json:"root"`
	} `json:"segment"`
}

// placed reads the leaves with their indexes, which follow from the tree, and checks the tree's root.
func placed(b *bundle, root tlog.Tree) (map[int64]leaf, []int64, error) {
	var entries [][]byte
	if err := b.lines("leaves", ".jsonl", func(line []byte) error {
		entries = append(entries, bytes.Clone(line))
		return nil
	}); err != nil {
		return nil, nil, err
	}
	leaves := map[int64]leaf{}
	var order []int64
	var grown tree
	err := b.lines("tree", ".txt", func(line []byte) error {
		fields := strings.Split(string(line), " ")
		if len(fields) == 2 && fields[0] == "leaves" {
			count, err := strconv.Atoi(fields[1])
			if err != nil || count > len(entries) {
				return fmt.Errorf("leaves: there are fewer than the tree has")
			}
			for _, entry := range entries[:count] {
				var one leaf
				if err := json.Unmarshal(entry, &one); err != nil {
					return fmt.Errorf("leaves: %w", err)
				}
				leaves[grown.size] = one
				order = append(order, grown.size)
				if err := grown.push(0, tlog.RecordHash(entry)); err != nil {
					return err
				}
			}
			entries = entries[count:]
			return nil
		}
		if len(fields) != 3 || fields[0] != "node" {
			return fmt.Errorf("tree: a line is neither leaves nor a node")
		}
		level, err1 := strconv.Atoi(fields[1])
		hash, err2 := tlog.ParseHash(fields[2])
		if err1 != nil || err2 != nil {
			return fmt.Errorf("tree: a node is none")
		}
		return grown.push(level, hash)
	})
	if err != nil {
		return nil, nil, err
	}
	if len(entries) > 0 {
		return nil, nil, fmt.Errorf("leaves: there are more than the tree has")
	}
	if grown.size != root.N || grown.size == 0 || grown.root() != root.Hash {
		return nil, nil, fmt.Errorf("tree: leaves and tree have another root than the checkpoint")
	}
	return leaves, order, nil
}

// checkPayloads checks what leaves commit to. Answers the digests of the artifacts that are named.
func checkPayloads(b *bundle, leaves map[int64]leaf) (map[string]bool, error) {
	artifacts := map[string]bool{}
	seen := map[int64]bool{}
	err := b.lines("payloads", ".jsonl", func(line []byte) error {
		var one struct {
			Index  int64           `json:"index"`
			Salt   []byte          `json:"salt"`
			Event  json.RawMessage `json:"event"` // as it is spelled: the line is canonical JSON
			Record []byte          `json:"record"`
		}
		if err := json.Unmarshal(line, &one); err != nil {
			return fmt.Errorf("payloads: %w", err)
		}
		mac := hmac.New(sha256.New, one.Salt)
		if one.Event != nil {
			mac.Write(one.Event)
		} else {
			mac.Write(one.Record)
		}
		of, ok := leaves[one.Index]
		if !ok || seen[one.Index] || hex.EncodeToString(mac.Sum(nil)) != of.PayloadDigest {
			return fmt.Errorf("payloads: that of leaf %d is not what the leaf commits to", one.Index)
		}
		seen[one.Index] = true
		var event struct {
			Type string
			Data struct{ Digest string }
		}
		if json.Unmarshal(one.Event, &event) == nil && event.Type == "artifact.stored" {
			artifacts[strings.TrimPrefix(event.Data.Digest, "sha256:")] = true
		}
		return nil
	})
	for index, of := range leaves {
		if err == nil && of.PayloadDigest != "" && !seen[index] {
			err = fmt.Errorf("payloads: that of leaf %d is missing", index)
		}
	}
	return artifacts, err
}

// checkMessages checks that messages are in their segments. Answers how many each leaf has.
func checkMessages(b *bundle, leaves map[int64]leaf) (map[int64]int64, error) {
	counts := map[int64]int64{}
	return counts, b.lines("messages", ".jsonl", func(line []byte) error {
		var one struct {
			Index, At, Size int64
			Line            string
			Proof           []tlog.Hash
			Value           []byte
		}
		if err := json.Unmarshal(line, &one); err != nil {
			return fmt.Errorf("messages: %w", err)
		}
		segment := leaves[one.Index].Segment
		if segment == nil || one.Size != segment.Messages {
			return fmt.Errorf("messages: leaf %d is no such segment", one.Index)
		}
		root, err := hex.DecodeString(segment.Root)
		if err != nil || len(root) != tlog.HashSize {
			return fmt.Errorf("messages: leaf %d has no root", one.Index)
		}
		if err := tlog.CheckRecord(one.Proof, one.Size, tlog.Hash(root), one.At, tlog.RecordHash([]byte(one.Line))); err != nil {
			return fmt.Errorf("messages: line %d of leaf %d: %w", one.At, one.Index, err)
		}
		var said struct{ Digest string }
		digest := sha256.Sum256(one.Value)
		if json.Unmarshal([]byte(one.Line), &said) != nil || said.Digest != hex.EncodeToString(digest[:]) {
			return fmt.Errorf("messages: message %d of leaf %d is not that of its line", one.At, one.Index)
		}
		counts[one.Index]++
		return nil
	})
}

// checkComplete checks that nothing is left out between the leaves, nor behind the last one that the manifest counts.
func checkComplete(said manifest, leaves map[int64]leaf, order []int64, messages map[int64]int64) error {
	streams := map[string]int64{}
	project := int64(0)
	next := said.Complete.First
	for _, index := range order {
		one := leaves[index]
		if said.Complete.Kind == "range" {
			if index != next || (one.Segment != nil && messages[index] != one.Segment.Messages) {
				return fmt.Errorf("leaves: something is missing before or in %d", index)
			}
			next++
		} else if one.Segment == nil {
			if one.StreamSeq != streams[one.Stream] {
				return fmt.Errorf("leaves: something is missing of %s before %d", one.Stream, index)
			}
			streams[one.Stream]++
			if one.Project != nil && *one.Project == said.Complete.Project {
				if one.ProjectSeq != project {
					return fmt.Errorf("leaves: something is missing of the project before %d", index)
				}
				project++
			}
		}
	}
	for stream, count := range said.Complete.Streams {
		if streams[stream] != count {
			return fmt.Errorf("leaves: something is missing at the end of %s", stream)
		}
	}
	if (said.Complete.Kind == "range" && next != said.Complete.End) || (said.Complete.Kind == "project" && project != said.Complete.Leaves) {
		return fmt.Errorf("leaves: something is missing at their end")
	}
	return nil
}

func checkArtifacts(b *bundle, said manifest, named map[string]bool) error {
	for _, name := range b.names {
		if digest, ok := strings.CutPrefix(name, "artifacts/"); ok && !named[digest] {
			return fmt.Errorf("%s is named by no leaf", name)
		}
	}
	for _, digest := range said.Artifacts.Absent {
		delete(named, digest)
	}
	for digest := range named {
		if said.Artifacts.Included && !b.has("artifacts/"+digest) {
			return fmt.Errorf("artifacts/%s is missing", digest)
		}
	}
	return nil
}

// verifyBundle checks a bundle with the key alone. Of Parquet and of the page it checks that they are the files that were signed.
func verifyBundle(path string, verifier note.Verifier, cosigner string) (string, error) {
	b, err := openBundle(path)
	if err != nil {
		return "", err
	}
	text, err := b.whole("manifest.dsse.json")
	if err != nil {
		return "", err
	}
	sums, said, err := openManifest(text, verifier)
	if err != nil {
		return "", err
	}
	if err := checkFiles(b, sums); err != nil {
		return "", err
	}
	signed, err := b.whole("checkpoint")
	if err != nil {
		return "", err
	}
	head, err := open(signed, verifier)
	if err != nil {
		return "", fmt.Errorf("checkpoint: %w", err)
	}
	if err := checkWitness(signed, cosigner); err != nil {
		return "", err
	}
	if said.Size != head.N || said.Root != hex.EncodeToString(head.Hash[:]) {
		return "", fmt.Errorf("manifest.dsse.json: it names another checkpoint")
	}
	leaves, order, err := placed(b, head)
	if err != nil {
		return "", err
	}
	named, err := checkPayloads(b, leaves)
	if err != nil {
		return "", err
	}
	messages, err := checkMessages(b, leaves)
	if err != nil {
		return "", err
	}
	if err := checkComplete(said, leaves, order, messages); err != nil {
		return "", err
	}
	if err := checkArtifacts(b, said, named); err != nil {
		return "", err
	}
	if said.Leaves != int64(len(leaves)) {
		return "", fmt.Errorf("manifest.dsse.json: it counts other leaves")
	}
	return fmt.Sprintf("%s: %d leaves and their payloads are in the log of %d leaves that was signed", said.Origin, len(leaves), head.N), nil
}
