// Package config holds the storage options of source-controller.
//
// The packages of this module stand in for github.com/fluxcd/pkg/artifact, which not every module proxy serves. They
// keep artifacts in a folder and serve them over HTTP; their archives hold the same files as upstream's, in other bytes.
package config

import (
	"time"

	"github.com/spf13/pflag"
)

// Options are what the flags of source-controller say about its storage.
type Options struct {
	StoragePath              string
	StorageAddress           string
	StorageAdvAddress        string
	ArtifactDigestAlgo       string
	ArtifactRetentionTTL     time.Duration
	ArtifactRetentionRecords int
}

// BindFlags declares the flags under upstream's names.
func (o *Options) BindFlags(flags *pflag.FlagSet) {
	flags.StringVar(&o.StoragePath, "storage-path", "", "folder of the artifacts")
	flags.StringVar(&o.StorageAddress, "storage-addr", ":9090", "address to serve artifacts on")
	flags.StringVar(&o.StorageAdvAddress, "storage-adv-addr", "", "address in the URLs of artifacts")
	flags.StringVar(&o.ArtifactDigestAlgo, "artifact-digest-algo", "sha256", "not used")
	flags.DurationVar(&o.ArtifactRetentionTTL, "artifact-retention-ttl", time.Minute, "not used")
	flags.IntVar(&o.ArtifactRetentionRecords, "artifact-retention-records", 2, "artifacts kept of each source")
}
