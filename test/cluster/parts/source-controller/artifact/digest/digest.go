// Package digest names the algorithm of artifact digests.
package digest

import (
	_ "crypto/sha256" // registers the algorithm
	_ "crypto/sha512" // registers the algorithm
	"fmt"

	"github.com/opencontainers/go-digest"
)

// Canonical is the algorithm of every digest made here.
var Canonical = digest.SHA256

// AlgorithmForName finds an algorithm by its name.
func AlgorithmForName(name string) (digest.Algorithm, error) {
	if algorithm := digest.Algorithm(name); algorithm.Available() {
		return algorithm, nil
	}
	return "", fmt.Errorf("digest algorithm %q is not available", name)
}
