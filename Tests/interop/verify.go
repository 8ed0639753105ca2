// Command verify checks the proofs of a stationd log with Go's own transparency log library, which shares no
// code with the daemon: golang.org/x/mod/sumdb/note and .../tlog, as Debian packages them.
//
//	apt-get install golang-go golang-golang-x-mod-dev
//	GO111MODULE=off GOPATH=/usr/share/gocode go run Tests/interop/verify.go proofs.json
//
// It accepts every proof in the file, then spoils each in turn (a bit, a hash less, a hash more, two hashes
// swapped, another index, another leaf, another root, a bit of the note) and demands that it is refused. It
// prints what it counted, and ends with status 1 at the first disagreement.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type input struct {
	VerifierKey string        `json:"verifier_key"`
	Checkpoint  string        `json:"checkpoint"`
	Records     []record      `json:"records"`
	Consistency []consistency `json:"consistency"`
}

// A record is a leaf with its inclusion proof in the tree of the checkpoint.
type record struct {
	Index uint64   `json:"index"`
	Leaf  []byte   `json:"leaf_base64"`
	Proof [][]byte `json:"proof"`
}

// A consistency is a proof that the tree of the checkpoint extends an older one.
type consistency struct {
	Old     uint64   `json:"old"`
	OldRoot []byte   `json:"old_root"`
	Proof   [][]byte `json:"proof"`
}

type head struct {
	size int64
	root tlog.Hash
}

var accepted, refused int

func main() {
	if len(os.Args) != 2 {
		fail("usage: verify FILE.json")
	}
	data, err := os.ReadFile(os.Args[1])
	check(err)
	var in input
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	check(decoder.Decode(&in))
	if len(in.Records) == 0 || len(in.Consistency) == 0 {
		fail("the file holds no records or no consistency proofs: nothing would be checked")
	}

	verifier, err := note.NewVerifier(in.VerifierKey)
	check(err)
	tree := openCheckpoint(in.Checkpoint, verifier)
	spoilNote(in.Checkpoint, verifier)
	for i, r := range in.Records {
		checkRecord(tree, r, in.Records[(i+1)%len(in.Records)])
	}
	for _, c := range in.Consistency {
		checkConsistency(tree, c)
	}
	fmt.Printf("interop: %d proofs of a tree of %d leaves accepted, %d spoiled ones refused\n",
		accepted, tree.size, refused)
}

