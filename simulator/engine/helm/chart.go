package helm

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/Masterminds/semver/v3"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"

	"sluice.dev/engine/api"
	"sluice.dev/engine/memfs"
)

// chartRoot is where a chart's artifact appears. Messages leave it out.
const chartRoot = "/tmp/chart"

// Reasons of source-controller's HelmChart (`internal/helm/chart/errors.go`), with how its messages begin.
var (
	errChartReference = buildReason{"InvalidChartReference", "invalid chart reference"}
	errMetadataPatch  = buildReason{"MetadataPatchError", "chart metadata patch error"}
	errValuesFiles    = buildReason{"ValuesFilesError", "values files merge error"}
	errDependency     = buildReason{"DependencyBuildError", "dependency build error"}
	errPackage        = buildReason{"ChartPackageError", "chart package error"}
	errPull           = buildReason{"ChartPullError", "chart pull error"}
)

type buildReason struct{ reason, summary string }

func (b buildReason) failed(err error) error {
	text := strings.ReplaceAll(err.Error(), chartRoot+"/", "")
	text = strings.ReplaceAll(text, chartRoot, ".")
	return failed(api.StageChart, b.reason, fmt.Errorf("%s: %s%w", b.summary, text, quiet{err}))
}

// couldNotLoad words what helm-controller says to an artifact that is no chart.
func couldNotLoad(err error) error {
	return failed(api.StageChart, reasonArtifactFailed, fmt.Errorf("Could not load chart: %w", err)) //nolint:staticcheck // the controller's words
}

// loadChart gives a chart as helm-controller has it after loading: packaged by source-controller, with the version of both.
func loadChart(in *inputs, input *api.ChartInput) (*chart.Chart, error) {
	tree := in.store.Tree(input.Artifact)
	if tree == nil {
		return nil, failed(api.StageEngine, reasonArtifactFailed, fmt.Errorf("the engine does not hold artifact %q", input.Artifact))
	}
	files := memfs.NewFS(chartRoot, input.Artifact, tree)
	files.Reads = in.reads
	source := &chartSource{in: in, input: input, files: files, lone: tree.Count() == 1}
	loaded, err := source.load()
	if err != nil {
		return loaded, err
	}
	return loaded, checkVersion(loaded, input)
}

// checkVersion follows mutateChartWithSourceRevision of helm-controller.
func checkVersion(loaded *chart.Chart, input *api.ChartInput) error {
	if input.ExpectedVersion == "" {
		return nil
	}
	version, err := semver.NewVersion(strings.SplitN(loaded.Metadata.Version, "+", 2)[0])
	if err != nil {
		return failed(api.StageChart, reasonChartMutate, fmt.Errorf("invalid chart version %s", loaded.Metadata.Version))
	}
	expected, err := semver.NewVersion(input.ExpectedVersion)
	if err != nil || expected.Equal(version) {
		return nil
	}
	return failed(api.StageChart, reasonChartMutate,
		fmt.Errorf("artifact revision %s does not match chart version %s", input.ExpectedVersion, version.Original()))
}

// chartSource loads one chart.
type chartSource struct {
	in    *inputs
	input *api.ChartInput
	files *memfs.FS
	// lone is true when the artifact is nothing but one file.
	lone bool
}

func (s *chartSource) load() (*chart.Chart, error) {
	switch s.input.Form {
	case api.ChartArchive:
		data, err := s.files.ReadFile(path.Join(chartRoot, s.input.Path))
		if err != nil {
			return nil, errChartReference.failed(err)
		}
		return s.fromFiles(unpack(data))
	case api.ChartUnpacked:
		return s.fromFiles(s.unpacked())
	}
	return s.directory()
}

// unpacked gives the files of an artifact that is an extracted archive.
func (s *chartSource) unpacked() ([]*archive.BufferedFile, error) {
	var files []*archive.BufferedFile
	err := s.files.Walk(chartRoot, func(name string, info fs.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		_, below, nested := strings.Cut(strings.TrimPrefix(name, chartRoot+"/"), "/")
		if !nested {
			return nil
		}
		data, err := s.files.ReadFile(name)
		files = append(files, &archive.BufferedFile{Name: below, Data: bytes.TrimPrefix(data, utf8bom)})
		return err
	})
	if err == nil && len(files) == 0 {
		err = errors.New("no files in chart archive")
	}
	return files, err
}

// fromFiles makes the chart of an archive, packaged again when values files or a version of its own ask for it
// (`internal/helm/chart/builder_remote.go`).
func (s *chartSource) fromFiles(files []*archive.BufferedFile, err error) (*chart.Chart, error) {
	if err != nil {
		return nil, couldNotLoad(err)
	}
	loaded, err := loadFiles(files)
	if err != nil {
		return nil, couldNotLoad(err)
	}
	if files, err = s.withValuesFiles(loaded, files); err != nil {
		return loaded, errValuesFiles.failed(err)
	}
	if files != nil {
		if loaded, err = loadFiles(files); err != nil {
			return nil, couldNotLoad(err)
		}
	}
	if len(s.input.ValuesFiles) > 0 {
		// Only then source-controller packs the chart again.
		if err := packable(loaded); err != nil {
			return loaded, errPackage.failed(err)
		}
	}
	return loaded, s.setMetadata(loaded)
}

// setMetadata appends the build metadata of the controllers to the version.
func (s *chartSource) setMetadata(loaded *chart.Chart) error {
	if s.input.VersionMetadata == "" {
		return nil
	}
	version, err := semver.NewVersion(loaded.Metadata.Version)
	if err != nil {
		return errMetadataPatch.failed(fmt.Errorf("failed to parse version from chart metadata as SemVer: %w", err))
	}
	with, err := version.SetMetadata(s.input.VersionMetadata)
	if err != nil {
		return errMetadataPatch.failed(fmt.Errorf("failed to set SemVer metadata on chart version: %w", err))
	}
	loaded.Metadata.Version = with.String()
	return nil
}

var utf8bom = []byte{0xEF, 0xBB, 0xBF}

// maxUnpacked is the size of the archives that are kept unpacked.
const maxUnpacked = 32 << 20

var (
	unpackedCharts = map[[sha256.Size]byte][]*archive.BufferedFile{}
	unpackedSize   int
)

// unpack reads an archive. The files are kept, as many releases use the same chart; nobody may change them.
func unpack(data []byte) ([]*archive.BufferedFile, error) {
	key := sha256.Sum256(data)
	if files, ok := unpackedCharts[key]; ok {
		return files, nil
	}
	files, err := archive.LoadArchiveFiles(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	size := 0
	for _, file := range files {
		size += len(file.Data)
	}
	if unpackedSize += size; unpackedSize > maxUnpacked {
		clear(unpackedCharts)
		unpackedSize = size
	}
	unpackedCharts[key] = files
	return files, nil
}

// loadFiles is Helm's loader, with subcharts in the order of their names: upstream takes them from an unordered map.
func loadFiles(files []*archive.BufferedFile) (*chart.Chart, error) {
	loaded, err := loader.LoadFiles(files)
	if err != nil {
		return nil, err
	}
	sortDependencies(loaded)
	return loaded, nil
}
