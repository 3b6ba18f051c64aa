package templates

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"text/template"

	"github.com/google/uuid"
)

const (
	digits  = "0123456789"
	letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// stream is an endless row of bytes that follows from the release, the file and how often that file asked.
type stream struct {
	seed  string
	block [sha256.Size]byte
	at    int
	next  uint64
}

func (s *Session) stream(name string) *stream {
	s.use(name)
	s.counters[s.template]++
	return &stream{seed: fmt.Sprintf("%s\x00%s\x00%d", s.seed, s.template, s.counters[s.template]), at: sha256.Size}
}

func (s *stream) byte() byte {
	if s.at == len(s.block) {
		s.block = sha256.Sum256(binary.BigEndian.AppendUint64([]byte(s.seed), s.next))
		s.next++
		s.at = 0
	}
	s.at++
	return s.block[s.at-1]
}

// Read implements io.Reader.
func (s *stream) Read(into []byte) (int, error) {
	for i := range into {
		into[i] = s.byte()
	}
	return len(into), nil
}

func (s *stream) below(limit int) int {
	var number uint64
	for range 8 {
		number = number<<8 | uint64(s.byte())
	}
	return int(number % uint64(limit))
}

func (s *stream) text(alphabet string, count int) string {
	text := make([]byte, count)
	for i := range text {
		text[i] = alphabet[s.below(len(alphabet))]
	}
	return string(text)
}

// random follows sprig's functions of the same names (`strings.go`, `numeric.go`, `crypto.go`).
func (s *Session) random() template.FuncMap {
	textOf := func(name, alphabet string) func(int) (string, error) {
		return func(count int) (string, error) {
			if err := checkSize(name, count); err != nil || count <= 0 {
				return "", err
			}
			return s.stream(name).text(alphabet, count), nil
		}
	}
	ascii := ""
	for char := ' '; char < 127; char++ {
		ascii += string(char)
	}
	return template.FuncMap{
		"randAlphaNum": textOf("randAlphaNum", letters+digits),
		"randAlpha":    textOf("randAlpha", letters),
		"randNumeric":  textOf("randNumeric", digits),
		"randAscii":    textOf("randAscii", ascii),
		"randBytes": func(count int) (string, error) {
			if err := checkSize("randBytes", count); err != nil || count < 0 {
				return "", errors.Join(err)
			}
			bytes := make([]byte, count)
			_, err := s.stream("randBytes").Read(bytes)
			return base64.StdEncoding.EncodeToString(bytes), err
		},
		"randInt": func(low, high int) (int, error) {
			if high <= low {
				return 0, errors.New("invalid argument to Intn")
			}
			return low + s.stream("randInt").below(high-low), nil
		},
		"uuidv4": func() (string, error) {
			id, err := uuid.NewRandomFromReader(s.stream("uuidv4"))
			return id.String(), err
		},
		"shuffle": func(text string) string {
			from, source := []rune(text), s.stream("shuffle")
			for i := len(from) - 1; i > 0; i-- {
				j := source.below(i + 1)
				from[i], from[j] = from[j], from[i]
			}
			return string(from)
		},
	}
}