// openCheckpoint verifies the note and splits its text: tlog.ParseTree takes only the header of Go's own log.
func openCheckpoint(text string, verifier note.Verifier) head {
	opened, err := note.Open([]byte(text), note.VerifierList(verifier))
	if err != nil {
		fail("the checkpoint does not verify: %v", err)
	}
	if len(opened.Sigs) != 1 {
		fail("the checkpoint has %d verified signatures", len(opened.Sigs))
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		fail("the checkpoint has not three lines: %q", opened.Text)
	}
	if lines[0] != verifier.Name() {
		fail("the checkpoint is of %q, the key of %q", lines[0], verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || strconv.FormatInt(size, 10) != lines[1] {
		fail("not a size: %q", lines[1])
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	check(err)
	accepted++
	return head{size, toHash(root)}
}

// spoilNote flips each bit of the note in turn. The last bits of a base64 text carry nothing, and Go lets them
// be anything: a flip that leaves the signature as it is does not count.
func spoilNote(text string, verifier note.Verifier) {
	original, err := note.Open([]byte(text), note.VerifierList(verifier))
	check(err)
	signature, err := base64.StdEncoding.DecodeString(original.Sigs[0].Base64)
	check(err)
	for bit := 0; bit < 8*len(text); bit++ {
		spoiled := []byte(text)
		spoiled[bit/8] ^= 1 << (bit % 8)
		opened, err := note.Open(spoiled, note.VerifierList(verifier))
		if err == nil {
			again, err := base64.StdEncoding.DecodeString(opened.Sigs[0].Base64)
			check(err)
			if opened.Text != original.Text || !bytes.Equal(signature, again) {
				fail("the checkpoint verifies with bit %d flipped", bit)
			}
			continue
		}
		refused++
	}
}

func checkRecord(tree head, r, other record) {
	proof := toHashes(r.Proof)
	index := int64(r.Index)
	leaf := tlog.RecordHash(r.Leaf)
	if err := tlog.CheckRecord(proof, tree.size, tree.root, index, leaf); err != nil {
		fail("record %d does not verify: %v", r.Index, err)
	}
	accepted++
	refuse := func(what string, p tlog.RecordProof, t head, n int64, h tlog.Hash) {
		if tlog.CheckRecord(p, t.size, t.root, n, h) == nil {
			fail("record %d verifies with %s", r.Index, what)
		}
		refused++
	}
	for i, p := range spoil(proof) {
		refuse(fmt.Sprintf("spoiled proof %d", i), p, tree, index, leaf)
	}
	refuse("another root", proof, head{tree.size, flip(tree.root, 17)}, index, leaf)
	refuse("another leaf", proof, tree, index, flip(leaf, 200))
	refuse("a longer leaf", proof, tree, index, tlog.RecordHash(append(append([]byte{}, r.Leaf...), 0)))
	refuse("a hash without the leaf's prefix", proof, tree, index, sha256.Sum256(r.Leaf))
	refuse("an index past the end", proof, tree, tree.size, leaf)
	if tree.size > 1 {
		refuse("the next index", proof, tree, (index+1)%tree.size, leaf)
		refuse("the index before", proof, tree, (index+tree.size-1)%tree.size, leaf)
	}
	if !bytes.Equal(other.Leaf, r.Leaf) {
		refuse("another record", proof, tree, index, tlog.RecordHash(other.Leaf))
	}
}

func checkConsistency(tree head, c consistency) {
	proof := toHashes(c.Proof)
	old := head{int64(c.Old), toHash(c.OldRoot)}
	if err := tlog.CheckTree(proof, tree.size, tree.root, old.size, old.root); err != nil {
		fail("the tree of %d does not extend that of %d: %v", tree.size, c.Old, err)
	}
	accepted++
	refuse := func(what string, p tlog.TreeProof, newer, older head) {
		if tlog.CheckTree(p, newer.size, newer.root, older.size, older.root) == nil {
			fail("the tree of %d extends that of %d with %s", newer.size, older.size, what)
		}
		refused++
	}
	for i, p := range spoil(proof) {
		refuse(fmt.Sprintf("spoiled proof %d", i), p, tree, old)
	}
	refuse("another old root", proof, tree, head{old.size, flip(old.root, 3)})
	refuse("another new root", proof, head{tree.size, flip(tree.root, 3)}, old)
	refuse("no old size", proof, tree, head{0, old.root})
	if old.size < tree.size {
		refuse("the trees exchanged", proof, old, tree)
	}
}

// spoil gives proofs that differ from p by one bit in a hash, a hash less or more, or two neighbours swapped.
func spoil(p []tlog.Hash) [][]tlog.Hash {
	var all [][]tlog.Hash
	clone := func() []tlog.Hash { return append([]tlog.Hash{}, p...) }
	for i := range p {
		for bit := 0; bit < 8*tlog.HashSize; bit += 51 {
			q := clone()
			q[i] = flip(q[i], bit)
			all = append(all, q)
		}
		all = append(all, append(clone()[:i], p[i+1:]...))
		if i+1 < len(p) && p[i] != p[i+1] {
			q := clone()
			q[i], q[i+1] = q[i+1], q[i]
			all = append(all, q)
		}
	}
	for i := 0; i <= len(p); i++ {
		q := append(clone()[:i], tlog.Hash{1})
		all = append(all, append(q, p[i:]...))
	}
	return all
}

func flip(h tlog.Hash, bit int) tlog.Hash {
	h[bit/8] ^= 1 << (bit % 8)
	return h
}

func toHashes(raw [][]byte) []tlog.Hash {
	hashes := make([]tlog.Hash, len(raw))
	for i, r := range raw {
		hashes[i] = toHash(r)
	}
	return hashes
}

func toHash(raw []byte) (h tlog.Hash) {
	if len(raw) != tlog.HashSize {
		fail("a hash of %d bytes", len(raw))
	}
	copy(h[:], raw)
	return h
}

func check(err error) {
	if err != nil {
		fail("%v", err)
	}
}

func fail(format string, args ...interface{}) {
	fmt.Fprintf(os.Stderr, "interop: "+format+"\n", args...)
	os.Exit(1)
}
