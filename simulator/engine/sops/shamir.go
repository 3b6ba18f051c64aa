package sops

// Shamir's secret sharing over GF(2^8) with the polynomial of AES, joining only: each byte of the
// secret is a polynomial's value at zero, a share is its values at one point, the point last.

import "errors"

func combineShares(shares [][]byte) ([]byte, error) {
	if len(shares) < 2 {
		return nil, errors.New("could not get data key from shamir parts: less than two parts cannot be used to reconstruct the secret")
	}
	size := len(shares[0])
	points := make([]byte, len(shares))
	seen := map[byte]bool{}
	for i, share := range shares {
		if size < 2 || len(share) != size {
			return nil, errors.New("could not get data key from shamir parts: all parts must be the same length")
		}
		points[i] = share[size-1]
		if seen[points[i]] {
			return nil, errors.New("could not get data key from shamir parts: duplicate part detected")
		}
		seen[points[i]] = true
	}
	secret := make([]byte, size-1)
	for i, share := range shares {
		weight := byte(1)
		for j, point := range points {
			if j != i {
				weight = multiply(weight, multiply(point, invert(points[i]^point)))
			}
		}
		for at := range secret {
			secret[at] ^= multiply(share[at], weight)
		}
	}
	return secret, nil
}

func multiply(a, b byte) byte {
	var product byte
	for ; b != 0; b >>= 1 {
		if b&1 != 0 {
			product ^= a
		}
		overflow := a&0x80 != 0
		a <<= 1
		if overflow {
			a ^= 0x1b
		}
	}
	return product
}

// invert raises to the power of 254.
func invert(a byte) byte {
	result := byte(1)
	for range 254 {
		result = multiply(result, a)
	}
	return result
}
