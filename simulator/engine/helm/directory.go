package helm

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/ignore"
	"sigs.k8s.io/yaml"

	"sluice.dev/engine/api"
)

// maxFile is the largest file that source-controller takes into a chart (`internal/helm/helm.go`).
const maxFile = 5 << 20

// directory packages a chart folder as source-controller does (`internal/helm/chart/builder_local.go`).
func (s *chartSource) directory() (*chart.Chart, error) {
	folder := inside(s.input.Path)
	metadata, err := s.metadata(folder)
	if err == nil {
		err = metadata.Validate()
	}
	if err != nil {
		return nil, errChartReference.failed(err)
	}
	if !s.files.IsDir(folder) {
		data, err := s.files.ReadFile(folder)
		if err != nil {
			return nil, errChartReference.failed(err)
		}
		return s.fromFiles(unpack(data))
	}
	files, err := s.folderFiles(folder)
	if err != nil {
		return nil, errPackage.failed(err)
	}
	loaded, err := loadFolder(folder, files)
	if err != nil {
		return nil, errPackage.failed(err)
	}
	if files, err = s.withValuesFiles(loaded, files); err != nil {
		return nil, errValuesFiles.failed(err)
	}
	if files != nil {
		if loaded, err = loadFiles(files); err != nil {
			return nil, errPackage.failed(err)
		}
	}
	if err := s.setMetadata(loaded); err != nil {
		return loaded, err
	}
	if err := s.addMissing(loaded); err != nil {
		return loaded, errDependency.failed(err)
	}
	if err := packable(loaded); err != nil {
		return loaded, errPackage.failed(err)
	}
	sortDependencies(loaded)
	return loaded, nil
}

// loadFolder words a failure as the secure loader does: the folder has a slash at its end there.
func loadFolder(folder string, files []*archive.BufferedFile) (*chart.Chart, error) {
	loaded, err := loadFiles(files)
	if err != nil {
		return nil, fmt.Errorf("failed to load chart from %s/: %w", strings.TrimPrefix(folder, chartRoot), err)
	}
	return loaded, nil
}

// packable says why Helm would not pack a chart again (`Save` in `pkg/chart/v2/util/save.go`).
func packable(loaded *chart.Chart) error {
	if err := loaded.Validate(); err != nil {
		return fmt.Errorf("failed to package chart: chart validation: %w", err)
	}
	if hasBrokenSchema(loaded) {
		return errors.New("failed to package chart: invalid JSON in values.schema.json")
	}
	return nil
}

func hasBrokenSchema(loaded *chart.Chart) bool {
	return loaded.Schema != nil && !json.Valid(loaded.Schema) || slices.ContainsFunc(loaded.Dependencies(), hasBrokenSchema)
}

// inside joins a path to the artifact so that it cannot leave it, as securejoin does where there are no symlinks.
func inside(name string) string { return path.Join(chartRoot, path.Clean("/"+name)) }

// metadata follows LoadChartMetadata: it also tells what is no chart at all.
func (s *chartSource) metadata(folder string) (*chart.Metadata, error) {
	if _, err := s.files.Stat(folder); err != nil {
		return nil, err
	}
	if !s.files.IsDir(folder) {
		data, err := s.files.ReadFile(folder)
		if err != nil {
			return nil, err
		}
		files, err := unpack(data)
		if err != nil {
			return nil, err
		}
		loaded, err := loadFiles(files)
		if err != nil {
			return nil, err
		}
		return loaded.Metadata, nil
	}
	metadata := &chart.Metadata{}
	text, err := s.files.ReadFile(path.Join(folder, "Chart.yaml"))
	if err != nil {
		return nil, err
	}
	if err := yaml.Unmarshal(text, metadata); err != nil {
		return nil, fmt.Errorf("cannot load 'Chart.yaml': %w", err)
	}
	if metadata.APIVersion == "" {
		metadata.APIVersion = chart.APIVersionV1
	}
	return metadata, nil
}

