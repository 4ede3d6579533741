// Checks a network's log with somebody else's code: golang.org/x/mod's note and tlog packages.
//
//	log-verifier POLICY BASE-URL
//
// POLICY is a C2SP tlog-policy file. The checkpoint at BASE-URL must satisfy it; then the tree is
// recomputed twice: from the entries, and record by record from the tiles.
package main

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: log-verifier POLICY BASE-URL")
		os.Exit(2)
	}
	if err := run(os.Args[1], strings.TrimSuffix(os.Args[2], "/")); err != nil {
		fmt.Fprintln(os.Stderr, "refused:", err)
		os.Exit(4)
	}
}

func run(policyFile, base string) error {
	policy, err := readPolicy(policyFile)
	if err != nil {
		return err
	}
	text, err := get(base + "/checkpoint")
	if err != nil {
		return err
	}
	tree, witnesses, err := policy.open(text)
	if err != nil {
		return err
	}
	log := &log{base: base}
	if err := log.recomputeFromEntries(tree); err != nil {
		return err
	}
	if err := log.checkEveryRecord(tree); err != nil {
		return err
	}
	fmt.Printf("accepted: size %d root %v witnesses %d of %d\n", tree.N, tree.Hash, witnesses, policy.threshold)
	return nil
}

// policy is the part of tlog-policy that a single quorum group needs.
type policy struct {
	logs      []note.Verifier
	witnesses map[string]note.Verifier
	members   []string
	threshold int
}

func readPolicy(file string) (*policy, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()

	p := &policy{witnesses: map[string]note.Verifier{}}
	groups := map[string][]string{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		words := strings.Fields(lines.Text())
		switch {
		case len(words) == 0 || strings.HasPrefix(words[0], "#"):
		case words[0] == "log" && len(words) >= 2:
			v, err := note.NewVerifier(words[1])
			if err != nil {
				return nil, err
			}
			p.logs = append(p.logs, v)
		case words[0] == "witness" && len(words) >= 3:
			v, err := newCosigner(words[2])
			if err != nil {
				return nil, err
			}
			p.witnesses[words[1]] = v
		case words[0] == "group" && len(words) >= 4:
			groups[words[1]] = words[2:]
		case words[0] == "quorum" && len(words) == 2:
			group, ok := groups[words[1]]
			if !ok {
				return nil, fmt.Errorf("quorum names no group: %q", words[1])
			}
			p.members = group[1:]
			if p.threshold, err = strconv.Atoi(group[0]); err != nil {
				return nil, err
			}
		default:
			return nil, fmt.Errorf("policy line not understood: %q", lines.Text())
		}
	}
	if p.threshold < 1 || len(p.logs) == 0 {
		return nil, errors.New("policy has no log or no quorum")
	}
	return p, nil
}

func (p *policy) open(text []byte) (tlog.Tree, int, error) {
	known := append([]note.Verifier{}, p.logs...)
	for _, member := range p.members {
		v, ok := p.witnesses[member]
		if !ok {
			return tlog.Tree{}, 0, fmt.Errorf("group member %q is no witness", member)
		}
		known = append(known, v)
	}
	n, err := note.Open(text, note.VerifierList(known...))
	if err != nil {
		return tlog.Tree{}, 0, err
	}
	logs, witnesses := 0, 0
	for _, sig := range n.Sigs {
		for _, v := range p.logs {
			if v.Name() == sig.Name && v.KeyHash() == sig.Hash {
				logs++
			}
		}
		for _, member := range p.members {
			if v := p.witnesses[member]; v.Name() == sig.Name && v.KeyHash() == sig.Hash {
				witnesses++
			}
		}
	}
	if logs != 1 {
		return tlog.Tree{}, 0, fmt.Errorf("%d log signatures, want 1", logs)
	}
	if witnesses < p.threshold {
		return tlog.Tree{}, 0, fmt.Errorf("%d witnesses, want %d", witnesses, p.threshold)
	}

	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 || lines[0] != p.logs[0].Name() || lines[3] != "" {
		return tlog.Tree{}, 0, errors.New("checkpoint is not origin, size, root")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, 0, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, witnesses, err
}

// cosigner verifies C2SP cosignature/v1, which x/mod does not know.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func newCosigner(vkey string) (*cosigner, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, fmt.Errorf("malformed vkey %q", vkey)
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 33 || key[0] != 4 {
		return nil, fmt.Errorf("vkey %q is no cosignature/v1 key", vkey)
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	hash := binary.BigEndian.Uint32(sum[:])
	if fmt.Sprintf("%08x", hash) != parts[1] {
		return nil, fmt.Errorf("vkey %q has another key's hash", vkey)
	}
	return &cosigner{parts[0], hash, key[1:]}, nil
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.hash }
func (c *cosigner) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(sig), msg)
	return ed25519.Verify(c.key, []byte(signed), sig[8:])
}

// log reads one node's static files.
type log struct{ base string }

func (l *log) Height() int                         { return tileHeight }
func (l *log) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (l *log) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		path := "tile/" + strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight))
		data, err := get(l.base + "/" + path)
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (l *log) entries(size int64) ([][]byte, error) {
	var all [][]byte
	for first := int64(0); first < size; first += 1 << tileHeight {
		tile := tlog.Tile{H: tileHeight, L: -1, N: first >> tileHeight, W: int(min(size-first, 1<<tileHeight))}
		path := "tile/entries/" + strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/data/", tileHeight))
		bundle, err := get(l.base + "/" + path)
		if err != nil {
			return nil, err
		}
		for len(bundle) > 0 {
			if len(bundle) < 2 || len(bundle)-2 < int(binary.BigEndian.Uint16(bundle)) {
				return nil, errors.New("truncated entry bundle")
			}
			end := 2 + int(binary.BigEndian.Uint16(bundle))
			all, bundle = append(all, bundle[2:end]), bundle[end:]
		}
	}
	if int64(len(all)) != size {
		return nil, fmt.Errorf("%d entries, want %d", len(all), size)
	}
	return all, nil
}

func (l *log) recomputeFromEntries(tree tlog.Tree) error {
	entries, err := l.entries(tree.N)
	if err != nil {
		return err
	}
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			hashes[i] = stored[index]
		}
		return hashes, nil
	})
	for i, entry := range entries {
		hashes, err := tlog.StoredHashes(int64(i), entry, reader)
		if err != nil {
			return err
		}
		stored = append(stored, hashes...)
	}
	root, err := tlog.TreeHash(tree.N, reader)
	if err == nil && root != tree.Hash {
		err = fmt.Errorf("entries hash to %v, checkpoint says %v", root, tree.Hash)
	}
	return err
}

func (l *log) checkEveryRecord(tree tlog.Tree) error {
	entries, err := l.entries(tree.N)
	if err != nil {
		return err
	}
	reader := tlog.TileHashReader(tree, l)
	for i, entry := range entries {
		proof, err := tlog.ProveRecord(tree.N, int64(i), reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, int64(i), tlog.RecordHash(entry)); err != nil {
			return fmt.Errorf("record %d: %w", i, err)
		}
	}
	return nil
}

func get(url string) ([]byte, error) {
	resp, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", url, resp.Status)
	}
	var body bytes.Buffer
	_, err = io.Copy(&body, io.LimitReader(resp.Body, 64<<20))
	return body.Bytes(), err
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}
