// Verify reads a log as the notary serves it and checks it with Go's own libraries, which have nothing in common with
// Runledger's code: the checkpoint's signature, every entry, every tile, a proof of every entry, and that the log goes
// on from an earlier checkpoint. With -bundle it checks exported evidence instead, and needs no network.
//
//	verify -url http://host/log/default -vkey <verifier key> [-old checkpoint.txt] [-bearer key]
//	verify -bundle <archive or folder> -vkey <verifier key>
//
// With -witness <verifier key>, that witness must have signed the checkpoint too.
//
// It prints one line and exits with 0, or names the first thing that is wrong and exits with 1.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8 // C2SP tlog-tiles: tiles of 256 hashes

type server struct{ url, bearer string }

func (s server) get(path string) ([]byte, error) {
	request, err := http.NewRequest(http.MethodGet, s.url+"/"+path, nil)
	if err != nil {
		return nil, err
	}
	if s.bearer != "" {
		request.Header.Set("Authorization", "Bearer "+s.bearer)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: status %d", path, answer.StatusCode)
	}
	return io.ReadAll(answer.Body)
}

// tiles is the log's tiles as Go's tlog asks for them, whose paths name the height.
type tiles struct{ from server }

func (t tiles) Height() int { return tileHeight }

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range wanted {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := t.from.get(path)
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

// open checks the signature of a checkpoint (C2SP tlog-checkpoint) and reads its tree.
func open(text []byte, verifier note.Verifier) (tlog.Tree, error) {
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("the checkpoint is not one of %s", verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return tlog.Tree{}, fmt.Errorf("the checkpoint has no root")
	}
	return tlog.Tree{N: size, Hash: tlog.Hash(root)}, nil
}

// entriesAt reads the entries that belong to a tile of level 0 (C2SP tlog-tiles, "Log entries").
func entriesAt(from server, first, size int64) ([][]byte, error) {
	width := min(256, size-first)
	tile := tlog.Tile{H: tileHeight, L: 0, N: first / 256, W: int(width)}
	data, err := from.get(strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1))
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(data) >= 2 {
		length := int(binary.BigEndian.Uint16(data))
		if len(data) < 2+length {
			return nil, fmt.Errorf("the bundle at %d is cut", first)
		}
		entries = append(entries, data[2:2+length])
		data = data[2+length:]
	}
	if len(data) != 0 || int64(len(entries)) != width {
		return nil, fmt.Errorf("the bundle at %d has %d entries instead of %d", first, len(entries), width)
	}
	return entries, nil
}

func checkEntries(from server, tree tlog.Tree, reader tlog.HashReader) error {
	for first := int64(0); first < tree.N; first += 256 {
		entries, err := entriesAt(from, first, tree.N)
		if err != nil {
			return err
		}
		for i, entry := range entries {
			index := first + int64(i)
			proof, err := tlog.ProveRecord(tree.N, index, reader)
			if err != nil {
				return fmt.Errorf("entry %d: %w", index, err)
			}
			if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry)); err != nil {
				return fmt.Errorf("entry %d: %w", index, err)
			}
		}
	}
	return nil
}

func checkGrowth(old, tree tlog.Tree, reader tlog.HashReader) error {
	proof, err := tlog.ProveTree(tree.N, old.N, reader)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash)
}

// cached keeps what was read, so that a proof of every entry does not fetch a tile for every hash.
type cached struct {
	tiles
	known map[string][]byte
}

func (c cached) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range wanted {
		data, ok := c.known[tile.Path()]
		if !ok {
			read, err := c.tiles.ReadTiles([]tlog.Tile{tile})
			if err != nil {
				return nil, err
			}
			data = bytes.Clone(read[0])
			c.known[tile.Path()] = data
		}
		all = append(all, data)
	}
	return all, nil
}

func run() (string, error) {
	url := flag.String("url", "", "where the log is served")
	vkey := flag.String("vkey", "", "its verifier key, from elsewhere than the log")
	bearer := flag.String("bearer", "", "API key")
	oldFile := flag.String("old", "", "file of an earlier checkpoint")
	evidence := flag.String("bundle", "", "exported evidence to check instead")
	cosigner := flag.String("witness", "", "verifier key of a witness, from elsewhere as well")
	flag.Parse()
	verifier, err := note.NewVerifier(*vkey)
	if err != nil {
		return "", err
	}
	if *evidence != "" {
		return verifyBundle(*evidence, verifier, *cosigner)
	}
	from := server{strings.TrimSuffix(*url, "/"), *bearer}
	text, err := from.get("checkpoint")
	if err != nil {
		return "", err
	}
	tree, err := open(text, verifier)
	if err != nil {
		return "", fmt.Errorf("checkpoint: %w", err)
	}
	if err := checkWitness(text, *cosigner); err != nil {
		return "", err
	}
	reader := tlog.TileHashReader(tree, cached{tiles{from}, map[string][]byte{}})
	root, err := tlog.TreeHash(tree.N, reader)
	if err != nil {
		return "", fmt.Errorf("tiles: %w", err)
	}
	if root != tree.Hash {
		return "", fmt.Errorf("the tiles have another root than the checkpoint")
	}
	if err := checkEntries(from, tree, reader); err != nil {
		return "", err
	}
	if *oldFile != "" {
		earlier, err := os.ReadFile(*oldFile)
		if err != nil {
			return "", err
		}
		old, err := open(earlier, verifier)
		if err != nil {
			return "", fmt.Errorf("earlier checkpoint: %w", err)
		}
		if err := checkGrowth(old, tree, reader); err != nil {
			return "", fmt.Errorf("the log does not go on from its earlier checkpoint: %w", err)
		}
	}
	return fmt.Sprintf("%s: %d entries are as they were signed", verifier.Name(), tree.N), nil
}

func main() {
	said, err := run()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(said)
}