// folderFiles walks a chart folder with its ignore rules (`internal/helm/chart/secureloader/directory.go`).
func (s *chartSource) folderFiles(folder string) ([]*archive.BufferedFile, error) {
	rules := ignore.Empty()
	if text, err := s.files.ReadFile(path.Join(folder, ignore.HelmIgnore)); err == nil {
		if rules, err = ignore.Parse(bytes.NewReader(text)); err != nil {
			return nil, fmt.Errorf("cannot load ignore rules for chart: %w", err)
		}
	}
	rules.AddDefaults()
	files := []*archive.BufferedFile{}
	err := s.files.Walk(folder, func(name string, info fs.FileInfo, err error) error {
		below := strings.TrimPrefix(name, folder+"/")
		if err != nil || name == folder {
			return err
		}
		if rules.Ignore(below, info) {
			if info.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		if info.IsDir() {
			return nil
		}
		if info.Size() > maxFile {
			return fmt.Errorf("cannot load file %s as file size (%d) exceeds limit (%d)", below, info.Size(), maxFile)
		}
		data, err := s.files.ReadFile(name)
		if err != nil {
			return fmt.Errorf("error reading %s: %w", below, err)
		}
		files = append(files, &archive.BufferedFile{Name: below, Data: bytes.TrimPrefix(data, utf8bom)})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("failed to load files from %s/: %w", strings.TrimPrefix(folder, chartRoot), err)
	}
	return files, nil
}

// addMissing follows DependencyManager.Build: the lock file decides, and what `charts/` holds stays.
func (s *chartSource) addMissing(loaded *chart.Chart) error {
	wanted := loaded.Metadata.Dependencies
	if loaded.Lock != nil {
		wanted = loaded.Lock.Dependencies
	}
	if len(loaded.Dependencies()) == len(wanted) {
		return nil
	}
	var failure error
	for _, dependency := range wanted {
		name := dependency.Name
		if dependency.Alias != "" {
			name = dependency.Alias
		}
		if slices.ContainsFunc(loaded.Dependencies(), func(have *chart.Chart) bool { return have.Name() == name }) {
			continue
		}
		added, err := s.dependency(name, dependency)
		if err != nil {
			// All are asked for, so that the host can fetch them together.
			if failure == nil {
				failure = err
			}
			continue
		}
		if dependency.Alias != "" {
			added.Metadata.Name = dependency.Alias
		}
		loaded.AddDependency(added)
	}
	return failure
}

func (s *chartSource) dependency(name string, dependency *chart.Dependency) (*chart.Chart, error) {
	if dependency.Repository == "" || strings.HasPrefix(dependency.Repository, "file://") {
		added, err := s.localDependency(dependency)
		if err != nil {
			return nil, fmt.Errorf("failed to add local dependency '%s': %w", name, err)
		}
		return added, nil
	}
	added, err := s.remoteDependency(dependency)
	if err != nil {
		return nil, fmt.Errorf("failed to add remote dependency '%s': %w", name, err)
	}
	return added, nil
}

// localDependency follows addLocalDependency: another folder or archive of the same artifact.
func (s *chartSource) localDependency(dependency *chart.Dependency) (*chart.Chart, error) {
	place := inside(path.Join(s.input.Path, "charts", dependency.Name))
	if dependency.Repository != "" {
		address, err := url.Parse(dependency.Repository)
		if err != nil {
			return nil, fmt.Errorf("failed to parse alleged local chart reference: %w", err)
		}
		place = inside(path.Join(s.input.Path, address.Host, address.Path))
	}
	shown := strings.TrimPrefix(place, chartRoot)
	if !s.files.Exists(place) {
		return nil, fmt.Errorf("no chart found at '%s' (reference '%s')", shown, dependency.Repository)
	}
	constraint, err := semver.NewConstraint(dependency.Version)
	if err != nil {
		return nil, fmt.Errorf("invalid version/constraint format '%s': %w", dependency.Version, err)
	}
	added, err := s.loadLocal(place)
	if err != nil {
		return nil, fmt.Errorf("failed to load chart from '%s' (reference '%s'): %w", shown, dependency.Repository, err)
	}
	version, err := semver.NewVersion(added.Metadata.Version)
	if err != nil {
		return nil, err
	}
	if !constraint.Check(version) {
		return nil, fmt.Errorf("can't get a valid version for constraint '%s'", dependency.Version)
	}
	return added, nil
}

func (s *chartSource) loadLocal(place string) (*chart.Chart, error) {
	if s.files.IsDir(place) {
		files, err := s.folderFiles(place)
		if err != nil {
			return nil, err
		}
		return loadFolder(place, files)
	}
	data, err := s.files.ReadFile(place)
	if err != nil {
		return nil, err
	}
	files, err := unpack(data)
	if err != nil {
		return nil, err
	}
	return loadFiles(files)
}

// remoteDependency takes what the host has fetched.
func (s *chartSource) remoteDependency(dependency *chart.Dependency) (*chart.Chart, error) {
	key := fmt.Sprintf("chart:%s/%s@%s", dependency.Repository, dependency.Name, dependency.Version)
	data, err := s.in.file(api.Need{
		Kind: api.NeedChart, Key: key, Repository: dependency.Repository, Name: dependency.Name, Version: dependency.Version,
	}, chartFile)
	if err != nil {
		return nil, fmt.Errorf("failed to get chart '%s' version '%s' from '%s': %w",
			dependency.Name, dependency.Version, dependency.Repository, err)
	}
	files, err := unpack(data)
	if err != nil {
		return nil, fmt.Errorf("failed to load downloaded archive of version '%s': %w", dependency.Version, err)
	}
	return loadFiles(files)
}

func sortDependencies(loaded *chart.Chart) {
	dependencies := slices.Clone(loaded.Dependencies())
	slices.SortStableFunc(dependencies, func(a, b *chart.Chart) int {
		return strings.Compare(a.Name()+"\x00"+a.Metadata.Version, b.Name()+"\x00"+b.Metadata.Version)
	})
	loaded.SetDependencies(dependencies...)
	for _, dependency := range dependencies {
		sortDependencies(dependency)
	}
}
